"""Bulk rows: driver tuples into SQLite, COPY into PostgreSQL, and many updates by key; one function each for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def bulk_insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert tuples of driver values (no SQLAlchemy type conversion) in the connection's transaction."""
    names = ", ".join(f'"{column}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608 - names come from our tables
    driver.executemany(statement, rows)


def bulk_update(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    keys: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Update rows by their key columns; each tuple holds the values of ``columns``, then those of ``keys``."""
    if not rows:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    changes = ", ".join(f'"{column}" = {mark}' for column in columns)
    where = " AND ".join(f'"{column}" = {mark}' for column in keys)
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.executemany(
            f'UPDATE "{table.name}" SET {changes} WHERE {where}',  # noqa: S608 - names come from our tables
            rows,
        )
    finally:
        cursor.close()
