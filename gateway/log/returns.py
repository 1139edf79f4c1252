"""Returned mail (宛所不明): a line code scanned from an undeliverable piece keeps its person out of later mailings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select

from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.tables import acquisition, line, list_, outcome
from gateway.errors import WrongUsage
from gateway.log.journal import append
from gateway.log.lines import StoredLine, find_line

KIND = "undeliverable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSummary:
    """What became of scanned codes: newly returned ones, those known before, and reasons by the place in the input."""

    returned: int
    known: int
    rejected: dict[int, str]
    by_list: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCount:
    """How many pieces have come back of one list and source."""

    list: str
    source: str
    returned: int


def import_returns(
    engine: Engine, codes: Sequence[str], *, on: date, actor: str, now: datetime, file_sha256: str = ""
) -> ReturnSummary:
    """Mark the lines of scanned codes as undeliverable; a code that was scanned before changes nothing."""
    rejected: dict[int, str] = {}
    fresh: dict[tuple[int, int], StoredLine] = {}
    known = 0
    with reading(engine) as connection:
        for place, code in enumerate(codes):
            try:
                found = find_line(connection, code)[1]
            except WrongUsage as error:
                rejected[place] = error.code
                continue
            key = (found.delivery, found.number)
            if key in fresh or _is_known(connection, key):
                known += 1
            else:
                fresh[key] = found
    summary = ReturnSummary(returned=len(fresh), known=known, rejected=rejected)
    if not fresh:
        return summary
    with writing(engine) as connection:
        number = take_number(connection)
        connection.execute(
            insert(outcome),
            [
                {
                    "delivery": delivery,
                    "line_number": line_number,
                    "kind": KIND,
                    "reported_on": on.isoformat(),
                    "number": number,
                }
                for delivery, line_number in fresh
            ],
        )
        content: dict[str, object] = {"counts": {KIND: len(fresh)}, "file_sha256": file_sha256}
        append(connection, number, "outcome", content, actor=actor, now=now)
        lists, sources = _names(connection)
    for each in fresh.values():
        summary.by_list[lists.get(each.list_id, "")] += 1
        summary.by_source[sources.get(each.acquisition_id, "")] += 1
    return summary


def undeliverable(connection: Connection) -> frozenset[int]:
    """Return the fingerprints of people whose mail has come back, as they were delivered.

    A corrected address gives another fingerprint, so that the person is written to again.
    """
    statement = (
        select(line.c.fingerprint)
        .join_from(
            outcome,
            line,
            (outcome.c.delivery == line.c.delivery) & (outcome.c.line_number == line.c.number),
        )
        .where(outcome.c.kind == KIND)
    )
    return frozenset(connection.execute(statement).scalars())


def count_returns(connection: Connection) -> list[ReturnCount]:
    """Count what has come back, by list and source."""
    statement = (
        select(line.c.list_id, line.c.acquisition_id)
        .join_from(
            outcome,
            line,
            (outcome.c.delivery == line.c.delivery) & (outcome.c.line_number == line.c.number),
        )
        .where(outcome.c.kind == KIND)
    )
    lists, sources = _names(connection)
    counts = Counter(
        (lists.get(row.list_id, ""), sources.get(row.acquisition_id, ""))
        for row in connection.execute(statement)
    )
    return [ReturnCount(list=name, source=source, returned=n) for (name, source), n in sorted(counts.items())]


def _is_known(connection: Connection, key: tuple[int, int]) -> bool:
    this = select(outcome.c.number).where(
        outcome.c.delivery == key[0], outcome.c.line_number == key[1], outcome.c.kind == KIND
    )
    return connection.execute(this).first() is not None


def _names(connection: Connection) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of lists, and the sources of acquisitions; a dropped list has none."""
    lists = {row.id: row.name for row in connection.execute(select(list_.c.id, list_.c.name))}
    sources = {
        row.id: str(row.source_id)
        for row in connection.execute(select(acquisition.c.id, acquisition.c.source_id))
    }
    return lists, sources
