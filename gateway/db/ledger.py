"""The ledger: one row that is both the lock and the counter of everything whose order matters.

Every opt-out, lifting, decision, refusal, release and journal entry takes its number here, in a statement of its own
and before it reads anything it depends on. The number comes from the locked row, never from a sequence: a sequence
numbers before commit, so a lower number could commit after a higher one had been screened.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from gateway.db.tables import ledger_head

_TAKE = update(ledger_head).values(number=ledger_head.c.number + 1).returning(ledger_head.c.number)


def take_number(connection: Connection) -> int:
    """Take the next ledger number; the ledger stays locked until the transaction ends."""
    return int(connection.execute(_TAKE).scalar_one())


def current_number(connection: Connection) -> int:
    """Return the last committed number: everything up to it is visible to later statements."""
    return int(connection.execute(select(ledger_head.c.number)).scalar_one())


def lock_ledger(connection: Connection) -> None:
    """Lock the ledger without taking a number, for changes that need no place in its order."""
    connection.execute(update(ledger_head).values(number=ledger_head.c.number))
