"""Compare the label writer with other ways to print labels: the same people, the same sheet, in the same run.

    python -m benchmarks.labels [--labels 10000 100000] [--peer-labels 10000] [--peers reportlab]

Each writer runs in a process of its own, start-up, reading of the people and fonts included; speed is labels per
second of CPU time (user and system, programs that it starts included), so that other work on the machine does not
count. The line ``people`` is what reading the people alone takes, ``read back`` is the reader on the file just
written. A peer is left out where it is not installed; those that take hours or gigabytes print fewer labels, which is
told: their speed hardly depends on the number. Plain reportlab takes two minutes for 100,000 labels.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from benchmarks import labels_fpdf2, labels_glabels, labels_pylabels, labels_reportlab, labels_typst
from benchmarks.labels_batch import PEOPLE, StreamBatch
from benchmarks.labels_people import lines, write_people
from gateway_labels.job import Job
from gateway_labels.layout import Plan
from gateway_labels.options import LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from gateway_labels.sheets import Sheet

CHARACTERS = "characters.txt"
FILE = "labels.pdf"
ACCELERATOR = "_rl_accel"
SIZES = (10_000, 100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another way to print the labels; ``needs`` is the module or program, ``most`` how many it can be asked for."""

    name: str
    needs: str
    write: Callable[[Path, Sheet, Plan], None]
    most: int

    @property
    def is_installed(self) -> bool:
        """Whether it can take part."""
        return find_spec(self.needs) is not None or shutil.which(self.needs) is not None


def _read_people(folder: Path, _count: int) -> None:
    sum(1 for _ in lines(folder / PEOPLE))


def _gateway(folder: Path, count: int) -> None:
    render(StreamBatch(folder, count))


def _read_back(folder: Path, count: int) -> None:
    found = sum(1 for _ in read_back(folder))
    if found != count:
        raise SystemExit(f"{found} codes for {count} labels")


def _plain(folder: Path, sheet: Sheet, plan: Plan) -> None:
    if "reportlab" in sys.modules:
        raise SystemExit("too late to measure reportlab without its accelerator")
    sys.modules[ACCELERATOR] = None  # type: ignore[assignment]  # as where it is not installed
    _accelerated(folder, sheet, plan)


def _accelerated(folder: Path, sheet: Sheet, plan: Plan) -> None:
    labels_reportlab.write(folder / FILE, lines(folder / PEOPLE), _registered(folder), sheet, plan)


def _fpdf2(folder: Path, sheet: Sheet, plan: Plan) -> None:
    labels_fpdf2.write(folder / FILE, lines(folder / PEOPLE), sheet, plan)


def _pylabels(folder: Path, sheet: Sheet, plan: Plan) -> None:
    labels_pylabels.write(folder / FILE, lines(folder / PEOPLE), _registered(folder), sheet, plan)


def _typst(folder: Path, sheet: Sheet, plan: Plan) -> None:
    labels_typst.write(folder / FILE, lines(folder / PEOPLE), sheet, plan)


def _glabels(folder: Path, sheet: Sheet, plan: Plan) -> None:
    labels_glabels.write(folder / FILE, lines(folder / PEOPLE), sheet, plan)


def _registered(folder: Path) -> str:
    from gateway.pdf.truetype import register_font

    return register_font((folder / CHARACTERS).read_text(encoding="utf-8"), document="benchmark")


PEERS = (
    Peer(name="reportlab", needs="reportlab", write=_plain, most=100_000),
    Peer(name="+ rl_accel", needs=ACCELERATOR, write=_accelerated, most=100_000),
    Peer(name="fpdf2", needs="fpdf", write=_fpdf2, most=100_000),
    Peer(name="pylabels", needs="labels", write=_pylabels, most=2_000),
    Peer(name="typst", needs="typst", write=_typst, most=2_000),
    Peer(name="gLabels", needs=labels_glabels.PROGRAM, write=_glabels, most=500),
)


def _prepare(folder: Path, count: int) -> None:
    """Write the people, and convert the peers' characters once, so that their figures do not pay for that."""
    from gateway.pdf.truetype import register_font

    used = set(write_people(folder / PEOPLE, count)) | set("〒-様\u3000")
    text = "".join(sorted(used))
    (folder / CHARACTERS).write_text(text, encoding="utf-8")
    register_font(text, document="benchmark")


PREPARE = "prepare"
OURS = {"people": _read_people, "gateway": _gateway, "read back": _read_back}
STEPS = {PREPARE: _prepare, **OURS}


def _run(step: str, folder: Path, count: int) -> dict[str, float]:
    """Run one step in this process and return what it took."""
    gc.set_threshold(100_000, 50, 100)  # as the command line does, for all writers alike
    started = time.perf_counter()
    if step in STEPS:
        STEPS[step](folder, count)
    else:
        job = Job(LabelOptions())
        next(peer for peer in PEERS if peer.name == step).write(folder, job.sheet, job.plans[0])
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
        "wall": time.perf_counter() - started,
        "peak": max(_own_peak(), used[1].ru_maxrss / 1024),
        "bytes": sum(path.stat().st_size for path in folder.glob("*.pdf")),
    }


def _own_peak() -> float:
    """Return the most memory that this program has had in megabytes; the kernel's other figure is its parent's too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def _measure(step: str, folder: Path, count: int) -> dict[str, float]:
    """Run one step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.labels", "--step", step, "--labels", str(count)]
    done = subprocess.run(
        [*command, "--folder", str(folder)], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return cast("dict[str, float]", json.loads(done.stdout))


def _show(name: str, count: int, result: dict[str, float], note: str = "") -> float:
    speed = count / result["cpu"]
    sys.stdout.write(
        f"{name:<12}{count:>10,}{result['cpu']:>9.2f}{speed:>12,.0f}{result['peak']:>9.0f}"
        f"{result['bytes'] / count:>9.0f}  {note}\n"
    )
    sys.stdout.flush()
    return speed


def _compare(count: int, names: Sequence[str], peer_count: int, done: dict[tuple[str, int], float]) -> None:
    """Measure all writers at one size; ``done`` holds the speeds of peers that were measured before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _measure(PREPARE, folder, count)
        ours = {step: _show(step, count, _measure(step, folder, count)) for step in OURS}
    for peer, asked in _taking_part(names, count, peer_count):
        if (peer.name, asked) not in done:
            with tempfile.TemporaryDirectory() as name:
                _measure(PREPARE, Path(name), asked)
                note = "" if asked == count else "fewer labels"
                done[peer.name, asked] = _show(peer.name, asked, _measure(peer.name, Path(name), asked), note)
        sys.stdout.write(f"{'':<12}gateway / {peer.name} = {ours['gateway'] / done[peer.name, asked]:.1f}\n")
    sys.stdout.write("\n")


def _taking_part(names: Sequence[str], count: int, peer_count: int) -> Iterator[tuple[Peer, int]]:
    """Yield the peers that are asked for and installed, and how many labels each prints."""
    for peer in PEERS:
        if peer.name not in names:
            continue
        if peer.is_installed:
            yield peer, min(count, peer_count, peer.most)
        else:
            sys.stdout.write(f"{peer.name:<12}not installed\n")


def main() -> None:
    """Run the comparison, or one step of it in this process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--labels", type=int, nargs="+", default=SIZES, metavar="N", help="sizes to compare at"
    )
    parser.add_argument("--peer-labels", type=int, default=max(SIZES), help="most labels that a peer prints")
    names = [peer.name for peer in PEERS]
    parser.add_argument("--peers", nargs="+", choices=names, default=names, help="peers to compare with")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        sys.stdout.write(json.dumps(_run(chosen.step, chosen.folder, *chosen.labels)))
        return
    sys.stdout.write(f"{'':<12}{'labels':>10}{'CPU s':>9}{'per CPU s':>12}{'peak MB':>9}{'B/label':>9}\n")
    done: dict[tuple[str, int], float] = {}
    for count in chosen.labels:
        _compare(count, chosen.peers, chosen.peer_labels, done)


if __name__ == "__main__":
    main()
