"""Tiny distributions, really installed: a module and its metadata in a folder on ``sys.path``."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution of one module: ``install("demo-dist", "demo", source)`` registers plugin ``demo``."""
    site = tmp_path / "site"
    site.mkdir()
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(site))

    def write(
        distribution: str,
        name: str,
        source: str,
        *,
        group: str = "gateway.plugins",
        module: str = "",
        attribute: str = "",
        version: str = "1.0",
    ) -> Path:
        module = module or distribution.replace("-", "_")
        path = site / f"{module}.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
        )
        target = f"{module}:{attribute}" if attribute else module
        with (info / "entry_points.txt").open("a", encoding="utf-8") as file:
            file.write(f"[{group}]\n{name} = {target}\n")
        return path

    yield write
    for module in set(sys.modules) - before:
        path = getattr(sys.modules[module], "__file__", None)
        if path and str(path).startswith(str(site)):
            del sys.modules[module]
