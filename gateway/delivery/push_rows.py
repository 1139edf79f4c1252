"""Rows of a push: every line is planned before the first byte leaves, and its row says what has become of it."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Engine, delete, exists, func, insert, select, update

from gateway.db.bulk import bulk_insert, bulk_update
from gateway.db.engine import reading, writing
from gateway.db.tables import line, push_document, push_line, recall, setting
from gateway.delivery.attempt import drop_lines
from gateway.log.lines import HANDED_OUT

State = Literal["pending", "in_doubt", "accepted", "rejected", "suppressed"]
OPEN: tuple[State, ...] = ("pending", "in_doubt")
"""States of lines that are still to be sent, or sent again."""

_PAGE = 4096


# Tuples, for a push makes one of each a person, and a frozen dataclass takes several times as long to make.


class Answer(NamedTuple):
    """What became of one line; ``reason`` carries a code and field names, never values."""

    number: int
    state: State
    remote_id: str = ""
    operation: str = ""
    reason: str = ""
    withdrawal: str = ""


class OpenLine(NamedTuple):
    """A line that is still to be sent, as it was materialised; ``leaf`` stands for it in the journal."""

    number: int
    key: str
    person: str
    leaf: bytes

    def __repr__(self) -> str:
        return f"OpenLine(number={self.number})"


class Keys:
    """Makes the keys by which one client's system knows records: opaque, and never the same for two clients."""

    def __init__(self, secret: bytes, client: str) -> None:
        self._secret = secret
        self._client = client

    @classmethod
    def of(cls, connection: Connection, client: str) -> Keys:
        """Use the secret stored in the database."""
        value = connection.execute(select(setting.c.value).where(setting.c.key == "digest_salt")).scalar_one()
        return cls(bytes.fromhex(value), client)

    def key(self, list_id: int, record_number: int) -> str:
        """Return the key of a record: 24 letters and digits, the same in every delivery to this client."""
        text = f"{self._client}\x1f{list_id}\x1f{record_number}".encode()
        digest = hashlib.blake2b(text, key=self._secret, digest_size=15, person=b"push key")
        return base64.b32encode(digest.digest()).decode("ascii")


def plan(engine: Engine, serial: int, client: str, fence: int) -> int:
    """Write a pending row for every line of a delivery, page by page; returns how many."""
    with reading(engine) as connection:
        keys = Keys.of(connection, client)
    last, count = -1, 0
    while True:
        with writing(engine) as connection:
            rows = connection.execute(
                select(line.c.number, line.c.list_id, line.c.record_number)
                .where(line.c.delivery == serial, line.c.number > last)
                .order_by(line.c.number)
                .limit(_PAGE)
            ).all()
            if not rows:
                return count
            bulk_insert(
                connection,
                push_line,
                ("delivery", "number", "key", "state", "fence"),
                [(serial, row[0], keys.key(row[1], row[2]), "pending", fence) for row in rows],
            )
        last = rows[-1][0]
        count += len(rows)


def open_lines(connection: Connection, serial: int, after: int, limit: int = _PAGE) -> list[OpenLine]:
    """Read the next lines that are still to be sent, in order."""
    rows = connection.execute(
        select(push_line.c.number, push_line.c.key, line.c.person, line.c.leaf)
        .join_from(
            push_line, line, (line.c.delivery == push_line.c.delivery) & (line.c.number == push_line.c.number)
        )
        .where(push_line.c.delivery == serial, push_line.c.number > after, push_line.c.state.in_(OPEN))
        .order_by(push_line.c.number)
        .limit(limit)
    ).all()
    return list(map(OpenLine._make, rows))


def count_open(connection: Connection, serial: int) -> int:
    """Count the lines that are still to be sent, or sent again."""
    there = exists().where(line.c.delivery == push_line.c.delivery, line.c.number == push_line.c.number)
    statement = select(func.count()).where(push_line.c.delivery == serial, push_line.c.state.in_(OPEN), there)
    return int(connection.execute(statement).scalar_one())


def settle(connection: Connection, serial: int, answers: Sequence[Answer]) -> None:
    """Write what became of some lines."""
    bulk_update(
        connection,
        push_line,
        ("state", "remote_id", "operation", "reason", "withdrawal"),
        ("delivery", "number"),
        [
            (each.state, each.remote_id, each.operation, each.reason, each.withdrawal, serial, each.number)
            for each in answers
        ],
    )


def settle_the_rest(connection: Connection, serial: int) -> None:
    """Close a push that has nothing left to send: lines that were not provided leave the delivery, with their reason.

    Pending lines without a line have lost their person to an erasure.
    """
    kept = exists().where(line.c.delivery == push_line.c.delivery, line.c.number == push_line.c.number)
    connection.execute(
        update(push_line)
        .where(push_line.c.delivery == serial, push_line.c.state == "pending", ~kept)
        .values(state="suppressed", reason="erased")
    )
    out = connection.execute(
        select(push_line.c.number, push_line.c.state, push_line.c.reason).where(
            push_line.c.delivery == serial, push_line.c.state.in_(("rejected", "suppressed"))
        )
    ).all()
    outcomes = {
        row.number: ("refused", "rejected", None)
        if row.state == "rejected"
        else ("suppressed", row.reason, None)
        for row in out
    }
    drop_lines(connection, serial, outcomes)
    _forget_recalls(connection, serial, sorted(outcomes))


def _forget_recalls(connection: Connection, serial: int, numbers: Sequence[int]) -> None:
    """Remove recalls of lines that turned out never to have been provided."""
    for start in range(0, len(numbers), 500):
        connection.execute(
            delete(recall).where(
                recall.c.delivery == serial, recall.c.line_number.in_(numbers[start : start + 500])
            )
        )


def count_states(connection: Connection, serial: int) -> Counter[str]:
    """Count a push's lines by state, and the accepted ones by ``inserted`` and ``updated`` too."""
    rows = connection.execute(
        select(push_line.c.state, push_line.c.operation, func.count().label("lines"))
        .where(push_line.c.delivery == serial)
        .group_by(push_line.c.state, push_line.c.operation)
    )
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.state] += row.lines
        if row.state == "accepted" and row.operation in ("insert", "update"):
            counts[{"insert": "inserted", "update": "updated"}[row.operation]] += row.lines
    return counts


def was_handed_out(connection: Connection, serial: int) -> bool:
    """Tell whether any line of a push has left, or may have."""
    found = select(push_line.c.number).where(
        push_line.c.delivery == serial, push_line.c.state.in_(HANDED_OUT)
    )
    return connection.execute(found.limit(1)).first() is not None


def can_be_resumed(connection: Connection, serial: int, *, resumed: bool = False) -> bool:
    """Tell whether a push that fails has left something to go on with: a line that was handed out.

    One that was ``resumed`` before keeps its waiting lines, too: they were promised to be sent later.
    """
    if was_handed_out(connection, serial):
        return True
    waiting = select(push_line.c.number).where(push_line.c.delivery == serial, push_line.c.state == "pending")
    return resumed and connection.execute(waiting.limit(1)).first() is not None


def lowest_fence(connection: Connection, serial: int) -> int:
    """Return the lowest fence of the lines that were provided."""
    statement = select(func.min(push_line.c.fence)).where(
        push_line.c.delivery == serial, push_line.c.state.in_(HANDED_OUT)
    )
    return int(connection.execute(statement).scalar() or 0)


def stored_documents(connection: Connection, serial: int) -> frozenset[str]:
    """Return the names of the documents that the destination has taken."""
    statement = select(push_document.c.name).where(push_document.c.delivery == serial)
    return frozenset(connection.execute(statement).scalars())


def note_document(engine: Engine, serial: int, name: str, remote_id: str) -> None:
    """Remember that the destination has taken a document."""
    with writing(engine) as connection:
        connection.execute(insert(push_document).values(delivery=serial, name=name, remote_id=remote_id))


def remove_rows(connection: Connection, serial: int) -> None:
    """Remove the rows of a push that has provided nothing."""
    for table in (push_line, push_document):
        connection.execute(delete(table).where(table.c.delivery == serial))
