"""Compare the label writer with plain reportlab on the same people, the same sheet, in the same run.

    python -m benchmarks.labels [--labels 100000] [--peer-labels 10000]

Each writer runs in a process of its own, start-up, reading of the people and fonts included; speed is labels per
second of CPU time (user and system), so that other work on the machine does not count. The line ``people`` is what
reading the people alone takes; ``read back`` is the reader on the file just written.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar, cast

from benchmarks.labels_people import lines, write_people
from gateway.api import Batch, Line, Order
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from gateway_labels.sheets import find_sheet

Result = TypeVar("Result")

PEOPLE = "people.csv"
CHARACTERS = "characters.txt"


class NoState:
    """Keeps nothing."""

    def get(self, name: str) -> str:  # noqa: ARG002 - the protocol's signature
        """Return nothing."""
        return ""

    def set(self, name: str, value: str) -> None:
        """Forget it."""


class StreamBatch:
    """A batch whose lines are made while they are asked for; a part of it holds its lines."""

    state = NoState()

    def __init__(self, folder: Path, count: int, part: Sequence[Line] | None = None) -> None:
        self.folder = folder
        self.count = count
        self.part = part
        self.options = LabelOptions()
        created = datetime(2026, 4, 1, tzinfo=UTC)
        self.order = Order(
            delivery="benchmark",
            client="c",
            client_name="",
            format="labels",
            purpose="dm",
            created_at=created,
        )
        self.refused = 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Line]:
        return lines(self.folder / PEOPLE) if self.part is None else iter(self.part)

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out lists of lines."""
        source = iter(self)
        while chunk := list(islice(source, size)):
            yield chunk

    def map(self, task: Callable[[Batch[LabelOptions]], Result], size: int) -> Iterator[Result]:
        """Run a task on parts, here."""
        for part in self.chunks(size):
            yield task(StreamBatch(self.folder, len(part), part))

    def ordered(self, key: Callable[[Line], str]) -> Batch[LabelOptions]:
        """Sort in memory; the core sorts by numbers."""
        return StreamBatch(self.folder, self.count, sorted(self, key=key))

    def open(
        self, name: str, encoding: str = "utf-8", newline: str | None = None
    ) -> AbstractContextManager[TextIO]:
        """Open a text file."""
        return cast("TextIO", (self.folder / name).open("w", encoding=encoding, newline=newline))

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a binary file."""
        return cast("BinaryIO", (self.folder / name).open("wb"))

    def path(self, name: str) -> Path:
        """Name a file."""
        return self.folder / name

    def refuse(self, line: Line, reason: str) -> None:  # noqa: ARG002 - the protocol's signature
        """Count a refusal."""
        self.refused += 1

    def report(self, code: str, count: int = 1) -> None:
        """Ignore what the summary would tell."""

    def progress(self, lines: int) -> None:
        """Ignore the progress."""


def _read_people(folder: Path, _count: int) -> None:
    sum(1 for _ in lines(folder / PEOPLE))


def _gateway(folder: Path, count: int) -> None:
    render(StreamBatch(folder, count))


def _read_back(folder: Path, count: int) -> None:
    found = sum(1 for _ in read_back(folder))
    if found != count:
        raise SystemExit(f"{found} codes for {count} labels")


def _reportlab(folder: Path, _count: int) -> None:
    from benchmarks import labels_peer

    sheet = find_sheet(LabelOptions().sheet)
    characters = (folder / CHARACTERS).read_text(encoding="utf-8")
    layout = Job(LabelOptions()).plans[0]
    labels_peer.write(folder / "labels.pdf", lines(folder / PEOPLE), characters, sheet, layout)


def _fpdf2(folder: Path, _count: int) -> None:
    from benchmarks import labels_fpdf2

    sheet = find_sheet(LabelOptions().sheet)
    layout = Job(LabelOptions()).plans[0]
    labels_fpdf2.write(folder / "labels.pdf", lines(folder / PEOPLE), sheet, layout)


def _prepare(folder: Path, count: int) -> None:
    """Write the people, and convert the peer's characters once, so that its figures do not pay for that."""
    from gateway.pdf.truetype import register_font

    used = set(write_people(folder / PEOPLE, count)) | set("〒-様\u3000")
    text = "".join(sorted(used))
    (folder / CHARACTERS).write_text(text, encoding="utf-8")
    register_font(text, document="benchmark")


STEPS = {
    "people": _read_people,
    "gateway": _gateway,
    "read back": _read_back,
    "prepare": _prepare,
    "reportlab": _reportlab,
    "fpdf2": _fpdf2,
}


def _measure(step: str, folder: Path, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.labels", "--step", step, "--labels", str(count), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return cast("dict[str, float]", json.loads(done.stdout))


def _run_step(step: str, folder: Path, count: int) -> None:
    gc.set_threshold(100_000, 50, 100)  # as the command line does, for all writers alike
    started = time.perf_counter()
    STEPS[step](folder, count)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.perf_counter() - started,
        "peak": usage.ru_maxrss / 1024,
        "bytes": sum(path.stat().st_size for path in folder.glob("*.pdf")),
    }
    sys.stdout.write(json.dumps(result))


def _show(name: str, count: int, result: dict[str, float]) -> float:
    speed = count / result["cpu"]
    sys.stdout.write(
        f"{name:<12}{count:>10,}{result['cpu']:>9.2f}{speed:>12,.0f}{result['peak']:>9.0f}"
        f"{result['bytes'] / count:>9.0f}\n"
    )
    return speed


def main() -> None:
    """Run the comparison, or one step of it in this process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=int, default=100_000)
    parser.add_argument("--peer-labels", type=int, help="labels of the peer, as many as ours by default")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("folder", nargs="?", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        _run_step(chosen.step, chosen.folder, chosen.labels)
        return
    peer_labels = chosen.peer_labels or chosen.labels
    sys.stdout.write(f"{'':<12}{'labels':>10}{'CPU s':>9}{'per CPU s':>12}{'peak MB':>9}{'B/label':>9}\n")
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        _measure("prepare", Path(ours), chosen.labels)
        _measure("prepare", Path(theirs), peer_labels)
        _show("people", chosen.labels, _measure("people", Path(ours), chosen.labels))
        speed = _show("gateway", chosen.labels, _measure("gateway", Path(ours), chosen.labels))
        _show("read back", chosen.labels, _measure("read back", Path(ours), chosen.labels))
        peer = _show("reportlab", peer_labels, _measure("reportlab", Path(theirs), peer_labels))
        if find_spec("fpdf"):
            _show("fpdf2", peer_labels, _measure("fpdf2", Path(theirs), peer_labels))
    sys.stdout.write(f"gateway / reportlab = {speed / peer:.1f}\n")


if __name__ == "__main__":
    main()
