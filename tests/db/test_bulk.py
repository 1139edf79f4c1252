"""Bulk rows arrive as they were given, on both databases."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Engine, select

from gateway.db.bulk import bulk_insert, bulk_update
from gateway.db.engine import Writer, reading, writing
from gateway.db.tables import setting


def test_rows_with_separators_and_newlines_arrive_unchanged(database: Engine) -> None:
    rows = [("a", "tab\there"), ("b", "line\nbreak"), ("c", "\\N"), ("d", "𠮷田")]
    with writing(database) as connection:
        bulk_insert(connection, setting, ("key", "value"), rows)
    with reading(database) as connection:
        found = connection.execute(
            select(setting).where(setting.c.key.in_(["a", "b", "c", "d"])).order_by(setting.c.key)
        )
        assert [tuple(row) for row in found] == rows


def test_rows_are_updated_by_their_keys_and_no_others(database: Engine) -> None:
    before = [(f"key {number}", "before") for number in range(1203)]
    with writing(database) as connection:
        bulk_insert(connection, setting, ("key", "value"), before)
        changes = [(f"after '{number}", f"key {number}") for number in range(1, 1203)]
        bulk_update(connection, setting, ("value",), ("key",), [*changes, ("nobody's", "key 9999")])
    with reading(database) as connection:
        found = connection.execute(select(setting.c.key, setting.c.value).where(setting.c.key.like("key %")))
        values = {row.key: row.value for row in found}
    assert values == {"key 0": "before"} | {f"key {number}": f"after '{number}" for number in range(1, 1203)}


def test_a_writer_keeps_one_connection_and_a_failure_changes_nothing(database: Engine) -> None:
    writer = Writer(database)
    with writer.writing() as connection:
        bulk_insert(connection, setting, ("key", "value"), [("kept", "1")])
    with suppress(ZeroDivisionError), writer.writing() as connection:
        bulk_insert(connection, setting, ("key", "value"), [("lost", "1")])
        raise ZeroDivisionError
    with writer.writing() as again:
        bulk_insert(again, setting, ("key", "value"), [("kept too", "1")])
    assert again is connection
    writer.close()
    with reading(database) as connection:
        found = connection.execute(
            select(setting.c.key).where(setting.c.key.in_(["kept", "lost", "kept too"]))
        )
        assert sorted(found.scalars()) == ["kept", "kept too"]
