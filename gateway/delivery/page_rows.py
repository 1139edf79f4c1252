"""One page of a list as rows ready to become lines; may be read in another process.

Screening stays with the parent: a row says nothing about whether its person may be delivered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from gateway.db.tables import record
from gateway.log.lines import line_attributes, line_columns, line_contacts, person_text
from gateway.log.wrong_numbers import NO_MARKS, Marks, right_numbers
from gateway.people.person import TEXT_FIELDS
from gateway.people.stored import Contacts, read_contacts
from gateway.suppression.key_pages import Int64s

Where = tuple[tuple[str, str], ...]
"""Column and value that a record must have, all of them."""

CONTACTS = {"phone": "phones", "email": "emails"}

_OWN = ("number", "acquisition_id", "fingerprint", "id")
_NO_CONTACTS = Contacts()

_Row = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRows:
    """Records as they would be delivered, column by column: int64[n] and lists; ``people`` are the JSON of lines.

    Columns, because a million rows are handed over from one process to another.
    """

    numbers: Int64s
    acquisition_ids: Int64s
    fingerprints: Int64s
    record_ids: list[str]
    people: list[str]

    def __repr__(self) -> str:
        return f"PageRows({len(self.numbers)} rows)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the rows of an order's lists: which records are asked for, which fields a line carries."""

    fields: frozenset[str]
    where: Where
    wrong: Marks = NO_MARKS
    """Numbers at which somebody else has answered; they do not leave."""

    def read(self, connection: Connection, list_id: int, first: int, last: int) -> PageRows:
        """Read the records numbered from ``first`` to ``last`` that are asked for."""
        columns = self._columns()
        statement = (
            select(*(record.c[name] for name in columns))
            .where(record.c.list_id == list_id, record.c.number.between(first, last))
            .order_by(record.c.number)
        )
        # All at once: SQLAlchemy hands out rows one by one at three times the cost.
        rows: Sequence[_Row] = connection.execute(statement).all()
        contacts: Mapping[int, Contacts] = {}
        if not CONTACTS.keys().isdisjoint(self.fields | self._asked()):
            # They take as long to read as all the rest: only where somebody looks at them.
            contacts = read_contacts(connection, list_id, first, last)
        if self.where:
            wanted = _filter(self.where, columns)
            rows = [row for row in rows if wanted(row, contacts.get(row[0], _NO_CONTACTS))]
        if self.wrong:
            _take_wrong_numbers(rows, columns.index("name"), contacts, self.wrong)
        write = _writer(self.fields)
        return PageRows(
            numbers=np.array([row[0] for row in rows], dtype=np.int64),
            acquisition_ids=np.array([row[1] for row in rows], dtype=np.int64),
            fingerprints=np.array([row[2] for row in rows], dtype=np.int64),
            record_ids=[row[3] for row in rows],
            people=[write(row, contacts.get(row[0], _NO_CONTACTS)) for row in rows],
        )

    def _asked(self) -> set[str]:
        return {column for column, _value in self.where}

    def _columns(self) -> tuple[str, ...]:
        """Return the columns to read: a row's own first, then those of the line, those that are asked about, the rest."""
        looked_at = self._asked().intersection(TEXT_FIELDS) | ({"name"} if self.wrong else set())
        return tuple(dict.fromkeys((*_OWN, *line_columns(self.fields), *sorted(looked_at), "attributes")))


def _take_wrong_numbers(
    rows: Sequence[_Row], name: int, contacts: Mapping[int, Contacts], wrong: Marks
) -> None:
    """Take the numbers at which somebody else has answered from what may be delivered."""
    for row in rows:
        own = contacts.get(row[0], _NO_CONTACTS)
        if own.phones_to_deliver:
            own.phones_to_deliver = right_numbers(row[name], own.phones_to_deliver, wrong)


def _writer(fields: frozenset[str]) -> Callable[[_Row, Contacts], str]:
    """Return a function that writes the declared fields of a row as the JSON of a line."""
    texts, contact_columns, attributes = line_columns(fields), line_contacts(fields), line_attributes(fields)
    start, end = len(_OWN), len(_OWN) + len(texts)

    def write(row: _Row, contacts: Contacts) -> str:
        given = {name: value for name, value in zip(texts, row[start:end], strict=True) if value}
        for name in contact_columns:
            values = contacts.to_deliver(name)
            if values:
                given[name] = values
        if row[-1] and attributes:
            kept = {
                name: value
                for name, value in sorted(json.loads(row[-1]).items())
                if name in attributes and value
            }
            if kept:
                given["attributes"] = kept
        return person_text(given)

    return write


def _filter(where: Where, columns: tuple[str, ...]) -> Callable[[_Row, Contacts], bool]:
    """Return a function that tells whether a row of these columns has all the values that are asked for."""
    texts = [(columns.index(column), value) for column, value in where if column in TEXT_FIELDS]
    reached = [(CONTACTS[column], value) for column, value in where if column in CONTACTS]
    attributes = [pair for pair in where if pair[0] not in TEXT_FIELDS and pair[0] not in CONTACTS]

    def wanted(row: _Row, contacts: Contacts) -> bool:
        if not all(row[place] == value for place, value in texts):
            return False
        if not all(value in contacts.given(column) for column, value in reached):
            return False
        kept = json.loads(row[-1]) if row[-1] and attributes else {}
        return all(kept.get(column) == value for column, value in attributes)

    return wanted
