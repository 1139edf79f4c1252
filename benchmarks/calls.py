"""Compare the writer of call files with Python's csv, polars and pandas on the same people: ``python -m benchmarks.calls``.

    python -m benchmarks.calls [--people 500000] [--rounds 3] [--sizes 50000,200000,1000000]

Speed: all start from the same ready lines in memory. The gateway's writer chooses and judges numbers, checks every cell
(characters, formulas, widths, exact encoding) and hashes codes and numbers for its re-reading; the others check nothing, are
handed the numbers ready and write the columns of ``generic-e164``. Figures are rows per second of CPU time on one core, the
best of the rounds; each writer runs in a process of its own. Every profile of a text file is measured. ``x csv`` compares with
Python's csv in the same encoding.

Memory: for each size a process of its own writes lines that are made on the way, as a delivery reads them a page at a time,
and reads the file back. Figures are the highest resident memory, interpreter and libraries included. A million rows of a
workbook take a minute.
"""

from __future__ import annotations

import argparse
import csv
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from benchmarks.calls_lines import CALLS, MadeLines, Names, ReadyBatch, some_names
from gateway.api import Line
from gateway_calls.options import CallOptions
from gateway_calls.profile import shipped_profiles
from gateway_calls.proof import Proofs
from gateway_calls.read_back import read_back
from gateway_calls.render import render

HEADER = ("line_code", "name", "kana", "phone1", "phone2", "phone3", "call_from", "call_until")
FLAT = ("generic-e164", "vicidial", "excel-ja", "xlsx")
"""Profiles whose memory is measured: each way of writing once."""

Result = TypeVar("Result")
Writer = Callable[[Sequence[Line], Path], None]


def _gateway(profile: str) -> Writer:
    def run(lines: Sequence[Line], folder: Path) -> None:
        batch = ReadyBatch(folder=folder, lines=lines, options=CallOptions(profile=profile), order=CALLS)
        render(batch, Proofs())

    return run


def _csv(encoding: str) -> Writer:
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


def _pandas(encoding: str) -> Writer:
    def run(lines: Sequence[Line], folder: Path) -> None:
        import pandas as pd

        pd.DataFrame(_columns(lines)).to_csv(folder / "pandas.csv", index=False, encoding=encoding)

    return run


PEERS: dict[str, tuple[str, Writer]] = {
    "Python's csv": ("utf-8", _csv("utf-8")),
    "polars": ("utf-8", _polars),
    "pandas": ("utf-8", _pandas("utf-8")),
    "Python's csv in cp932": ("cp932", _csv("cp932")),
    "pandas in cp932": ("cp932", _pandas("cp932")),
}
_LIBRARIES = {"polars": "polars", "pandas": "pandas", "pandas in cp932": "pandas"}
WRITERS = PEERS | {
    name: (profile.encoding, _gateway(name))
    for name, profile in shipped_profiles().items()
    if profile.kind == "csv"
}


def _peak() -> float:
    """Return the highest resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure_speed(names: Names, name: str, count: int, rounds: int) -> tuple[float, float]:
    """Return one writer's rows per second, and the memory in MB that it takes beyond the lines."""
    lines = list(MadeLines(names, range(count)))
    before, best = _peak(), float("inf")
    for _round in range(rounds):
        with tempfile.TemporaryDirectory(prefix="calls-") as folder:
            started = time.process_time()
            WRITERS[name][1](lines, Path(folder))
            best = min(best, time.process_time() - started)
    return count / best, _peak() - before


def _measure_memory(names: Names, profile: str, count: int) -> tuple[float, float, float]:
    """Write and read back lines that are made on the way; return the peak in MB after each, and rows re-read a second."""
    with tempfile.TemporaryDirectory(prefix="calls-") as folder:
        proofs, options = Proofs(), CallOptions(profile=profile)
        lines = MadeLines(names, range(count))
        render(ReadyBatch(folder=Path(folder), lines=lines, options=options, order=CALLS), proofs)
        written, started = _peak(), time.process_time()
        found = sum(1 for _code in read_back(Path(folder), proofs))
        assert found == count
        return written, _peak(), found / (time.process_time() - started)


def _compare_speed(names: Names, count: int, rounds: int) -> None:
    print(
        f"writing {count:,} lines, rows a second of CPU time; the gateway with all checks, the others without any"
    )
    speeds: dict[str, float] = {}
    for name, (encoding, _writer) in WRITERS.items():
        if name in _LIBRARIES and find_spec(_LIBRARIES[name]) is None:
            print(f"  {name:24} is not installed")
            continue
        speeds[name], memory = _alone(_measure_speed, names, name, count, rounds)
        csv_speed = speeds["Python's csv in cp932" if encoding == "cp932" else "Python's csv"]
        print(
            f"  {name:24} {encoding:6} {speeds[name]:>11,.0f} rows/s  {speeds[name] / csv_speed:5.2f} x csv"
            f"  {memory:6.0f} MB beyond the lines",
            flush=True,
        )


def _compare_memory(names: Names, sizes: Sequence[int]) -> None:
    print("peak memory of a process that writes and re-reads so many lines, in MB")
    for profile in FLAT:
        for count in sizes:
            written, read, speed = _alone(_measure_memory, names, profile, count)
            print(
                f"  {profile:14} {count:>10,} lines  writing {written:5.0f}  re-reading {read:5.0f}"
                f"  ({speed:,.0f} rows/s re-read)",
                flush=True,
            )


def _alone(measure: Callable[..., Result], *given: object) -> Result:
    """Measure in a process of its own, so that nothing of one measurement is in another."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, given)


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default="50000,200000,1000000")
    options = parser.parse_args()
    names = _alone(some_names)  # what a process has used before starting another counts in that one
    if options.people:
        _compare_speed(names, options.people, options.rounds)
    _compare_memory(names, [int(size) for size in options.sizes.split(",") if size])


if __name__ == "__main__":
    main()
