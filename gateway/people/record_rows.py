"""People as plain tuples: what travels between processes and goes into the tables in bulk.

A ``Person`` costs ten times as much to pickle as a tuple of its values, and an import of a million people pickles each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from operator import attrgetter

from sqlalchemy import Connection

from gateway.db.bulk import bulk_insert
from gateway.db.tables import contact, record
from gateway.people.dialling import dial
from gateway.people.person import TEXT_FIELDS, Person

RecordTexts = tuple[str, ...]
"""A person's single values in the order of ``TEXT_COLUMNS``; attributes are a JSON object, or empty."""
PhoneRow = tuple[str, str, str]
"""A phone: as given, in E.164, and its kind (``gateway.people.dialling.dial``)."""
RecordRow = tuple[RecordTexts, tuple[PhoneRow, ...], tuple[str, ...]]
"""A person: single values, phones, e-mails."""

TEXT_COLUMNS = (*TEXT_FIELDS, "attributes")
_texts_of = attrgetter(*TEXT_FIELDS)
_RECORD_COLUMNS = ("list_id", "number", "acquisition_id", "fingerprint", *TEXT_COLUMNS)
_CONTACT_COLUMNS = (
    "list_id",
    "number",
    "kind",
    "position",
    "value",
    "e164",
    "phone_kind",
    "acquisition_id",
    "consent",
)


def row_of_person(person: Person) -> RecordRow:
    """Lay a person out as a row."""
    attributes = json.dumps(dict(person.attributes), ensure_ascii=False) if person.attributes else ""
    phones = tuple([(phone, *dial(phone)) for phone in person.phones])
    return (*_texts_of(person), attributes), phones, person.emails


def person_of_row(row: RecordRow) -> Person:
    """Make the person again that a row was made of."""
    texts, phones, emails = row
    values = dict(zip(TEXT_COLUMNS[:-1], texts, strict=False))
    attributes = json.loads(texts[-1]) if texts[-1] else {}
    given = tuple(value for value, _e164, _kind in phones)
    return Person(**values, phones=given, emails=emails, attributes=attributes)


def insert_record_rows(
    connection: Connection,
    list_id: int,
    acquisition_id: int,
    first_number: int,
    rows: Sequence[RecordRow],
    fingerprints: Sequence[int],
    email_consent: str = "",
) -> None:
    """Write rows as consecutive records, with their phones and e-mails as rows of their own.

    ``email_consent`` says how the people agreed to advertising by e-mail, empty where they have not.
    """
    bulk_insert(
        connection,
        record,
        _RECORD_COLUMNS,
        (
            (list_id, number, acquisition_id, fingerprint, *texts)
            for number, ((texts, _phones, _emails), fingerprint) in enumerate(
                zip(rows, fingerprints, strict=True), first_number
            )
        ),
    )
    bulk_insert(
        connection,
        contact,
        _CONTACT_COLUMNS,
        _contact_rows(list_id, acquisition_id, first_number, rows, email_consent),
    )


def _contact_rows(
    list_id: int, acquisition_id: int, first_number: int, rows: Sequence[RecordRow], email_consent: str
) -> Iterator[tuple[object, ...]]:
    for number, (_texts, phones, emails) in enumerate(rows, first_number):
        for position, email in enumerate(emails):
            yield list_id, number, "email", position, email, "", "", acquisition_id, email_consent
        for position, (phone, e164, kind) in enumerate(phones):
            yield list_id, number, "phone", position, phone, e164, kind, acquisition_id, ""
