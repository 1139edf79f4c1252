"""Render lines in a process of its own: what depends on the order of sets, or on what was loaded before, shows there."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.api import Line, Order
from gateway.plugins import Manager
from gateway.testing.batch import MemoryBatch
from gateway.testing.requirements import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be rendered, by which of the installed formats."""

    format: str
    lines: Sequence[Line]
    options: object
    order: Order


def render_elsewhere(task: Task, folder: Path) -> None:
    """Render into a folder in another process, where strings hash otherwise; ``Violation`` where that fails."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import main; main()", str(folder)],
        input=pickle.dumps(task),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Violation("the same lines cannot be rendered in a new process")


def main() -> None:
    """Render what standard input says; the parent is this very module."""
    task: Task = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by render_elsewhere
    render = Manager().format(task.format).item.render
    if render is not None:
        render(
            MemoryBatch(folder=Path(sys.argv[1]), lines=task.lines, options=task.options, order=task.order)
        )
