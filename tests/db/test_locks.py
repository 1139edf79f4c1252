"""Session locks: one holder, gone with it."""

from __future__ import annotations

from sqlalchemy import Engine

from gateway.db.locks import hold_lock


def test_a_lock_has_one_holder(database: Engine) -> None:
    with hold_lock(database, "delivery-1") as first, hold_lock(database, "delivery-1") as second:
        assert (first, second) == (True, False)


def test_a_released_lock_can_be_taken_again(database: Engine) -> None:
    with hold_lock(database, "delivery-1"):
        pass
    with hold_lock(database, "delivery-1") as taken:
        assert taken


def test_locks_of_different_names_do_not_meet(database: Engine) -> None:
    with hold_lock(database, "delivery-1") as first, hold_lock(database, "delivery-2") as second:
        assert (first, second) == (True, True)
