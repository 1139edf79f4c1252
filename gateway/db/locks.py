"""Locks that outlive transactions and die with their process: who is delivering, who is importing.

An operating-system lock beside the SQLite file, a session advisory lock in PostgreSQL. A lock that can be taken was
abandoned by its holder, however that one ended.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine, text


@contextmanager
def hold_lock(engine: Engine, name: str) -> Iterator[bool]:
    """Hold the lock ``name`` while the block runs; yields whether it could be taken, and never waits."""
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine, name) as taken:
            yield taken
    else:
        with _file_lock(engine, name) as taken:
            yield taken


@contextmanager
def _file_lock(engine: Engine, name: str) -> Iterator[bool]:
    path = Path(f"{engine.url.database}.{name}.lock")
    while True:
        with path.open("a", encoding="ascii") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            if not _is_still_there(path, handle):
                continue  # its last holder removed the file after we had opened it
            try:
                yield True
            finally:
                path.unlink(missing_ok=True)
            return


def _is_still_there(path: Path, handle: TextIO) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def _advisory_lock(engine: Engine, name: str) -> Iterator[bool]:
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one())
        try:
            yield taken
        finally:
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
