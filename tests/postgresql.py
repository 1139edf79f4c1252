"""Start a throw-away PostgreSQL server for a test session; runs as root too, by stepping down to ``postgres``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQLServer:
    """A running server; ``url`` lacks the database's name."""

    url: str

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database and return its SQLAlchemy URL."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{self.url}/{name}".replace("postgresql://", "postgresql+psycopg://")

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def start_postgresql(folder: Path) -> Iterator[PostgreSQLServer]:
    """Use ``GATEWAY_TEST_POSTGRESQL`` when set, else start a server of our own; skip loudly where there is none."""
    given = os.environ.get("GATEWAY_TEST_POSTGRESQL")
    if given:
        yield PostgreSQLServer(url=given)
        return
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        message = "PostgreSQL is not installed: no test of its behaviour can run (apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    user = "postgres" if os.geteuid() == 0 else None
    data = folder / "data"
    if user:
        _open_path(folder)
        shutil.chown(folder, user)
    subprocess.run(
        [initdb, "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", data],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd=folder,
    )
    port = _free_port()
    options = [
        "-c",
        "fsync=off",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        f"unix_socket_directories={folder}",
    ]
    server = subprocess.Popen(
        [postgres, "-D", data, "-p", str(port), *options], stderr=subprocess.DEVNULL, user=user, cwd=folder
    )
    try:
        url = f"postgresql://postgres@127.0.0.1:{port}"
        _wait_until_ready(url, server)
        yield PostgreSQLServer(url=url)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _program(name: str) -> str | None:
    """Find a server program; Debian keeps them outside the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return shutil.which(name) or (str(found[-1]) if found else None)


def _open_path(folder: Path) -> None:
    """Let another user reach a folder below pytest's private ones."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.geteuid() and path.stat().st_mode & 0o001 == 0:
            path.chmod(path.stat().st_mode | 0o011)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"{url}/postgres", connect_timeout=1).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
