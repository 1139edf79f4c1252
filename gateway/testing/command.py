"""Run ``gateway`` as its users do: in a process of its own, with the plugins that are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def run_command(
    *arguments: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``gateway ARGUMENTS`` and return exit code, stdout and stderr, in English unless ``environment`` says otherwise.

    ``folder`` is the current folder of the command; ``environment`` adds to this process's variables.
    """
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, arguments)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONUTF8": "1",
            "GATEWAY_LANG": "en",
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
