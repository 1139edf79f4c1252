"""The journal's chain shows every change, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from gateway.db.engine import reading, writing
from gateway.log.journal import find_break, person_digest, record

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def _write(database: Engine, count: int) -> None:
    for index in range(count):
        with writing(database) as connection:
            record(connection, "test", {"index": index, "text": "納品"}, actor="tester", now=NOW)


def _tamper(database: Engine, *statements: str) -> None:
    """Change the journal as someone with full rights to the database could."""
    with database.connect() as connection:
        if database.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER journal_no_update")
            connection.exec_driver_sql("DROP TRIGGER journal_no_delete")
        else:
            connection.exec_driver_sql("DROP TRIGGER journal_append_only ON journal")
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


def test_an_untouched_chain_holds(database: Engine) -> None:
    _write(database, 5)
    with reading(database) as connection:
        assert find_break(connection) == (5, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET content = '{}' WHERE number = 3",
        "UPDATE journal SET actor = 'someone else' WHERE number = 3",
        "UPDATE journal SET recorded_at = '' WHERE number = 3",
        "DELETE FROM journal WHERE number = 3",
    ],
    ids=["content", "actor", "time", "removed"],
)
def test_a_changed_entry_is_named(database: Engine, statement: str) -> None:
    _write(database, 5)
    _tamper(database, statement)
    with reading(database) as connection:
        good, broken = find_break(connection)
    assert broken is not None
    assert (good, broken.number) == (2, 3)


def test_removed_last_entries_are_noticed(database: Engine) -> None:
    _write(database, 5)
    _tamper(database, "DELETE FROM journal WHERE number >= 4")
    with reading(database) as connection:
        good, broken = find_break(connection)
    assert broken is not None
    assert (good, broken.number, broken.reason) == (3, 4, "missing")


def test_a_digest_depends_on_the_value_and_on_the_workspace(database: Engine) -> None:
    with writing(database) as connection:
        first = person_digest(connection, "a", "b")
        assert first == person_digest(connection, "a", "b")
        assert first != person_digest(connection, "ab", "")
        connection.execute(text("UPDATE setting SET value = '00' WHERE key = 'digest_salt'"))
        assert first != person_digest(connection, "a", "b")
