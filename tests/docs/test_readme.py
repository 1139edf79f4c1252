"""What README.md tells a newcomer to type works, and what it shows is there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
JAPANESE = (ROOT / "README.ja.md").read_text(encoding="utf-8")
FIRST, SECOND = re.findall(r"^```sh\n(.+)\n```$", README, flags=re.MULTILINE)[:2]


def test_the_first_command_ends_by_printing_where_the_package_is(tmp_path: Path) -> None:
    """All but the installation, which is what made the environment of this test."""
    environment, activation, installation, *run = (step.strip() for step in FIRST.split("&&"))
    assert environment == "python3 -m venv .venv"
    assert activation == ". .venv/bin/activate"
    assert installation == "pip install ."
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    printed = ""
    for step in run:
        done = subprocess.run(
            shlex.split(step),
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "GATEWAY_LANG": "en"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        printed = done.stdout
    last = printed.strip().splitlines()[-1]
    package = Path(last.removeprefix("package: "))
    assert (package / "labels.pdf").is_file()
    assert (package / "optout-request-form.pdf").is_file()


def test_the_second_command_runs_the_tests() -> None:
    assert SECOND == "pip install tox && tox"


def test_the_continuous_integration_runs_the_second_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README + JAPANESE))))
def test_every_link_within_the_repository_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_command_that_the_readme_names_exists() -> None:
    from gateway.cli.main import core_commands
    from gateway.entry_points import COMMANDS, installed

    named = set(re.findall(r"`gateway (?:-C \S+ )?([a-z]+)", README + JAPANESE))
    assert named <= {*core_commands(), *(point.name for point in installed(COMMANDS))}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^```sh\n(.+?)\n```$",
        r"`(gateway [^`]*|--[^`]+|GATEWAY_[^`]*|[a-z.-]+/?)`",
        r"^(##) ",
        r"^(\|) ",
        r"^(- \*\*)",
        r"\]\(((?!README)[^)]+)\)",
    ],
    ids=["what to type", "what stands in code", "sections", "rows of tables", "promises", "links"],
)
def test_the_japanese_readme_is_the_counterpart_of_the_english_one(pattern: str) -> None:
    def found(text: str) -> Counter[str]:
        return Counter(re.findall(pattern, text, flags=re.MULTILINE))

    assert found(JAPANESE) == found(README)


def test_each_readme_leads_to_the_other() -> None:
    assert "](README.ja.md)" in README
    assert "](README.md)" in JAPANESE
