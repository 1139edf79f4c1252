"""``gateway plugins new``, ``check`` and ``freeze``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import pytest
from click.testing import Result

from gateway import __version__

Install = Callable[..., Path]
Run = Callable[..., Result]

SKIPPING = """
from gateway.api import OutputFormat, hookimpl

def render(batch):
    with batch.open("people.txt") as out:
        for place, line in enumerate(batch):
            if place:
                out.write(line.code + " " + line.name + "\\n")

@hookimpl
def gateway_register_formats():
    yield OutputFormat(name="skipping", summary="-", purposes={"dm"}, method="file", fields={"name"}, render=render)
"""
VETO = """
from gateway.api import hookimpl

@hookimpl
def gateway_veto_delivery(order):
    return []
"""


@pytest.mark.parametrize("kind", ["file", "push", "suppressor"])
def test_a_new_plugin_is_a_whole_distribution(run: Run, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "new"
    result = run("plugins", "new", "acme-sample", "--kind", kind, "--dir", folder, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert {
        "pyproject.toml", "tox.ini", "README.md", ".github/workflows/tests.yml", "src/acme_sample/__init__.py",
        "src/acme_sample/py.typed", "tests/test_conformance.py",
    } <= set(answer["files"])  # fmt: skip
    assert all((folder / name).is_file() for name in answer["files"])
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["gateway.plugins"] == {"acme-sample": "acme_sample"}
    assert not any("{{" in (folder / name).read_text(encoding="utf-8") for name in answer["files"])


def test_a_new_plugin_stands_in_a_folder_of_its_name_and_is_for_files(run: Run) -> None:
    result = run("plugins", "new", "acme-sample")
    assert result.exit_code == 0
    assert "OutputConformance" in Path("acme-sample/tests/test_conformance.py").read_text(encoding="utf-8")
    assert "cd acme-sample && tox" in result.stdout


def test_its_tests_take_the_gateway_from_the_given_path(run: Run, tmp_path: Path) -> None:
    wheel = tmp_path / "delivery_gateway-0.1.0-py3-none-any.whl"
    wheel.touch()
    run("plugins", "new", "acme-sample", "--gateway", wheel)
    tox = Path("acme-sample/tox.ini").read_text(encoding="utf-8")
    assert tox.count(f"delivery-gateway[testing] @ {wheel.as_uri()}") == 2


def test_a_folder_of_wheels_serves_the_oldest_and_the_latest_as_an_index_does(
    run: Run, tmp_path: Path
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "delivery_gateway-0.1.0-py3-none-any.whl").touch()
    run("plugins", "new", "acme-sample", "--gateway", wheels)
    tox = ConfigParser()
    tox.read("acme-sample/tox.ini", encoding="utf-8")
    assert tox["testenv"]["set_env"].strip() == f"UV_FIND_LINKS = {wheels.as_uri()}"
    assert (
        f"oldest: {{env:GATEWAY_OLDEST:delivery-gateway[testing]=={__version__}}}" in tox["testenv"]["deps"]
    )
    assert (
        f"latest: {{env:GATEWAY_LATEST:delivery-gateway[testing]>={__version__}}}" in tox["testenv"]["deps"]
    )


def test_the_oldest_environment_takes_every_requirement_at_its_lower_bound(run: Run, tmp_path: Path) -> None:
    (tmp_path / "delivery_gateway-0.1.0-py3-none-any.whl").touch()
    run("plugins", "new", "acme-sample", "--gateway", tmp_path)
    tox = ConfigParser()
    tox.read("acme-sample/tox.ini", encoding="utf-8")
    assert tox["tox"]["env_list"] == "py{311,312,313}-{oldest,latest}"
    assert tox["testenv"]["uv_resolution"].strip() == "oldest: lowest-direct"
    project = tomllib.loads(Path("acme-sample/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == [f"delivery-gateway>={__version__}"]


def test_what_a_distribution_is_called_beyond_gateway_is_the_name_of_its_format(run: Run) -> None:
    run("plugins", "new", "gateway-acme")
    project = tomllib.loads(Path("gateway-acme/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "gateway-acme"
    assert project["entry-points"]["gateway.plugins"] == {"acme": "gateway_acme"}
    source = Path("gateway-acme/src/gateway_acme/__init__.py").read_text(encoding="utf-8")
    assert 'name="acme"' in source


@pytest.mark.parametrize(
    "name",
    [
        "Acme",
        "acme_sample",
        "-acme",
        "acme--sample",
        "1acme",
        "acme/sample",
        "gateway",
        "gateway-labels",
        "json",
    ],
)
def test_a_name_that_cannot_be_a_distribution_is_refused(run: Run, name: str) -> None:
    result = run("plugins", "new", "--json", "--", name)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "bad_plugin_name"


def test_a_folder_with_something_in_it_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").touch()
    result = run("plugins", "new", "acme-sample", "--dir", tmp_path / "new")
    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.txt"]


def test_checking_a_faulty_format_names_the_check_and_exits_1(run: Run, install: Install) -> None:
    install("acme-skipping", "skipping", SKIPPING)
    result = run("plugins", "check", "skipping", "--json")
    assert result.exit_code == 1
    rows = {row["check"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert rows["everybody_is_in_the_files_exactly_once"]["outcome"] == "failed"
    assert rows["only_public_modules_are_imported"]["outcome"] == "passed"


def test_a_sound_format_passes(run: Run, install: Install) -> None:
    install("acme-sound", "sound", SKIPPING.replace("if place:", "if True:"))
    result = run("plugins", "check", "sound")
    assert result.exit_code == 0, result.output
    assert "failed" not in result.stdout


def test_a_plugin_that_only_vetoes_is_judged_by_its_files(run: Run, install: Install) -> None:
    install("acme-veto", "veto", VETO)
    result = run("plugins", "check", "veto", "--json")
    assert result.exit_code == 0
    assert {json.loads(row)["subject"] for row in result.stdout.splitlines()} == {"its files"}


def test_a_broken_plugin_cannot_be_checked(run: Run, install: Install) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    assert run("plugins", "check", "bad").exit_code == 1
    assert run("plugins", "check", "nobody").exit_code == 2


def test_what_is_pinned_is_the_gateway_and_every_plugin(run: Run, install: Install) -> None:
    install("acme-veto", "veto", VETO, version="1.2.3")
    lines = run("plugins", "freeze").stdout.splitlines()
    assert lines[0] == "acme-veto==1.2.3"
    assert lines[1].startswith(("delivery-gateway @ file:", f"delivery-gateway=={__version__}"))


@pytest.mark.parametrize("kind", ["file", "push", "suppressor"])
def test_what_is_written_compiles_and_keeps_to_the_line_length(run: Run, tmp_path: Path, kind: str) -> None:
    run("plugins", "new", "acme-sample", "--kind", kind, "--dir", tmp_path / "new")
    for path in (tmp_path / "new").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        compile(source, path.name, "exec")
        assert max(map(len, source.splitlines())) <= 110
