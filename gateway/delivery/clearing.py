"""Screening a delivery (check 3): judge every record of the order's lists and materialise the cleared lines.

Cleared lines are stored as they will be delivered, with their codes and match keys, a page at a time in short
transactions, so that nobody waits for the ledger meanwhile. Reading the rows may be the work of other processes;
judging them and storing the lines is the parent's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, Engine, insert, select

from gateway.acquisition.sources import NEVER_DELIVERED
from gateway.api import Order
from gateway.db.bulk import bulk_insert
from gateway.db.engine import reading, writing
from gateway.db.ledger import current_number
from gateway.db.tables import acquisition, left_out, line, source
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.page_rows import CONTACTS, FILTERABLE, PageRow, RowReader, Where
from gateway.delivery.workers import Workers, worker_engine
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.line_code import MAX_LINES, LineCodes
from gateway.log.lines import leaf
from gateway.log.returns import undeliverable
from gateway.people.normalise import NORMALISER_VERSION
from gateway.people.stored import fetch_records, read_block
from gateway.plugins import Manager
from gateway.suppression.candidates import candidate
from gateway.suppression.key_pages import KeyPage, append_line_pages, record_pages
from gateway.suppression.screening import Judgement, Register

_LINE_COLUMNS = (
    "delivery",
    "number",
    "list_id",
    "record_number",
    "record_id",
    "acquisition_id",
    "fingerprint",
    "person",
    "leaf",
)


@dataclass(slots=True, kw_only=True)
class Cleared:
    """What screening found at ``fence``: counts, and the judgements that need a person (``held``), by list and record."""

    fence: int
    counts: Counter[str] = field(default_factory=Counter)
    held: list[tuple[Judgement, int, str]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _LeftOut:
    row: PageRow
    outcome: str
    rule: str
    opt_out_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """One page of a list with what screening has found on it."""

    list_id: int
    page: KeyPage
    found: dict[int, Judgement]


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageTask:
    """Which records to read, for whoever has time; ``url`` is empty in the parent."""

    url: str
    reader: RowReader
    list_id: int
    first: int
    last: int


def clear(
    engine: Engine,
    manager: Manager,
    accepted: AcceptedOrder,
    order: Order,
    *,
    serial: int,
    salt: bytes,
    workers: Workers,
    advance: Callable[[int], None],
) -> Cleared:
    """Screen the order's lists at the current ledger number and store the cleared lines of delivery ``serial``."""
    suppressing = bool(manager.concerned_suppressors(order))
    limit = MAX_LINES if accepted.request.limit is None else accepted.request.limit
    with reading(engine) as connection:
        cleared = Cleared(fence=current_number(connection))
        codes = LineCodes.of(connection)
        sources = _sources(connection)
        register = Register(connection, accepted.purpose, upto=cleared.fence)
        seen: set[int] | None = set() if len(accepted.lists) > 1 else None
        returned = undeliverable(connection) if accepted.purpose == "dm" else frozenset()
        stored = 0
        for judged, rows in _read_pages(connection, engine, register, accepted, workers):
            kept, out = _sort(judged, rows, sources, seen, returned)
            if suppressing:
                kept, objected = _ask(connection, manager, judged, kept, order)
                out += objected
            if len(kept) > limit - stored:
                kept, out = _cut(kept, out, limit - stored)
            _store(engine, serial, judged, kept, out, stored, codes, salt)
            _count(cleared, judged, kept, out, sources)
            stored += len(kept)
            advance(len(judged.page.numbers))
            if stored >= limit:
                break
    return cleared


def _read_pages(
    connection: Connection, engine: Engine, register: Register, accepted: AcceptedOrder, workers: Workers
) -> Iterator[tuple[_Judged, list[PageRow]]]:
    """Judge page by page here, and let the workers read the rows."""
    url = engine.url.render_as_string(hide_password=False) if workers.parallel else ""
    reader = RowReader(fields=accepted.fields, where=accepted.request.where)

    def tasks() -> Iterator[tuple[_Judged, _PageTask]]:
        for list_id in accepted.lists:
            for page in record_pages(connection, list_id):
                if len(page.numbers):
                    found = {each.number: each for each in register.judge_stored(list_id, page)}
                    first, last = int(page.numbers[0]), int(page.numbers[-1])
                    task = _PageTask(url=url, reader=reader, list_id=list_id, first=first, last=last)
                    yield _Judged(list_id=list_id, page=page, found=found), task

    def read_here(task: _PageTask) -> list[PageRow]:
        return task.reader.read(connection, task.list_id, task.first, task.last)

    return workers.map(_read_elsewhere if workers.parallel else read_here, tasks())


def _read_elsewhere(task: _PageTask) -> list[PageRow]:
    """Read rows in a worker, which sees what was committed until now: a record erased meanwhile is just absent."""
    with reading(worker_engine(task.url)) as connection:
        return task.reader.read(connection, task.list_id, task.first, task.last)


def _sort(
    judged: _Judged,
    rows: Sequence[PageRow],
    sources: Mapping[int, tuple[str, str]],
    seen: set[int] | None,
    returned: frozenset[int],
) -> tuple[list[PageRow], list[_LeftOut]]:
    """Sort one page's rows into those that may leave and those that may not; a person in two lists counts once."""
    present = set(judged.page.numbers.tolist())
    kept, out = [], []
    for row in rows:
        if row.number not in present:
            continue
        if seen is not None:
            if row.fingerprint in seen:
                continue
            seen.add(row.fingerprint)
        found = judged.found.get(row.number)
        if found is not None:
            outcome = "suppressed" if found.verdict == "suppress" else "held"
            out.append(_LeftOut(row, outcome, found.rule, found.opt_out_id))
        elif sources[row.acquisition_id][1] in NEVER_DELIVERED:
            out.append(_LeftOut(row, "refused", "source_basis"))
        elif row.fingerprint in returned:
            out.append(_LeftOut(row, "refused", "undeliverable"))
        else:
            kept.append(row)
    return kept, out


def _cut(kept: list[PageRow], out: list[_LeftOut], room: int) -> tuple[list[PageRow], list[_LeftOut]]:
    """Keep the first ``room`` rows and what was left out before the last of them."""
    last = kept[room - 1].number
    return kept[:room], [each for each in out if each.row.number < last]


def _ask(
    connection: Connection, manager: Manager, judged: _Judged, kept: Sequence[PageRow], order: Order
) -> tuple[list[PageRow], list[_LeftOut]]:
    """Ask the suppressors of plugins about the records that the core would let go; one that is gone stays out too."""
    page = judged.page
    offsets = np.concatenate(([0], np.cumsum(page.lens, dtype=np.int64)))
    places = {number: place for place, number in enumerate(page.numbers.tolist())}
    records = fetch_records(connection, judged.list_id, [row.number for row in kept])
    candidates = [
        candidate(
            number, record.person, page.keys[offsets[places[number]] : offsets[places[number] + 1]].tolist()
        )
        for number, record in records.items()
    ]
    objections = {found.ref: found for found in manager.objections(candidates, order)}
    out = [
        _LeftOut(
            row,
            "suppressed" if objections[row.number].verdict == "suppress" else "held",
            objections[row.number].rule,
        )
        for row in kept
        if row.number in objections
    ]
    return [row for row in kept if row.number in records and row.number not in objections], out


def _count(
    cleared: Cleared,
    judged: _Judged,
    kept: Sequence[PageRow],
    out: Sequence[_LeftOut],
    sources: Mapping[int, tuple[str, str]],
) -> None:
    cleared.counts.update(each.outcome for each in out)
    cleared.counts["cleared"] += len(kept)
    cleared.sources.update(sources[acquired][0] for acquired in {row.acquisition_id for row in kept})
    cleared.held += [
        (judged.found[each.row.number], judged.list_id, each.row.record_id)
        for each in out
        if each.outcome == "held" and each.opt_out_id is not None
    ]


def _store(
    engine: Engine,
    serial: int,
    judged: _Judged,
    kept: Sequence[PageRow],
    out: Sequence[_LeftOut],
    first: int,
    codes: LineCodes,
    salt: bytes,
) -> None:
    """Write one page's lines, their keys and what was left out, in a short transaction."""
    numbers = np.arange(first, first + len(kept), dtype=np.int64)
    rows = [
        (
            serial,
            number,
            judged.list_id,
            row.number,
            row.record_id,
            row.acquisition_id,
            row.fingerprint,
            row.person,
            leaf(salt, code, row.person),
        )
        for number, code, row in zip(numbers.tolist(), codes.encode(serial, numbers), kept, strict=True)
    ]
    own = judged.page.without(set(judged.page.numbers.tolist()) - {row.number for row in kept})
    with writing(engine) as connection:
        bulk_insert(connection, line, _LINE_COLUMNS, rows)
        append_line_pages(
            connection, serial, NORMALISER_VERSION, [KeyPage(numbers=numbers, lens=own.lens, keys=own.keys)]
        )
        if out:
            connection.execute(
                insert(left_out),
                [
                    {
                        "delivery": serial,
                        "list_id": judged.list_id,
                        "record_number": each.row.number,
                        "record_id": each.row.record_id,
                        "outcome": each.outcome,
                        "opt_out_id": each.opt_out_id,
                        "rule": each.rule,
                    }
                    for each in out
                ],
            )


def _sources(connection: Connection) -> dict[int, tuple[str, str]]:
    """Return source id and basis of each acquisition."""
    rows = connection.execute(
        select(acquisition.c.id, source.c.id.label("source_id"), source.c.basis).join_from(
            acquisition, source
        )
    )
    return {row.id: (row.source_id, row.basis) for row in rows}


def require_known_columns(connection: Connection, list_ids: Sequence[int], where: Where) -> None:
    """Refuse a filter on a column that no record of the lists has."""
    unknown = [column for column, _value in where if column not in (*FILTERABLE, *CONTACTS)]
    if not unknown:
        return
    for list_id in list_ids:
        for page in record_pages(connection, list_id):
            if not len(page.numbers):
                continue
            for record in read_block(
                connection, list_id, int(page.numbers[0]), int(page.numbers[-1]), contacts=False
            ):
                unknown = [column for column in unknown if column not in record.person.attributes]
                if not unknown:
                    return
    raise WrongUsage(
        "unknown_column",
        _("no record has the column {name}").format(name=unknown[0]),
        hint=_("columns are: {names}, or an attribute of the list").format(names=", ".join(FILTERABLE)),
    )
