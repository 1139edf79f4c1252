"""Writers wait for each other, and each gets its turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine

from gateway.db import engine as engine_module
from gateway.db.engine import make_engine, writing
from gateway.db.ledger import lock_ledger
from gateway.errors import Failed


class BusyWriter(threading.Thread):
    """Writes nearly always: one transaction after the other with a short break between them."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self.stopping = threading.Event()
        self.transactions = 0

    def run(self) -> None:
        """Write until stopped."""
        while not self.stopping.is_set():
            with writing(self._engine) as connection:
                lock_ledger(connection)
                sleep(0.05)
            self.transactions += 1
            sleep(0.005)


@contextmanager
def busy(engine: Engine) -> Iterator[BusyWriter]:
    writer = BusyWriter(engine)
    writer.start()
    try:
        yield writer
    finally:
        writer.stopping.set()
        writer.join()


def test_nobody_waits_for_more_than_a_few_transactions_of_a_busy_writer(database: Engine) -> None:
    with busy(database) as writer:
        waited = []
        for _turn in range(20):
            before = writer.transactions
            with writing(database) as connection:
                lock_ledger(connection)
            waited.append(writer.transactions - before)
            sleep(0.01)
    assert max(waited) <= 15


@pytest.fixture
def two_engines(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two processes' view of one SQLite file; PostgreSQL queues those who wait in its server."""
    path = tmp_path / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    engines = make_engine(f"sqlite:///{path}"), make_engine(f"sqlite:///{path}")
    yield engines
    for each in engines:
        each.dispose()


def test_whoever_waits_too_long_is_told(
    two_engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two_engines
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    with writing(one), pytest.raises(Failed) as caught, writing(other):
        pass
    assert caught.value.code == "database_busy"


def test_an_interrupt_while_waiting_leaves_a_connection_that_works(
    two_engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two_engines

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with writing(one), monkeypatch.context() as patched:
        patched.setattr(engine_module, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt), writing(other):
            pass
    with writing(other) as connection:
        lock_ledger(connection)
