"""Import many people from one CSV file into SQLite: ``python -m benchmarks.importing [--people 1000000]``.

Prints seconds, people a second, peak memory and the size of the database. The people are synthetic; making them, and
recording the opt-outs that they are screened against, is not measured.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sys
from datetime import UTC, date, datetime
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.acquisition.intake import ImportRequest, ImportSummary, import_list
from gateway.acquisition.sources import SourceRequest, add_source
from gateway.db.engine import open_database
from gateway.db.schema import create_database
from gateway.plugins import Manager
from gateway.suppression.register import OptOutRequest, record_opt_outs
from gateway.testing.people import synthetic_people

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HEADER = ("id", "name", "kana", "postal_code", "address", "building", "phone", "email")


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--opt-outs", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    with TemporaryDirectory(prefix="importing-") as folder:
        path, database = Path(folder) / "people.csv", Path(folder) / "gateway.db"
        _note("making %d people and %d opt-outs", options.people, options.opt_outs)
        _write_people(path, options.people)
        create_database(f"sqlite:///{database}").dispose()
        _record_opt_outs(f"sqlite:///{database}", options.people, options.opt_outs)
        _note("importing")
        # A process of its own, so that its memory is the import's alone.
        measured = get_context("spawn").Process(target=_import, args=(path, database, options.workers))
        measured.start()
        measured.join()


def _import(path: Path, database: Path, workers: int) -> None:
    """Import the file and print the figures."""
    engine = open_database(f"sqlite:///{database}")
    request = ImportRequest(path=path, list_name="main", source_id="seller", workers=workers)
    summary = import_list(engine, request, Manager([]), actor="benchmark", now=NOW)
    engine.dispose()
    _report(summary, path, database, workers)


def _report(summary: ImportSummary, path: Path, database: Path, workers: int) -> None:
    times = os.times()
    print(f"rows          {summary.rows:>12,}   file {path.stat().st_size / 1e6:,.0f} MB")
    print(f"imported      {summary.imported:>12,}   suppressed {summary.suppressed:,}, held {summary.held:,}")
    print(f"refused       {summary.refused:>12,}   duplicates {summary.duplicates:,}")
    print(f"seconds       {summary.seconds:>12.1f}")
    print(f"CPU seconds   {times.user + times.system:>12.1f}   {workers} workers {times.children_user:.1f}")
    print(f"people/s      {summary.rows / summary.seconds:>12,.0f}")
    print(
        f"peak RSS MB   {_peak(resource.RUSAGE_SELF):>12,.0f}   largest worker {_peak(resource.RUSAGE_CHILDREN):,.0f}"
    )
    print(f"database MB   {database.stat().st_size / 1e6:>12,.0f}")


def _write_people(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, person in enumerate(synthetic_people(count)):
            writer.writerow(
                (
                    f"c{number:07}",
                    person.name,
                    person.kana,
                    person.postal_code,
                    person.address,
                    person.building,
                    person.phones[0] if person.phones else "",
                    person.emails[0] if person.emails else "",
                )
            )


def _record_opt_outs(url: str, people: int, count: int) -> None:
    """Record opt-outs of every thousandth person of the file and of strangers."""
    engine = open_database(url)
    add_source(engine, SourceRequest(id="seller", basis="private_seller"), actor="benchmark", now=NOW)
    members = islice(synthetic_people(people), 0, people, 1000)
    strangers = synthetic_people(count, seed=1)
    chosen = islice(chain(members, strangers), count)
    while requests := [
        OptOutRequest(person=person, received_on=date(2026, 11, 24)) for person in islice(chosen, 5000)
    ]:
        record_opt_outs(engine, requests, actor="benchmark", now=NOW)
    engine.dispose()


def _peak(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def _note(text: str, *values: object) -> None:
    print(text % values, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
