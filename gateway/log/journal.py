"""The journal: append-only, hash-chained, one entry for each ledger number.

About persons it holds ids and salted digests only, so that purging provision records never breaks the chain.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from gateway.db.clock import stamp
from gateway.db.ledger import current_number, take_number
from gateway.db.tables import journal, setting

GENESIS = "0" * 64
"""The predecessor of the first entry."""

_PAGE = 2000
_LAST_HASH = select(journal.c.entry_hash).order_by(journal.c.number.desc()).limit(1)
_INSERT = insert(journal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the journal; ``content`` is canonical JSON."""

    number: int
    recorded_at: str
    actor: str
    kind: str
    content: str
    previous_hash: str
    entry_hash: str


def canonical(value: object) -> str:
    """Write JSON in the one way that is hashed: sorted keys, no blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def record(
    connection: Connection, kind: str, content: Mapping[str, object], *, actor: str, now: datetime
) -> Entry:
    """Take the next ledger number and write the entry for it, as the transaction's first statements.

    The ledger stays locked until the transaction ends: whatever has a lower number is visible from here on.
    """
    return append(connection, take_number(connection), kind, content, actor=actor, now=now)


def append(
    connection: Connection,
    number: int,
    kind: str,
    content: Mapping[str, object],
    *,
    actor: str,
    now: datetime,
    last: Entry | None = None,
) -> Entry:
    """Write the entry for a ledger number just taken in this transaction.

    ``last`` is the last entry that the caller knows of; where it is the one before, it need not be looked up.
    """
    if last is not None and last.number == number - 1:
        previous: str | None = last.entry_hash
    else:
        previous = connection.execute(_LAST_HASH).scalar_one_or_none()
    entry = _seal(
        number=number,
        recorded_at=stamp(now),
        actor=actor,
        kind=kind,
        content=canonical(content),
        previous_hash=previous or GENESIS,
    )
    connection.execute(
        _INSERT,
        {
            "number": entry.number,
            "recorded_at": entry.recorded_at,
            "actor": entry.actor,
            "kind": entry.kind,
            "content": entry.content,
            "previous_hash": entry.previous_hash,
            "entry_hash": entry.entry_hash,
        },
    )
    return entry


def entries(connection: Connection) -> Iterator[Entry]:
    """Read all entries in order, a few thousand at a time."""
    last = -1
    while True:
        page = connection.execute(
            select(journal).where(journal.c.number > last).order_by(journal.c.number).limit(_PAGE)
        ).all()
        if not page:
            return
        yield from (Entry(**row._mapping) for row in page)
        last = page[-1].number


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place where the log does not hold; ``what`` names the delivery or file that has been changed."""

    number: int
    reason: str
    what: str = ""


def find_break(connection: Connection) -> tuple[int, Break | None]:
    """Re-hash the whole chain; return the count of good entries and the first broken one, if any.

    A changed entry fails its own hash, a removed one its successor's number, and removed last entries are missed at the
    ledger's head, which counts every entry.
    """
    previous, expected = GENESIS, 1
    for entry in entries(connection):
        if entry.number != expected:
            return expected - 1, Break(number=expected, reason="missing")
        if entry.previous_hash != previous:
            return expected - 1, Break(number=entry.number, reason="previous_hash")
        if (
            _hash(entry.number, entry.recorded_at, entry.actor, entry.kind, entry.content, previous)
            != entry.entry_hash
        ):
            return expected - 1, Break(number=entry.number, reason="entry_hash")
        previous, expected = entry.entry_hash, expected + 1
    if current_number(connection) != expected - 1:
        return expected - 1, Break(number=expected, reason="missing")
    return expected - 1, None


def person_digest(connection: Connection, *values: str) -> str:
    """Return a salted digest of a person's values: it ties an entry to them and cannot be looked up without the salt."""
    salt = connection.execute(select(setting.c.value).where(setting.c.key == "digest_salt")).scalar_one()
    return hmac.new(bytes.fromhex(salt), "\x1f".join(values).encode(), hashlib.sha256).hexdigest()


def _seal(*, number: int, recorded_at: str, actor: str, kind: str, content: str, previous_hash: str) -> Entry:
    return Entry(
        number=number,
        recorded_at=recorded_at,
        actor=actor,
        kind=kind,
        content=content,
        previous_hash=previous_hash,
        entry_hash=_hash(number, recorded_at, actor, kind, content, previous_hash),
    )


def _hash(number: int, recorded_at: str, actor: str, kind: str, content: str, previous_hash: str) -> str:
    text = canonical([number, recorded_at, actor, kind, content, previous_hash])
    return hashlib.sha256(text.encode()).hexdigest()
