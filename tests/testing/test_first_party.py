"""The gateway's own formats are customers of the kit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from gateway.testing.output import OutputConformance


class TestLabels(OutputConformance):
    """Labels as they come."""

    format = "labels"


class TestCalls(OutputConformance):
    """Call files as they come."""

    format = "calls"


class TestCallsAsSpreadsheet(OutputConformance):
    """Call files as a workbook."""

    format = "calls"
    options: ClassVar[Mapping[str, str]] = {"profile": "xlsx"}


def test_a_cold_cache_is_the_gateway_s_own_to_fill(tmp_path: Path) -> None:
    """On a new machine fonts and tables are read at the first delivery, and kept: that is not the plugin's writing."""
    check = f"{__file__}::TestLabels::test_files_are_written_only_into_the_package"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", check],
        env={**os.environ, "GATEWAY_CACHE_DIR": str(tmp_path / "cache")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert list((tmp_path / "cache").glob("bars-*")), "the cache was not cold"
    assert done.returncode == 0, done.stdout
