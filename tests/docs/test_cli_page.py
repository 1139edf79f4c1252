"""docs/cli.md is true: it is what the program says now, and nothing of it is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import cli_reference

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
HELP = dict(
    re.findall(r"^### `gateway ?([^`]*)`\n\n```text\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
)
COMMANDS = [" ".join(path) for path, _command in cli_reference.all_commands()]


def test_the_generated_parts_of_the_documentation_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "-c", "docs/cli.md", "docs/plugins.md"],
        cwd=ROOT,
        env={**os.environ, "GATEWAY_LANG": "en"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, (
        f"run: python -m cogapp -r -c docs/cli.md docs/plugins.md\n{done.stdout}{done.stderr}"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_heading(command: str) -> None:
    assert command in HELP


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (" ".join(path), option)
        for path, command in cli_reference.all_commands()
        for parameter in command.params
        if parameter.param_type_name == "option"
        for option in parameter.opts
    ],
)
def test_every_option_is_explained(command: str, option: str) -> None:
    assert re.search(rf"(?<!\S){option}\b", HELP[command])


@pytest.mark.parametrize("key", [row[0] for row in cli_reference.all_settings()])
def test_every_setting_is_listed(key: str) -> None:
    assert f"| `{key}` |" in PAGE


@pytest.mark.parametrize("code", sorted({each.exit_code for each in cli_reference.ERRORS} | {0}))
def test_every_exit_code_is_explained(code: int) -> None:
    assert re.search(rf"^\| `{code}` \| .{{10,}}$", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize("name", [each.__name__ for each in cli_reference.ERRORS])
def test_every_class_of_errors_is_listed(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_every_error_code_is_listed() -> None:
    missing = {
        code for codes in cli_reference.error_codes().values() for code in codes if f"`{code}`" not in PAGE
    }
    assert missing == set()


def test_every_variable_that_is_no_setting_is_explained() -> None:
    from gateway.config import OTHER_VARIABLES

    assert {name for name in OTHER_VARIABLES if f"`GATEWAY_{name}`" not in PAGE} == set()
