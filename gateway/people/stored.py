"""People as stored: read records of a list back as ``Person``, remove them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from gateway.db.tables import contact, record
from gateway.people.dialling import FAX, dial
from gateway.people.person import TEXT_FIELDS, Person

_RECORD_COLUMNS = ("list_id", "number", "acquisition_id", "fingerprint", *TEXT_FIELDS, "attributes")
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """One record of a list; ``number`` names it within the list for good, ``person.id`` is the file's own id."""

    list_id: int
    number: int
    acquisition_id: int
    fingerprint: int
    person: Person


def fetch_records(connection: Connection, list_id: int, numbers: Iterable[int]) -> dict[int, StoredRecord]:
    """Read some records by number; those that are gone are absent from the result."""
    found: dict[int, StoredRecord] = {}
    for chunk in _chunks(numbers):
        found.update(
            (stored.number, stored)
            for stored in _read(
                connection,
                _RECORDS.where(record.c.list_id == list_id, record.c.number.in_(chunk)),
                _CONTACTS.where(contact.c.list_id == list_id, contact.c.number.in_(chunk)),
            )
        )
    return found


def read_block(
    connection: Connection, list_id: int, first: int, last: int, *, contacts: bool = True
) -> list[StoredRecord]:
    """Read the records numbered from ``first`` to ``last`` in order; ``contacts=False`` leaves phones and e-mails out."""
    return _read(
        connection,
        _RECORDS.where(record.c.list_id == list_id, record.c.number.between(first, last)),
        _CONTACTS.where(contact.c.list_id == list_id, contact.c.number.between(first, last))
        if contacts
        else None,
    )


def read_contacts(connection: Connection, list_id: int, first: int, last: int) -> dict[int, Contacts]:
    """Read the phones and e-mails of the records numbered from ``first`` to ``last``; who has none is absent."""
    return _grouped(
        connection,
        _CONTACTS.where(contact.c.list_id == list_id, contact.c.number.between(first, last)),
    )


def delete_records(connection: Connection, list_id: int, numbers: Collection[int]) -> None:
    """Remove records and their contacts; the caller rewrites their key pages."""
    for chunk in _chunks(numbers):
        for table in (contact, record):
            connection.execute(delete(table).where(table.c.list_id == list_id, table.c.number.in_(chunk)))


_RECORDS = select(*(record.c[name] for name in _RECORD_COLUMNS)).order_by(record.c.number)
_CONTACTS = select(
    contact.c.number,
    contact.c.kind,
    contact.c.value,
    contact.c.e164,
    contact.c.phone_kind,
    contact.c.consent,
).order_by(contact.c.number, contact.c.kind, contact.c.position)


class Contacts:
    """The phones and e-mails of one record: all of them, and those that may be delivered.

    ``phones_to_deliver`` are the numbers in E.164 (as given where invalid); ``emails_to_deliver`` are the addresses with a
    recorded consent (特商法 Art. 12-3).
    """

    __slots__ = ("emails", "emails_to_deliver", "phones", "phones_to_deliver")

    def __init__(self) -> None:
        self.phones: list[str] = []
        self.emails: list[str] = []
        self.phones_to_deliver: list[str] = []
        self.emails_to_deliver: list[str] = []

    def given(self, column: str) -> Sequence[str]:
        """Return all ``phones`` or ``emails``."""
        return self.phones if column == "phones" else self.emails

    def to_deliver(self, column: str) -> Sequence[str]:
        """Return the ``phones`` or ``emails`` that may be delivered."""
        return self.phones_to_deliver if column == "phones" else self.emails_to_deliver

    def add(self, kind: str, value: str, e164: str, phone_kind: str, consent: str) -> None:
        """Take one more in their order."""
        if kind == "email":
            self.emails.append(value)
            if consent:
                self.emails_to_deliver.append(value)
            return
        self.phones.append(value)
        if not phone_kind:  # stored before numbers were judged at intake
            e164, phone_kind = dial(value)
        if phone_kind == FAX:
            return
        for number in e164.split() or (value,):
            if number not in self.phones_to_deliver:
                self.phones_to_deliver.append(number)


_NO_CONTACTS = Contacts()


def _read(
    connection: Connection, records: Select[*tuple[Any, ...]], contacts: Select[*tuple[Any, ...]] | None
) -> list[StoredRecord]:
    grouped = {} if contacts is None else _grouped(connection, contacts)
    # All at once: SQLAlchemy hands out rows one by one at three times the cost.
    return [_stored(row, grouped.get(row[1], _NO_CONTACTS)) for row in connection.execute(records).all()]


def _grouped(connection: Connection, contacts: Select[*tuple[Any, ...]]) -> dict[int, Contacts]:
    grouped: dict[int, Contacts] = {}
    for number, *values in connection.execute(contacts).all():
        found = grouped.get(number)
        if found is None:
            found = grouped[number] = Contacts()
        found.add(*values)
    return grouped


def _stored(row: Sequence[Any], contacts: Contacts) -> StoredRecord:
    """Build a record from a row in the order of ``_RECORD_COLUMNS``."""
    list_id, number, acquisition_id, made, *texts, attributes = row
    return StoredRecord(
        list_id=list_id,
        number=number,
        acquisition_id=acquisition_id,
        fingerprint=made,
        person=Person(
            **dict(zip(TEXT_FIELDS, texts, strict=True)),
            phones=tuple(contacts.phones),
            emails=tuple(contacts.emails),
            attributes=json.loads(attributes) if attributes else {},
        ),
    )


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(numbers)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
