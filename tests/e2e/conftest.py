"""Start ``gateway`` as a program of its own; one delivered sample workspace is shared by copying it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]


def start(*arguments: str | Path, stdin: str = "", language: str = "en") -> subprocess.CompletedProcess[str]:
    """Run ``python -m gateway`` with warnings as errors and English messages.

    Not those about encodings, which the test runner switches on: pypdfium2 opens a text file without one.
    """
    unwanted = ("GATEWAY_", "PYTHONWARNDEFAULTENCODING")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "gateway", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        input=stdin,
        env={**environ, "GATEWAY_LANG": language},
    )


def rows(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Read one JSON object a line of a command that has done its work."""
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="session")
def delivered_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample workspace from which labels have been delivered, made by real processes."""
    root = tmp_path_factory.mktemp("sample") / "demo"
    made = start("init", root, "--sample")
    assert made.returncode == 0, made.stderr
    (delivery,) = rows(start("-C", root, "deliver", "--format", "labels", "--json"))
    (root / "delivery.json").write_text(json.dumps(delivery), encoding="utf-8")
    return root


@pytest.fixture
def demo(delivered_sample: Path, tmp_path: Path) -> Path:
    """A copy of the delivered sample workspace, to be changed."""
    copy = tmp_path / "demo"
    shutil.copytree(delivered_sample, copy)
    return copy
