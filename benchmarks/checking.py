"""Check an imported list against the register, end to end: ``python -m benchmarks.checking [--big]``.

Prints seconds, people a second and peak memory: normalising; loading the register and both stages, by one process and by
two; then what other engines take for the bare join of the same keys (polars, DuckDB, splink, where installed: ``uv sync
--group benchmarks``), and the usual practice of comparing postal code and name, with what it finds of people who wrote
themselves in another way; last, single opt-outs that are recorded and erased from every list. Making people, importing
them and recording the opt-outs is not measured. ``--big`` checks ten lists of the same people, so that ten times as many
records are read and judged.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, literal, select, text

from benchmarks import checking_peers
from gateway.acquisition.intake import ImportRequest, import_list
from gateway.acquisition.sources import SourceRequest, add_source
from gateway.db.engine import open_database, reading, writing
from gateway.db.ledger import current_number
from gateway.db.schema import create_database
from gateway.db.tables import acquisition, contact, key_page, list_, record
from gateway.people.keys import keys_of_people
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.plugins import Manager
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.key_pages import record_pages
from gateway.suppression.opting_out import opt_out
from gateway.suppression.pairs import judge_pair
from gateway.suppression.register import OptOutRequest, record_opt_outs
from gateway.suppression.screening import Register
from gateway.testing.notation import respell
from gateway.testing.people import synthetic_people

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HEADER = ("id", "name", "kana", "postal_code", "address", "building", "phone", "email")
COPIES = 10
NORMALISED = 200_000
BLOCK = 4096
MEMBERS_IN = 100
"""Every hundredth opt-out is of somebody in the list, in another notation; the others are strangers to it."""


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--opt-outs", type=int, default=1_000_000)
    parser.add_argument("--big", action="store_true", help=f"{COPIES} lists of the same people")
    parser.add_argument("--database", type=Path, help="make the database here, or use the one that is here")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="checking-") as folder:
        path = options.database or Path(folder) / "gateway.db"
        url = f"sqlite:///{path}"
        if not path.exists():
            _prepare(url, Path(folder), options.people, options.opt_outs)
        engine = open_database(url)
        lists = _lists(engine, options.big)
        engine.dispose()
        # Processes of their own, so that each figure of memory belongs to one way.
        _run(normalising)
        for processes in (1, 2):
            _run(check, url, lists, processes)
        _run(checking_peers.run, url, lists[0])
        _run(recall, options.people, options.opt_outs)
        _run(erase, url)


def erase(url: str) -> None:
    """Time single opt-outs of people who are in every list: recorded, erased everywhere, earlier deliveries searched."""
    engine = open_database(url)
    _note("erasing the people of the opt-outs above")
    act_on_opt_outs(engine, actor="benchmark", now=NOW)
    with writing(engine) as connection:
        connection.execute(text("ANALYZE"))
        stored = connection.execute(select(func.count()).select_from(record)).scalar_one()
        lists = connection.execute(select(list_.c.id)).scalars().all()
        step = max(stored // len(lists) // 5, 1)
        numbers = select(record.c.number).where(record.c.list_id == lists[0], record.c.number % step == 0)
        chosen = connection.execute(numbers.limit(5)).scalars().all()
        people = [each.person for each in fetch_records(connection, lists[0], chosen).values()]
    seconds, erased = [], 0
    for person in people:
        request = OptOutRequest(person=person, received_on=date(2026, 11, 24))
        started = perf_counter()
        taken = opt_out(engine, [request], actor="benchmark", now=NOW)
        seconds.append(perf_counter() - started)
        erased += sum(sum(each.erased.values()) for each in taken.erasures.values())
    print(
        f"one opt-out against {stored:,} stored records of {len(lists)} lists: median {median(seconds):.2f} s, longest"
        f" {max(seconds):.2f} s, {erased} records erased for {len(people)} people",
        flush=True,
    )
    engine.dispose()


def normalising() -> None:
    """Make the keys of people whom this process has not seen, as an import does: once for the caches, once measured."""
    people = list(synthetic_people(NORMALISED, seed=7))
    half = NORMALISED // 2
    keys_of_people(people[:half])
    started, cpu = perf_counter(), process_time()
    for first in range(half, NORMALISED, BLOCK):
        keys_of_people(people[first : first + BLOCK])
    seconds, cpu = perf_counter() - started, process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"normalising, one core {seconds:8.1f} s  {half / seconds:>12,.0f} people/s  {peak:6,.0f} MB  CPU {cpu:.1f} s",
        flush=True,
    )


def check(url: str, lists: list[int], processes: int) -> None:
    """Judge every record of the lists by both stages."""
    started = perf_counter()
    parts = [(url, lists, part, processes) for part in range(processes)]
    if processes == 1:
        found = [_check_part(*parts[0])]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(_check_part, *zip(*parts, strict=True)))
    seconds = perf_counter() - started
    records, held = sum(each[0] for each in found), sum(each[1] for each in found)
    peak = sum(each[3] for each in found)
    print(
        f"gateway, {processes} process{'es' if processes > 1 else '':3}  {seconds:8.1f} s  {records / seconds:>12,.0f} people/s"
        f"  {peak:6,.0f} MB  CPU {sum(each[4] for each in found):.1f} s  register {max(each[2] for each in found):.1f} s  {records:,} people, {held:,} kept out",
        flush=True,
    )


def _check_part(url: str, lists: list[int], part: int, parts: int) -> tuple[int, int, float, float, float]:
    """Judge every ``parts``-th page; return records, those kept out, seconds to load the register, peak in MB, CPU seconds."""
    started = perf_counter()
    engine = open_database(url)
    records = held = 0
    with reading(engine) as connection:
        register = Register(connection, "dm", upto=current_number(connection))
        loaded = perf_counter() - started
        for list_id in lists:
            for place, page in enumerate(record_pages(connection, list_id)):
                if place % parts == part:
                    records += len(page.numbers)
                    held += len(register.judge_stored(list_id, page))
    engine.dispose()
    return records, held, loaded, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, process_time()


def recall(people: int, opt_outs: int) -> None:
    """Tell how many members of the list are found who opted out in another notation, by the gate and as practised."""
    members = list(_members(people, opt_outs))
    ways: tuple[tuple[str, Callable[[Person, Person], bool]], ...] = (
        ("gateway, both stages", _kept_out),
        ("postal code and name", _same_postal_and_name),
    )
    for name, meets in ways:
        started = perf_counter()
        found = sum(meets(opt_out, member) for member, opt_out in members)
        seconds = perf_counter() - started
        print(
            f"{name:28} finds {found / len(members):8.3%} of {len(members):,} people in other notations,"
            f" {len(members) / seconds:,.0f} pairs/s",
            flush=True,
        )


def _kept_out(opt_out: Person, member: Person) -> bool:
    return judge_pair(normalise(opt_out), "individual", normalise(member)).verdict != "deliver"


def _same_postal_and_name(opt_out: Person, member: Person) -> bool:
    return checking_peers.postal_and_name(opt_out) == checking_peers.postal_and_name(member)


def _run(task: object, *arguments: object) -> None:
    """Run one measurement in a process of its own."""
    process = get_context("spawn").Process(target=task, args=arguments)  # type: ignore[arg-type]
    process.start()
    process.join()


def _lists(engine: Engine, big: bool) -> list[int]:
    with reading(engine) as connection:
        there = [int(row[0]) for row in connection.execute(text("SELECT id FROM list ORDER BY id"))]
    if not big or len(there) >= COPIES:
        return there if big else there[:1]
    _note("copying the list")
    for number in range(len(there), COPIES):
        with writing(engine) as connection:
            _copy_list(connection, there[0], there[0] + number)
    with reading(engine) as connection:
        return [int(row[0]) for row in connection.execute(text("SELECT id FROM list ORDER BY id"))]


def _copy_list(connection: Connection, source: int, made: int) -> None:
    """Copy a list with its records and key pages as they are."""
    for table in (list_, acquisition, record, contact, key_page):
        own = table.c.id if table is list_ else table.c.list_id
        changed: dict[ColumnElement[Any], ColumnElement[Any]] = {own: literal(made)}
        if table is list_:
            changed[list_.c.name] = list_.c.name + f"-{made}"
        if table is acquisition:
            changed[acquisition.c.id] = literal(made)
        elif table in (record, key_page):
            changed[table.c.acquisition_id] = literal(made)
        values = [changed.get(column, column) for column in table.columns]
        rows = select(*values).where(own == source)
        connection.execute(insert(table).from_select([column.name for column in table.columns], rows))


def _prepare(url: str, folder: Path, people: int, opt_outs: int) -> None:
    """Import the list, then record the opt-outs, so that nobody has been kept out at import."""
    create_database(url).dispose()
    engine = open_database(url)
    add_source(engine, SourceRequest(id="seller", basis="private_seller"), actor="benchmark", now=NOW)
    path = folder / "people.csv"
    _note(f"making and importing {people:,} people")
    _write_people(path, synthetic_people(people))
    import_list(
        engine,
        ImportRequest(path=path, list_name="main", source_id="seller", workers=2),
        Manager([]),
        actor="benchmark",
        now=NOW,
    )
    _note(f"recording {opt_outs:,} opt-outs")
    members = (person for _member, person in _members(people, opt_outs))
    # Two makers of people hand out the same phone numbers, which would look like matches.
    strangers = (replace(person, phones=()) for person in synthetic_people(opt_outs, seed=1))
    chosen = islice(chain(members, strangers), opt_outs)
    while requests := [
        OptOutRequest(person=person, received_on=date(2026, 11, 24)) for person in islice(chosen, 20_480)
    ]:
        record_opt_outs(engine, requests, actor="benchmark", now=NOW)
    with writing(engine) as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _members(people: int, opt_outs: int) -> Iterator[tuple[Person, Person]]:
    """Choose members of the list for the opt-outs; yield each as listed and as the opt-out says."""
    draws = Random(7)
    wanted = max(1, opt_outs // MEMBERS_IN)
    step = max(1, people // wanted)
    for member in islice(synthetic_people(people), 0, wanted * step, step):
        yield member, respell(member, draws)


def _write_people(path: Path, people: Iterator[Person]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for person in people:
            phone = person.phones[0] if person.phones else ""
            email = person.emails[0] if person.emails else ""
            texts = (person.id, person.name, person.kana, person.postal_code, person.address, person.building)
            writer.writerow((*texts, phone, email))


def _note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
