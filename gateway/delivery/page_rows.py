"""One page of a list as rows ready to become lines; may be read in another process.

Screening stays with the parent: a row says nothing about whether its person may be delivered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.log.lines import person_writer
from gateway.people.person import Person
from gateway.people.stored import read_block

Where = tuple[tuple[str, str], ...]
"""Column and value that a record must have, all of them."""

FILTERABLE = (
    "id",
    "name",
    "kana",
    "postal_code",
    "address",
    "building",
    "company",
    "department",
    "title",
    "joint_names",
    "honorific",
)
CONTACTS = {"phone": "phones", "email": "emails"}


@dataclass(slots=True)
class PageRow:
    """A record as it would be delivered; ``person`` is the JSON of a line."""

    number: int
    record_id: str
    acquisition_id: int
    fingerprint: int
    person: str

    def __repr__(self) -> str:
        return f"PageRow(number={self.number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the rows of an order's lists: which records are asked for, which fields a line carries."""

    fields: frozenset[str]
    where: Where

    def read(self, connection: Connection, list_id: int, first: int, last: int) -> list[PageRow]:
        """Read the records numbered from ``first`` to ``last`` that are asked for."""
        write = person_writer(self.fields)
        # Phones and e-mails take as long to read as all the rest: only where somebody looks at them.
        contacts = not CONTACTS.keys().isdisjoint(self.fields | {column for column, _value in self.where})
        wanted = _filter(self.where)
        return [
            PageRow(
                stored.number,
                stored.person.id,
                stored.acquisition_id,
                stored.fingerprint,
                write(stored.person, stored.contacts_to_deliver() if contacts else {}),
            )
            for stored in read_block(connection, list_id, first, last, contacts=contacts)
            if wanted(stored.person)
        ]


def _filter(where: Where) -> Callable[[Person], bool]:
    if not where:
        return lambda _person: True
    return lambda person: all(_has(person, column, value) for column, value in where)


def _has(person: Person, column: str, value: str) -> bool:
    if column in FILTERABLE:
        return bool(getattr(person, column) == value)
    if column in CONTACTS:
        return value in getattr(person, CONTACTS[column])
    return person.attributes.get(column) == value
