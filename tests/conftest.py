"""Fixtures every part of the suite shares: both databases, for real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine

from tests.postgresql import PostgreSQLServer, start_postgresql


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly created SQLite database to copy for each test."""
    from gateway.db.schema import create_database

    path = tmp_path_factory.mktemp("template") / "gateway.db"
    engine = create_database(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """A PostgreSQL server of this test session's own, with a template database.

    Its folder lies outside pytest's: every other pytest that starts shuts those to all users but its own.
    """
    from gateway.db.schema import create_database

    with (
        TemporaryDirectory(prefix="gateway-postgresql-", ignore_cleanup_errors=True) as folder,
        start_postgresql(Path(folder)) as server,
    ):
        create_database(server.create_database("template_gateway")).dispose()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new, empty gateway database; each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "gateway.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    name = f"test_{os.urandom(6).hex()}"
    yield server.create_database(name, template="template_gateway")
    server.drop_database(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An engine on a new, empty gateway database."""
    from gateway.db.engine import open_database

    engine = open_database(database_url)
    yield engine
    engine.dispose()
