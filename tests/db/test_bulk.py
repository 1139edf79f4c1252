"""Bulk rows arrive as they were given, on both databases."""

from __future__ import annotations

from sqlalchemy import Engine, select

from gateway.db.bulk import bulk_insert
from gateway.db.engine import reading, writing
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
