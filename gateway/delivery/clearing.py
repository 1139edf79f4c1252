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
from sqlalchemy import Connection, Engine, select

from gateway.api import Order
from gateway.db.engine import reading
from gateway.db.ledger import current_number
from gateway.db.tables import acquisition, source
from gateway.delivery.fingerprints import SeenFingerprints
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.page_rows import CONTACTS, PageRows, RowReader, Where
from gateway.delivery.staying_out import JudgedPage, SortedPage, ask_suppressors, cut_short, sort_rows
from gateway.delivery.storing_lines import store_page
from gateway.delivery.workers import Workers, worker_engine
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.line_code import MAX_LINES, LineCodes
from gateway.log.returns import undeliverable
from gateway.log.wrong_numbers import NO_MARKS, wrong_numbers
from gateway.people.person import TEXT_FIELDS
from gateway.people.stored import read_block
from gateway.plugins import Manager
from gateway.suppression.key_pages import Int64s, record_pages
from gateway.suppression.screening import Judgement, Register

_NOBODY = np.empty(0, dtype=np.int64)


@dataclass(slots=True, kw_only=True)
class Cleared:
    """What screening found at ``fence``: counts, and the judgements that need a person (``held``), by list and record."""

    fence: int
    counts: Counter[str] = field(default_factory=Counter)
    held: list[tuple[Judgement, int, str]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


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
        seen = SeenFingerprints() if len(accepted.lists) > 1 else None
        returned = _returned(connection) if accepted.purpose == "dm" else _NOBODY
        stored = 0
        for judged, rows in _read_pages(connection, engine, register, accepted, workers):
            page = sort_rows(judged, rows, sources, seen, returned)
            if suppressing:
                page = ask_suppressors(connection, manager, page, order)
            if len(page.kept) > limit - stored:
                page = cut_short(page, limit - stored)
            store_page(engine, serial, page, first=stored, codes=codes, salt=salt)
            _count(cleared, page, sources)
            stored += len(page.kept)
            advance(len(judged.page.numbers))
            if stored >= limit:
                break
    return cleared


def _read_pages(
    connection: Connection, engine: Engine, register: Register, accepted: AcceptedOrder, workers: Workers
) -> Iterator[tuple[JudgedPage, PageRows]]:
    """Judge page by page here, and let the workers read the rows."""
    url = engine.url.render_as_string(hide_password=False) if workers.parallel else ""
    wrong = wrong_numbers(connection) if "phone" in accepted.fields else NO_MARKS
    reader = RowReader(fields=accepted.fields, where=accepted.request.where, wrong=wrong)

    def tasks() -> Iterator[tuple[JudgedPage, _PageTask]]:
        for list_id in accepted.lists:
            for page in record_pages(connection, list_id):
                if len(page.numbers):
                    found = {each.number: each for each in register.judge_stored(list_id, page)}
                    first, last = int(page.numbers[0]), int(page.numbers[-1])
                    task = _PageTask(url=url, reader=reader, list_id=list_id, first=first, last=last)
                    yield JudgedPage(list_id=list_id, page=page, found=found), task

    def read_here(task: _PageTask) -> PageRows:
        return task.reader.read(connection, task.list_id, task.first, task.last)

    return workers.map(_read_elsewhere if workers.parallel else read_here, tasks())


def _read_elsewhere(task: _PageTask) -> PageRows:
    """Read rows in a worker, which sees what was committed until now: a record erased meanwhile is just absent."""
    with reading(worker_engine(task.url)) as connection:
        return task.reader.read(connection, task.list_id, task.first, task.last)


def _count(cleared: Cleared, page: SortedPage, sources: Mapping[int, tuple[str, str]]) -> None:
    cleared.counts.update(each.outcome for each in page.out)
    cleared.counts["cleared"] += len(page.kept)
    acquired = np.unique(page.rows.acquisition_ids[page.kept]).tolist()
    cleared.sources.update(sources[identifier][0] for identifier in acquired)
    cleared.held += [
        (page.judged.found[each.number], page.judged.list_id, each.record_id)
        for each in page.out
        if each.outcome == "held" and each.opt_out_id is not None
    ]


def _returned(connection: Connection) -> Int64s:
    return np.array(sorted(undeliverable(connection)), dtype=np.int64)


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
    unknown = [column for column, _value in where if column not in (*TEXT_FIELDS, *CONTACTS)]
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
        hint=_("columns are: {names}, or an attribute of the list").format(names=", ".join(TEXT_FIELDS)),
    )
