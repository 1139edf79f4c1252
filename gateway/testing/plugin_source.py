"""Judge a plugin's own files: what they import, and how long importing them takes."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gateway.plugins import Plugin
from gateway.testing.requirements import require

_PACKAGES = ("gateway.pdf", "gateway.postal", "gateway.testing")
PUBLIC = ("gateway.api", "gateway.i18n", *_PACKAGES)
"""What a plugin may import of the gateway; everything else may change without notice."""

_TRIES = 5
_MEASURE = """
import sys, time
sys.path[:0] = {path!r}
import gateway.api
started = time.perf_counter()
import {module}
print(time.perf_counter() - started)
"""


def require_public_imports(plugin: Plugin) -> None:
    """Raise ``Violation`` where a file of the plugin imports a private module of the gateway."""
    for path in source_files(plugin):
        for line, module in sorted(_imported(path)):
            require(
                not module.startswith("gateway.") or is_public(module),
                f"{path.name}, line {line}: imports {module}; public are {', '.join(PUBLIC)}",
            )


def require_quick_import(plugin: Plugin, budget: float) -> None:
    """Raise ``Violation`` where importing the plugin takes longer than ``budget`` seconds, every time it is tried."""
    module = plugin.entry_point.partition(":")[0].strip()
    code = _MEASURE.format(path=sys.path, module=module)
    best = float("inf")
    for _try in range(_TRIES):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
        )
        require(done.returncode == 0, f"{module} cannot be imported by itself")
        best = min(best, float(done.stdout.split()[-1]))
        if best <= budget:
            return
    require(
        condition=False,
        problem=f"importing {module} takes {best:.2f} s, more than {budget:.2f} s: import heavy libraries where they are used",
    )


def source_files(plugin: Plugin) -> list[Path]:
    """Return the Python files of the plugin's top-level package, or of its single module."""
    top = plugin.entry_point.partition(":")[0].strip().partition(".")[0]
    found = importlib.util.find_spec(top)
    require(found is not None, f"the package {top} cannot be found")
    if found is None:
        return []
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    if folders:
        return [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [Path(found.origin)] if found.origin else []


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of each module that a file imports, also by name at run time."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "gateway":
                yield from ((node.lineno, f"gateway.{name.name}") for name in node.names)
            else:
                yield node.lineno, node.module
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def is_public(module: str) -> bool:
    """Tell a public module; what is behind ``gateway.api`` is its own business."""
    return module in PUBLIC or module.startswith(tuple(f"{each}." for each in _PACKAGES))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
