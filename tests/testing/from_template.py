"""Plugins of the templates, and others that their tests are for, really installed, with a fault put into their source."""

from __future__ import annotations

import runpy
from pathlib import Path

from gateway.cli.plugin_template import Kind, Requirements, write_plugin
from gateway.testing.kit import Finding, Kit, run_kit
from tests.installing import Install

NAME = "acme-sample"


def install_template(
    install: Install,
    folder: Path,
    kind: Kind,
    faults: dict[str, str] | None = None,
    *,
    written: Path | None = None,
) -> type[Kit]:
    """Install the template's plugin with texts of its source replaced, and return its conformance test.

    ``written`` is another source to be installed instead, which the same test is for.
    """
    write_plugin(folder, NAME, kind, Requirements(oldest="", latest=""))
    source = (written or folder / "src" / "acme_sample" / "__init__.py").read_text(encoding="utf-8")
    for sound, faulty in (faults or {}).items():
        assert sound in source
        source = source.replace(sound, faulty)
    install(NAME, NAME, source)
    kit: type[Kit] = runpy.run_path(str(folder / "tests" / "test_conformance.py"))["TestConformance"]
    return kit


def findings(kit: type[Kit], only: str | None = None) -> dict[str, Finding]:
    """Run a kit, or one check of it."""
    return {found.check: found for found in run_kit(kit, None if only is None else [only])}
