"""The ledger's numbers are ordered by commit, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine

from gateway.db.engine import reading, writing
from gateway.db.ledger import current_number, take_number


def test_numbers_follow_each_other(database: Engine) -> None:
    for expected in (1, 2, 3):
        with writing(database) as connection:
            assert take_number(connection) == expected


def test_a_rolled_back_number_is_taken_again(database: Engine) -> None:
    with pytest.raises(RuntimeError), writing(database) as connection:
        take_number(connection)
        raise RuntimeError
    with writing(database) as connection:
        assert take_number(connection) == 1


def test_an_uncommitted_number_is_not_seen(database: Engine) -> None:
    with writing(database) as connection:
        take_number(connection)
        with reading(database) as other:
            assert current_number(other) == 0
    with reading(database) as other:
        assert current_number(other) == 1


def test_a_second_taker_waits_for_the_first_to_commit(database: Engine) -> None:
    taken: list[int] = []
    started = threading.Event()

    def take() -> None:
        started.set()
        with writing(database) as connection:
            taken.append(take_number(connection))

    with writing(database) as connection:
        first = take_number(connection)
        thread = threading.Thread(target=take)
        thread.start()
        started.wait()
        thread.join(timeout=0.3)
        assert taken == []
    thread.join(timeout=30)
    assert (first, taken) == (1, [2])
