"""Type commands as a newcomer does, in a shell without the environment of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def typed(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type commands into a shell that stops at the first failure; ``$GATEWAY`` is this source tree."""
    own = str(Path(sys.executable).parent)
    path = os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if each != own)
    unset = {"VIRTUAL_ENV", "PYTHONPATH", "TOX_ENV_NAME", "TOX_WORK_DIR", "TOX_ENV_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**kept, "PATH": path, "GATEWAY": str(ROOT), "GATEWAY_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
