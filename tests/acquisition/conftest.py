"""A database with a source, and a way to import rows into a list."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from gateway.acquisition.intake import ImportRequest, ImportSummary, import_list
from gateway.acquisition.sources import SourceRequest, add_source
from gateway.db.engine import reading
from gateway.db.tables import acquisition, contact, key_page, list_, record
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.suppression.decision import Scope
from gateway.suppression.erasure import erase_pending
from gateway.suppression.register import OptOutRequest, record_opt_outs
from tests.installing import install

__all__ = ["install"]

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
HEADER = ("id", "name", "address", "phone")
Row = Sequence[str]
Import = Callable[..., ImportSummary]


@pytest.fixture
def sourced(database: Engine) -> Engine:
    """A database that knows the source ``seller``."""
    add_source(database, SourceRequest(id="seller", basis="private_seller"), actor="tester", now=NOW)
    return database


@pytest.fixture
def take(sourced: Engine, tmp_path: Path) -> Import:
    """Import rows under a header into a list: ``take(rows, list_name="main")``."""

    def run(
        rows: Sequence[Row],
        *,
        header: Row = HEADER,
        list_name: str = "main",
        manager: Manager | None = None,
        progress: Callable[[int], None] | None = None,
        workers: int = 0,
    ) -> ImportSummary:
        path = write_csv(tmp_path / "people.csv", [header, *rows])
        request = ImportRequest(path=path, list_name=list_name, source_id="seller", workers=workers)
        return import_list(
            sourced, request, manager or Manager([]), actor="tester", now=NOW, progress=progress
        )

    return run


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def opt_out_person(engine: Engine, person: Person, *, scope: Scope = "individual") -> int:
    """Record an opt-out and erase it from the lists, as the command does; returns its id."""
    request = OptOutRequest(person=person, scope=scope, received_on=date(2026, 11, 24))
    recorded = record_opt_outs(engine, [request], actor="tester", now=NOW)
    erase_pending(engine, actor="tester", now=NOW)
    return recorded.ids[0]


def names_in(engine: Engine, list_name: str = "main") -> list[str]:
    """Return the names in a list, in record order."""
    with reading(engine) as connection:
        statement = select(record.c.name).join(list_, list_.c.id == record.c.list_id)
        return list(
            connection.execute(statement.where(list_.c.name == list_name).order_by(record.c.number)).scalars()
        )


def count_rows(engine: Engine) -> dict[str, int]:
    """Count what an import leaves in the database."""
    with reading(engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (list_, acquisition, record, contact, key_page)
        }
