"""Compare the writer of call files with Python's csv, polars and pandas on the same people: ``python -m benchmarks.calls``.

    python -m benchmarks.calls [--people 500000] [--rounds 3]

All start from the same ready lines in memory and write the same columns. The gateway's writer chooses and judges numbers,
checks every cell (characters, formulas, widths, exact encoding) and hashes codes and numbers for its re-reading; the others
check nothing and are handed the numbers ready. Figures are rows per second of CPU time on one core, the best of the rounds;
each writer runs in a process of its own. ``read back`` is the gateway's re-reading of the file it just wrote.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar, cast

from gateway.api import Batch, Line, LineCode, Order, StateStore
from gateway.testing.people import synthetic_people
from gateway_calls.options import CallOptions
from gateway_calls.proof import Proofs
from gateway_calls.read_back import read_back
from gateway_calls.render import render

ORDER = Order(
    delivery="benchmark",
    client="c",
    client_name="",
    format="calls",
    purpose="telemarketing",
    created_at=datetime(2026, 4, 1, tzinfo=UTC),
)
HEADER = ("line_code", "name", "kana", "phone1", "phone2", "phone3", "call_from", "call_until")
DISTINCT = 50_000
"""Different people; more lines repeat them under other codes and numbers."""

Result = TypeVar("Result")


@dataclass(kw_only=True)
class ReadyBatch:
    """Lines in memory, files in a folder."""

    folder: Path
    lines: Sequence[Line]
    options: CallOptions
    order: Order = ORDER

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the lines in lists."""
        for start in range(0, len(self.lines), size):
            yield self.lines[start : start + size]

    def map(self, task: Callable[[Batch[CallOptions]], Result], size: int) -> Iterator[Result]:
        """Run a task on parts."""
        for lines in self.chunks(size):
            yield task(replace(self, lines=lines))

    def ordered(self, key: Callable[[Line], str]) -> Batch[CallOptions]:
        """Sort the lines."""
        return replace(self, lines=sorted(self.lines, key=key))

    @property
    def state(self) -> StateStore:
        """Keep nothing."""
        raise AssertionError

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

    def refuse(self, line: Line, reason: str) -> None:
        """Let nobody be refused, or the writers would not write the same."""
        raise AssertionError(line.code, reason)

    def report(self, code: str, count: int = 1) -> None:
        """Take no note."""

    def progress(self, lines: int) -> None:
        """Show nothing."""


def ready_lines(count: int) -> list[Line]:
    """Make lines with a land line or a mobile number each, all different, that cp932 can write."""
    people = [
        person
        for person in islice(synthetic_people(DISTINCT), min(count, DISTINCT))
        if (person.name + person.kana).encode("cp932", "ignore").decode("cp932") == person.name + person.kana
    ]
    lines = []
    for number in range(count):
        person = people[number % len(people)]
        spread = number * 7919 % 10_000_000
        phone = f"+813{3 + spread % 5}{spread:07d}" if number % 3 else f"+8190{1 + spread % 9}{spread:07d}"
        lines.append(
            Line(code=LineCode(f"G{number:011d}"), name=person.name, kana=person.kana, phones=(phone,))
        )
    return lines


def _gateway(profile: str) -> Callable[[Sequence[Line], Path], None]:
    def run(lines: Sequence[Line], folder: Path) -> None:
        render(ReadyBatch(folder=folder, lines=lines, options=CallOptions(profile=profile)), Proofs())

    return run


def _csv(encoding: str) -> Callable[[Sequence[Line], Path], None]:
    def run(lines: Sequence[Line], folder: Path) -> None:
        with (folder / "csv.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(
                (line.code, line.name, line.kana, line.phones[0], "", "", "09:00", "20:00") for line in lines
            )

    return run


def _columns(lines: Sequence[Line]) -> dict[str, list[str]]:
    return {
        "line_code": [line.code for line in lines],
        "name": [line.name for line in lines],
        "kana": [line.kana for line in lines],
        "phone1": [line.phones[0] for line in lines],
        "phone2": [""] * len(lines),
        "phone3": [""] * len(lines),
        "call_from": ["09:00"] * len(lines),
        "call_until": ["20:00"] * len(lines),
    }


def _polars(lines: Sequence[Line], folder: Path) -> None:
    import polars

    polars.DataFrame(_columns(lines)).write_csv(folder / "polars.csv")


def _pandas(encoding: str) -> Callable[[Sequence[Line], Path], None]:
    def run(lines: Sequence[Line], folder: Path) -> None:
        import pandas as pd

        pd.DataFrame(_columns(lines)).to_csv(folder / "pandas.csv", index=False, encoding=encoding)

    return run


WRITERS: dict[str, Callable[[Sequence[Line], Path], None]] = {
    "gateway generic-e164 utf-8, all checks": _gateway("generic-e164"),
    "gateway vicidial utf-8, all checks": _gateway("vicidial"),
    "gateway excel-ja cp932, all checks": _gateway("excel-ja"),
    "gateway scenelive cp932, all checks": _gateway("scenelive"),
    "csv utf-8, no checks": _csv("utf-8"),
    "csv cp932, no checks": _csv("cp932"),
    "polars utf-8, no checks": _polars,
    "pandas utf-8, no checks": _pandas("utf-8"),
    "pandas cp932, no checks": _pandas("cp932"),
}


def _measure(name: str, count: int, rounds: int) -> None:
    """Print one writer's figures; runs in a process of its own."""
    lines = ready_lines(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    best = float("inf")
    with tempfile.TemporaryDirectory(prefix="calls-") as folder:
        for _round in range(rounds):
            started = time.process_time()
            WRITERS[name](lines, Path(folder))
            best = min(best, time.process_time() - started)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(
        f"{name:42} {count / best:>12,.0f} rows/s   {size / 1e6:6.1f} MB   memory beyond the lines {more} MB"
    )


def _measure_reading(count: int) -> None:
    lines = ready_lines(count)
    with tempfile.TemporaryDirectory(prefix="calls-") as folder:
        proofs = Proofs()
        options = CallOptions(profile="generic-e164")
        render(ReadyBatch(folder=Path(folder), lines=lines, options=options), proofs)
        started = time.process_time()
        found = sum(1 for _code in read_back(Path(folder), proofs))
        print(f"{'read back':42} {found / (time.process_time() - started):>12,.0f} rows/s")


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    context = get_context("spawn")
    runs = [context.Process(target=_measure, args=(name, options.people, options.rounds)) for name in WRITERS]
    runs.append(context.Process(target=_measure_reading, args=(options.people,)))
    for run in runs:
        run.start()
        run.join()
        if run.exitcode:
            sys.exit(1)


if __name__ == "__main__":
    main()
