"""What stands in contrib/ is written as a stranger would write it, and is our downstream."""

from __future__ import annotations

import ast
import configparser
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli.plugin_template import Requirements, write_plugin
from gateway.testing.plugin_source import is_public

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = sorted(path.parent for path in (ROOT / "contrib").glob("*/pyproject.toml"))
TOX = configparser.ConfigParser()
TOX.read(ROOT / "tox.ini", encoding="utf-8")


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def test_there_are_four() -> None:
    assert [path.name for path in DISTRIBUTIONS] == [
        "gateway-jsonl",
        "gateway-parquet",
        "gateway-sftp",
        "gateway-singer",
    ]


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_each_is_a_distribution_of_its_own(folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == folder.name
    assert any(each.startswith("delivery-gateway>=") for each in project["dependencies"])
    assert {"gateway.plugins", "gateway.commands"} & project["entry-points"].keys()
    assert (folder / "tox.ini").is_file()
    assert "pip install tox && tox" in (folder / "README.md").read_text(encoding="utf-8")
    assert list((folder / "tests").glob("test_*.py"))
    assert (folder / "src" / folder.name.replace("-", "_") / "py.typed").is_file()


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
@pytest.mark.parametrize("part", ["src", "tests"])
def test_each_imports_public_modules_only_in_its_tests_too(folder: Path, part: str) -> None:
    imported = {name for path in (folder / part).rglob("*.py") for name in _imported(path)}
    assert {name for name in imported if name.startswith("gateway.") and not is_public(name)} == set()


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_each_tries_three_pythons_with_the_oldest_and_the_latest_gateway(folder: Path) -> None:
    tox = configparser.ConfigParser()
    tox.read(folder / "tox.ini", encoding="utf-8")
    assert tox["tox"]["env_list"] == "py{311,312,313}-{oldest,latest}"
    assert "oldest: {env:GATEWAY_OLDEST:" in tox["testenv"]["deps"]
    assert "latest: {env:GATEWAY_LATEST:" in tox["testenv"]["deps"]


def test_the_tutorials_is_what_a_new_plugin_begins_with(tmp_path: Path) -> None:
    here = "{toxinidir}/../..[testing]"
    written = write_plugin(tmp_path, "gateway-jsonl", "file", Requirements(oldest=here, latest=here))
    wanted = [
        name for name in written if not name.startswith(".github")
    ]  # which stands above all of contrib/
    folder = ROOT / "contrib" / "gateway-jsonl"
    assert {
        name for name in wanted if (folder / name).read_bytes() != (tmp_path / name).read_bytes()
    } == set()


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_each_runs_its_own_tox_on_every_change(folder: Path) -> None:
    name = folder.name.removeprefix("gateway-")
    section = next(each for each in TOX.sections() if each.startswith("testenv:contrib-"))
    assert name in section
    assert f"{name}: tox run -r -c contrib/{folder.name}/tox.ini" in TOX[section]["commands"]
    assert (
        f"contrib-{{{','.join(path.name.removeprefix('gateway-') for path in DISTRIBUTIONS)}}}"
        in TOX["tox"]["env_list"]
    )
