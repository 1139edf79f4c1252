"""The last check: whether anything recorded above its fence covers a line of a delivery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Connection, select, true

from gateway.api import Candidate, Purpose
from gateway.db.tables import decision, line, vanished_line
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.candidates import candidate
from gateway.suppression.key_pages import KeyPage, line_pages, line_pages_of
from gateway.suppression.screening import Register

Outcomes = dict[int, tuple[str, str, int | None]]
"""Line number → (outcome, rule, opt-out id) of lines that may not leave."""


def covered_lines(
    connection: Connection,
    serial: int,
    purpose: Purpose,
    *,
    above: int,
    upto: int,
    only: Sequence[int] | None = None,
) -> Outcomes:
    """Find the lines whose person is covered by anything numbered above ``above`` and up to ``upto``.

    Nothing numbered up to ``upto`` can still be on its way: it is the ledger's last committed number, or the caller holds
    the ledger's lock. A line whose record has gone or changed meanwhile cannot be judged any more and counts as covered.
    ``only`` asks about some lines.
    """
    covered = _decided_against(connection, serial, above, upto, only)
    register = Register(connection, purpose, upto=upto, above=above)
    if len(register.index):
        for page in _pages(connection, serial, only):
            pairs = register.index.candidates(page)
            if pairs:
                covered.update(_judge(connection, register, serial, pairs))
    return covered


def vanished_lines(connection: Connection, serial: int) -> frozenset[int]:
    """Return the lines that erasing a person has taken out of an unreleased delivery."""
    statement = select(vanished_line.c.number).where(vanished_line.c.delivery == serial)
    return frozenset(connection.execute(statement).scalars())


def line_candidates(
    connection: Connection, serial: int, only: Sequence[int] | None = None
) -> Iterator[list[Candidate]]:
    """Show a delivery's lines to suppressors once more, a page at a time; ``ref`` is the line number."""
    for page in _pages(connection, serial, only):
        offsets = np.concatenate(([0], np.cumsum(page.lens, dtype=np.int64)))
        rows = {number: row for row, number in enumerate(page.numbers.tolist())}
        by_list: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for list_id, record_number, line_number, _fingerprint in _rows(connection, serial, list(rows)):
            by_list[list_id][record_number] = line_number
        yield [
            candidate(wanted[number], record.person, page.keys[offsets[row] : offsets[row + 1]].tolist())
            for list_id, wanted in by_list.items()
            for number, record in fetch_records(connection, list_id, wanted).items()
            for row in [rows[by_list[list_id][number]]]
        ]


def _pages(connection: Connection, serial: int, only: Sequence[int] | None) -> Iterator[KeyPage]:
    return line_pages(connection, serial) if only is None else line_pages_of(connection, serial, only)


def _judge(
    connection: Connection, register: Register, serial: int, pairs: Sequence[tuple[int, int]]
) -> Outcomes:
    covered: Outcomes = {}
    people: dict[int, tuple[Person, int]] = {}
    by_list: defaultdict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in _rows(connection, serial, sorted({number for number, _owner in pairs})):
        by_list[row[0]][row[1]] = (row[2], row[3])
    for list_id, wanted in by_list.items():
        records = fetch_records(connection, list_id, wanted)
        for record_number, (line_number, fingerprint) in wanted.items():
            record = records.get(record_number)
            if record is None or record.fingerprint != fingerprint:
                covered[line_number] = ("suppressed", "record_gone", None)
            else:
                people[line_number] = (record.person, fingerprint)
    for found in register.judge_lines(pairs, people):
        outcome = "suppressed" if found.verdict == "suppress" else "held"
        covered[found.number] = (outcome, found.rule, found.opt_out_id)
    return covered


def _rows(connection: Connection, serial: int, numbers: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    """Read (list, record number, line number, fingerprint) of some lines."""
    for start in range(0, len(numbers), 500):
        statement = select(line.c.list_id, line.c.record_number, line.c.number, line.c.fingerprint).where(
            line.c.delivery == serial, line.c.number.in_(numbers[start : start + 500])
        )
        yield from (tuple(row) for row in connection.execute(statement))


def _decided_against(
    connection: Connection, serial: int, above: int, upto: int, only: Sequence[int] | None
) -> Outcomes:
    """Find lines whose pair with an opt-out was decided against since the fence."""
    asked = true() if only is None else line.c.number.in_(only)
    rows = connection.execute(
        select(line.c.number, decision.c.opt_out_id)
        .join_from(line, decision, line.c.fingerprint == decision.c.fingerprint)
        .where(
            line.c.delivery == serial,
            asked,
            decision.c.verdict == "suppress",
            decision.c.number > above,
            decision.c.number <= upto,
        )
    )
    return {row.number: ("suppressed", "decided_by_hand", row.opt_out_id) for row in rows}
