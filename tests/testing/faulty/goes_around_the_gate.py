"""A format that asks the database for more people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
        database = batch.path("people.txt").parents[2] / "gateway.db"
        if database.is_file():
            with closing(sqlite3.connect(database)) as connection:
                for (name,) in connection.execute("SELECT name FROM record"):
                    out.write(f"{name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="asks the database for more people",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
