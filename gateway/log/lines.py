"""Lines (明細): what was in a delivery, found by line code or by record; the provision records of APPI Art. 29."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from gateway.api import LineCode
from gateway.db.tables import delivery, delivery_file, line, push_line, setting
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.people.person import Person

RELEASED_STATES = ("released", "published")
"""States of a delivery that counts as provided."""
UNRELEASED_STATES = ("intended", "screened")
"""States of a delivery that nobody has received anything of."""
PUSHING = "pushing"
"""The state of a push from its first chunk to its release: it counts line by line."""
HANDED_OUT = ("in_doubt", "accepted")
"""States of a line of a push that the client has, or may have."""

_TEXTS = ("name", "kana", "company", "department", "title", "joint_names", "honorific")
_ADDRESS = ("postal_code", "address", "building")
_CONTACTS = {"phone": "phones", "email": "emails"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FINAL = (
    "id",
    "client_id",
    "client_snapshot",
    "format",
    "purpose",
    "reference",
    "options",
    "items",
    "legal_basis",
    "filing_version",
    "pledge_id",
    "intent_number",
    "fence",
    "release_number",
    "requested",
    "suppressed",
    "held",
    "refused",
    "delivered",
    "manifest_sha256",
    "created_at",
    "released_at",
)
"""Columns of a delivery that never change after its release."""

_PAGE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLine:
    """A line as stored; ``person`` holds the declared fields only, ``text`` is how they were written and hashed."""

    delivery: int
    number: int
    list_id: int
    record_number: int
    record_id: str
    acquisition_id: int
    fingerprint: int
    person: Person
    text: str
    leaf: bytes

    def __repr__(self) -> str:
        return f"StoredLine(delivery={self.delivery}, number={self.number})"


def line_columns(fields: frozenset[str]) -> tuple[str, ...]:
    """Return the texts of a record that a line of these fields carries; ``address`` brings postal code and building."""
    names = [name for name in _TEXTS if name in fields]
    names += _ADDRESS if "address" in fields else ()
    return tuple(sorted(names))


def line_contacts(fields: frozenset[str]) -> tuple[str, ...]:
    """Return which of ``emails`` and ``phones`` a line of these fields carries."""
    return tuple(sorted(column for field, column in _CONTACTS.items() if field in fields))


def line_attributes(fields: frozenset[str]) -> frozenset[str]:
    """Return the fields that only an attribute can have the name of."""
    return fields - {*_TEXTS, *_CONTACTS, "address"}


def person_text(values: Mapping[str, object]) -> str:
    """Write a line's person as JSON; the caller gives what is not empty, sorted by name."""
    return _encode(values)


def person_values(text: str) -> dict[str, Any]:
    """Read a line's person as plain values."""
    values: dict[str, Any] = json.loads(text)
    return values


def person_from_json(text: str) -> Person:
    """Read a line's person."""
    values = person_values(text)
    for name in _CONTACTS.values():
        if name in values:
            values[name] = tuple(values[name])
    return Person(**values)


def delivery_salt(connection: Connection, serial: int) -> bytes:
    """Derive a delivery's salt from the workspace's; 16 bytes."""
    secret = connection.execute(select(setting.c.value).where(setting.c.key == "digest_salt")).scalar_one()
    return hashlib.blake2b(serial.to_bytes(8, "big"), key=bytes.fromhex(secret), digest_size=16).digest()


def leaf(salt: bytes, code: str, person: str) -> bytes:
    """Return a line's leaf: SHA-256 over the delivery's salt, the line code and the person as delivered.

    Salted per delivery, or after a purge the leaves would be guessable hashes of personal data.
    """
    return hashlib.sha256(salt + f"{code}\x1f{person}".encode()).digest()


def root(leaves: Iterator[bytes]) -> str:
    """Return the SHA-256 over all leaves in line order; one journal entry carries it."""
    digest = hashlib.sha256()
    for each in leaves:
        digest.update(each)
    return digest.hexdigest()


def provision_digest(connection: Connection, serial: int) -> str:
    """Return the SHA-256 of what a released delivery says of itself: recipient, items, dates, counts, files.

    The release entry carries it. Names of the client are hashed with the delivery's salt, so that the journal holds
    nothing that could be guessed back.
    """
    row = connection.execute(select(delivery).where(delivery.c.serial == serial)).one()._mapping
    files = connection.execute(
        select(delivery_file.c.name, delivery_file.c.bytes, delivery_file.c.sha256)
        .where(delivery_file.c.delivery == serial)
        .order_by(delivery_file.c.name)
    ).all()
    content = [
        [row[name] for name in _FINAL],
        sorted([each.name, each.bytes, each.sha256] for each in files),
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(delivery_salt(connection, serial) + text.encode()).hexdigest()


def provided() -> ColumnElement[bool]:
    """Say which lines joined to their delivery count as provided: of a push under way those that were handed out."""
    handed_out = exists().where(
        push_line.c.delivery == line.c.delivery,
        push_line.c.number == line.c.number,
        push_line.c.state.in_(HANDED_OUT),
    )
    return or_(delivery.c.state.in_(RELEASED_STATES), and_(delivery.c.state == PUSHING, handed_out))


def not_left() -> ColumnElement[bool]:
    """Say which lines joined to their delivery have not left, and go with their record when it is erased."""
    waiting = exists().where(
        push_line.c.delivery == line.c.delivery,
        push_line.c.number == line.c.number,
        push_line.c.state.in_(("pending", "rejected")),
    )
    return or_(delivery.c.state.in_(UNRELEASED_STATES), and_(delivery.c.state == PUSHING, waiting))


def find_line(connection: Connection, code: str) -> tuple[Mapping[str, Any], StoredLine]:
    """Find a provided line by its code, with its delivery's row; ``WrongUsage`` when there is none."""
    serial, number = LineCodes.of(connection).decode(code)
    owner = connection.execute(select(delivery).where(delivery.c.serial == serial)).one_or_none()
    row = connection.execute(
        select(line)
        .join_from(line, delivery)
        .where(line.c.delivery == serial, line.c.number == number, provided())
    ).one_or_none()
    if owner is None or row is None:
        raise WrongUsage(
            "unknown_line_code",
            _("no delivery holds a line with this code"),
            hint=_("compare it with the label once more"),
        )
    return dict(owner._mapping), _stored(row)


def person_of_line(connection: Connection, code: str) -> Person:
    """Return the person as delivered under a line code."""
    return find_line(connection, code)[1].person


def delivery_lines(connection: Connection, serial: int, after: int = -1) -> Iterator[StoredLine]:
    """Read a delivery's lines in order, a page at a time."""
    while True:
        rows = connection.execute(
            select(line)
            .where(line.c.delivery == serial, line.c.number > after)
            .order_by(line.c.number)
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        yield from map(_stored, rows)
        after = rows[-1].number


def leaves_of(connection: Connection, serial: int) -> Iterator[bytes]:
    """Read the leaves of a delivery's lines in order."""
    last = -1
    while True:
        rows = connection.execute(
            select(line.c.number, line.c.leaf)
            .where(line.c.delivery == serial, line.c.number > last)
            .order_by(line.c.number)
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        yield from (each for _number, each in rows)
        last = rows[-1].number


def codes_of(connection: Connection, serial: int, numbers: list[int]) -> list[LineCode]:
    """Return the line codes of some lines."""
    return LineCodes.of(connection).encode(serial, numbers)


def _stored(row: Any) -> StoredLine:
    return StoredLine(
        delivery=row.delivery,
        number=row.number,
        list_id=row.list_id,
        record_number=row.record_number,
        record_id=row.record_id,
        acquisition_id=row.acquisition_id,
        fingerprint=row.fingerprint,
        person=person_from_json(row.person),
        text=row.person,
        leaf=row.leaf,
    )
