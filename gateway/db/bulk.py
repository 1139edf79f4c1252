"""Bulk rows: driver tuples into SQLite, COPY into PostgreSQL, and many updates by key; one function each for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

_ROWS_AT_ONCE = 500
"""Rows in one statement of SQLite, which takes 32,766 values."""


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
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        changes = ", ".join(f'"{column}" = %s' for column in columns)
        where = " AND ".join(f'"{column}" = %s' for column in keys)
        with driver.cursor() as cursor:
            cursor.executemany(f'UPDATE "{table.name}" SET {changes} WHERE {where}', rows)  # noqa: S608 - names come from our tables
        return
    # One statement for many rows: between two of them other threads would get their turn, and the database stay locked.
    changes = ", ".join(f'"{column}" = given.column{place}' for place, column in enumerate(columns, start=1))
    where = " AND ".join(
        f'"{column}" = given.column{place}' for place, column in enumerate(keys, start=len(columns) + 1)
    )
    places = f"({', '.join('?' * (len(columns) + len(keys)))})"
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        statement = f'UPDATE "{table.name}" SET {changes} FROM (VALUES {", ".join([places] * len(some))}) AS given WHERE {where}'  # noqa: S608
        driver.execute(statement, [value for row in some for value in row])
