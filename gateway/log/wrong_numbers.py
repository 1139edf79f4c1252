"""Wrong numbers: a name is not called again at a number where somebody else has answered, whatever list it stands in.

Marks are hashes, as match keys are: they outlive lists, imports and erasures without saying who it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Connection, insert, select

from gateway.db.tables import wrong_number
from gateway.people.folding import fold_width
from gateway.people.normalise import signed_hash

Marks = frozenset[int]
NO_MARKS: Marks = frozenset()


def mark_of(name: str, number: str) -> int:
    """Return the mark of a name, without regard to width and blanks, at a number as it would be delivered."""
    return signed_hash(f"{''.join(fold_width(name).split())}\x1f{number}")


def wrong_numbers(connection: Connection) -> Marks:
    """Return all marks."""
    return frozenset(connection.execute(select(wrong_number.c.mark)).scalars())


def right_numbers(name: str, numbers: Collection[str], marks: Marks) -> list[str]:
    """Return the numbers at which nobody else has answered for this name."""
    return [number for number in numbers if mark_of(name, number) not in marks]


def mark_wrong(connection: Connection, name: str, numbers: Iterable[str], *, on: date) -> None:
    """Mark numbers of a name; one that is marked stays as it was."""
    for mark in {mark_of(name, number) for number in numbers}:
        known = connection.execute(select(wrong_number.c.mark).where(wrong_number.c.mark == mark)).first()
        if known is None:
            connection.execute(insert(wrong_number).values(mark=mark, reported_on=on.isoformat()))
