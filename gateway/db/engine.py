"""Open a database and run transactions on it, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy import create_engine as create_sqlalchemy_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.db.revision import HEAD, known_revisions, stored_revision
from gateway.errors import Damaged, Failed, GatewayError, Refused, WrongUsage
from gateway.i18n import _

BUSY_SECONDS = 60
"""How long a transaction waits for another one's lock."""

_ASK_AGAIN_SECONDS = 0.002
_BUSY_TIMEOUT = f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}"
_SQLITE_PRAGMAS = (
    _BUSY_TIMEOUT,
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # Keys of phone numbers can be enumerated: an erased person's bytes must not stay in free pages.
    "PRAGMA secure_delete = ON",
    # KiB for each connection: rows are read and written in order, so a larger cache is memory and no time.
    "PRAGMA cache_size = -8192",
)
_WRITE = "gateway_write"


def make_engine(url: str | URL) -> Engine:
    """Make an engine with the transaction rules of the ledger; connects to nothing yet.

    SQLite: WAL, ``synchronous=FULL``, writers begin IMMEDIATE. PostgreSQL: READ COMMITTED, because at REPEATABLE READ
    the snapshot is older than the ledger's lock and would not show what committed while it waited.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_sqlalchemy_engine(parsed)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_sqlalchemy_engine(parsed, isolation_level="READ COMMITTED")
    except ImportError as error:
        raise Failed(
            "no_driver",
            _("the PostgreSQL driver is not installed"),
            hint=_("pip install 'delivery-gateway[postgres]'"),
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run statements that change nothing."""
    with _reported(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that writes; it commits at the end or changes nothing."""
    with _reported(engine), _writer(engine).begin() as connection:
        yield connection


class Writer:
    """One connection for many transactions that write, one after the other; taking one anew costs as long as a short one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection = _writer(engine).connect()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one transaction; it commits at the end or changes nothing."""
        with _reported(self._engine), self._connection.begin():
            yield self._connection

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _writer(engine: Engine) -> Engine:
    """Return the engine with writing transactions, made once: pushes commit hundreds of times a second."""
    kept = vars(engine)  # kept with the engine, so that it goes when the engine goes
    if _WRITE not in kept:
        kept[_WRITE] = engine.execution_options(**{_WRITE: True})
    writer: Engine = kept[_WRITE]
    return writer


def open_database(url: str | URL) -> Engine:
    """Open an existing database of just this revision.

    Raises ``Refused`` for another revision, ``Damaged`` for a file that is no intact database, ``Failed`` when there is
    none or it cannot be reached.
    """
    engine = make_engine(url)
    _require_file(engine.url)
    try:
        with reading(engine) as connection:
            _require_head(stored_revision(connection))
    except GatewayError:
        engine.dispose()
        raise
    return engine


def _require_head(found: str | None) -> None:
    if found == HEAD:
        return
    if found is None:
        raise Failed(
            "no_database",
            _("the database has no tables of the gateway"),
            hint=_("restore it from a backup, or make a new workspace with: gateway init DIR"),
        )
    if found in known_revisions():
        raise Refused(
            "older_database",
            _("the database is at revision {found}, this software needs {needed}").format(
                found=found, needed=HEAD
            ),
            hint=_("back it up, then run: gateway doctor --repair"),
        )
    raise Refused(
        "newer_database",
        _("the database is at revision {found}, which this software does not know").format(found=found),
        hint=_("install the version of delivery-gateway that made it, or a later one"),
    )


def _parse(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise WrongUsage(
            "bad_database_url",
            _("the database URL cannot be read"),
            hint=_("write sqlite:///gateway.db or postgresql+psycopg://user@host/name"),
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return parsed
    raise WrongUsage(
        "bad_database_url",
        _("databases of the kind {kind} are not supported").format(kind=parsed.get_backend_name()),
        hint=_("write sqlite:///gateway.db or postgresql+psycopg://user@host/name"),
    )


def _require_file(url: URL) -> None:
    """Refuse to let SQLite create an empty file where the database should be."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    path = Path(url.database)
    if not path.is_file():
        raise Failed(
            "no_database",
            _("there is no database at {path}").format(path=path),
            hint=_("restore it from a backup, or make a new workspace with: gateway init DIR"),
        )
    if not path.stat().st_size:
        raise Damaged(
            "corrupt_database",
            _("the database {path} is an empty file").format(path=path),
            hint=_("restore it from a backup; nothing was changed"),
        )


def _configure_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, never by themselves
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITE):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        _wait_for_writers(driver)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(_BUSY_TIMEOUT)


def _wait_for_writers(driver: sqlite3.Connection) -> None:
    """Begin to write as soon as nobody else does; left undone when that takes too long or fails for another reason.

    SQLite by itself asks only every tenth of a second after a while. Whoever opts out while a delivery writes page after
    page would meet one page after the other.
    """
    deadline = monotonic() + BUSY_SECONDS
    while monotonic() < deadline:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return
            sleep(_ASK_AGAIN_SECONDS)
        else:
            return


@contextmanager
def _reported(engine: Engine) -> Iterator[None]:
    """Turn the database's own faults into one line each; a driver's message may quote data, so it is not repeated."""
    try:
        yield
    except GatewayError:
        raise
    except DatabaseError as error:
        raise explained(error, engine.url) from error


def explained(error: DatabaseError, url: URL) -> GatewayError:
    """Return the error of the gateway that says what the database's own fault means."""
    text = str(error.orig).lower()
    place = url.render_as_string(hide_password=True)
    if "not a database" in text or "malformed" in text:
        return Damaged(
            "corrupt_database",
            _("the database {place} is damaged").format(place=place),
            hint=_("restore it from a backup; nothing was changed"),
        )
    if isinstance(error, OperationalError) and ("locked" in text or "busy" in text):
        return Failed(
            "database_busy",
            _("the database {place} is locked by another program").format(place=place),
            hint=_("wait for the other command to end and try again"),
        )
    if isinstance(error, OperationalError):
        return Failed(
            "database_unavailable",
            _("the database {place} cannot be used ({kind})").format(
                place=place, kind=type(error.orig).__name__
            ),
            hint=_("check that it is there, can be written to, and that the disk is not full"),
        )
    return Failed(
        "database_error",
        _("the database {place} refused a statement ({kind})").format(
            place=place, kind=type(error.orig).__name__
        ),
        hint=_("run gateway doctor; with --debug the traceback shows the statement"),
    )
