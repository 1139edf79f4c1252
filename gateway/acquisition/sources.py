"""Where data was acquired, and on what lawful basis (取得元; APPI Art. 30 and Rules Art. 22: confirmed and recorded)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NewType, get_args

from sqlalchemy import Connection, Engine, insert, select

from gateway.db.clock import stamp
from gateway.db.engine import writing
from gateway.db.ledger import take_number
from gateway.db.tables import source as source_table
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append

SourceId = NewType("SourceId", str)
Basis = Literal[
    "direct_from_person", "consent_27_1", "published_directory", "private_seller", "optout_27_2", "unknown"
]
"""How the data was acquired. Data that another operator provided by opt-out may not be provided again (Art. 27(2))."""

BASES: tuple[Basis, ...] = get_args(Basis)
NEVER_DELIVERED: frozenset[Basis] = frozenset({"optout_27_2", "unknown"})

_ID = re.compile(r"[\w][\w.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source as recorded. ``acquired_on`` is a date in Asia/Tokyo or empty; the document is known by its hash."""

    id: SourceId
    basis: Basis
    name: str = ""
    address: str = ""
    representative: str = ""
    acquired_on: str = ""
    circumstances: str = ""
    document_name: str = ""
    document_sha256: str = ""
    recorded_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRequest:
    """What the operator says about a source; ``document`` shows how the seller acquired the data (Rules Art. 22(2))."""

    id: str
    basis: Basis
    name: str = ""
    address: str = ""
    representative: str = ""
    acquired_on: date | None = None
    circumstances: str = ""
    document: Path | None = None


def add_source(engine: Engine, request: SourceRequest, *, actor: str, now: datetime) -> Source:
    """Record a source, with a journal entry. Raise ``WrongUsage`` for a bad id or document, ``Refused`` for a taken id."""
    if not _ID.fullmatch(request.id):
        raise WrongUsage(
            "bad_source_id",
            _("{id} cannot be the id of a source").format(id=request.id[:200]),
            hint=_("use letters, digits, hyphen, dot and underscore, 64 at most"),
        )
    source = Source(
        id=SourceId(request.id),
        basis=request.basis,
        name=request.name,
        address=request.address,
        representative=request.representative,
        acquired_on=request.acquired_on.isoformat() if request.acquired_on else "",
        circumstances=request.circumstances,
        document_name=request.document.name if request.document else "",
        document_sha256=hash_file(request.document) if request.document else "",
        recorded_at=stamp(now),
    )
    with writing(engine) as connection:
        number = take_number(connection)
        _refuse_taken(connection, source.id)
        connection.execute(insert(source_table).values({name: getattr(source, name) for name in _FIELDS}))
        content = {
            "source": source.id,
            "basis": source.basis,
            "acquired_on": source.acquired_on,
            "document_sha256": source.document_sha256,
        }
        append(connection, number, "source", content, actor=actor, now=now)
    return source


def all_sources(connection: Connection) -> list[Source]:
    """Return all sources by id."""
    rows = connection.execute(select(source_table).order_by(source_table.c.id)).mappings()
    return [Source(**row) for row in rows]


def get_source(connection: Connection, identifier: str) -> Source:
    """Return one source; ``WrongUsage`` ``unknown_source`` when there is none."""
    found = connection.execute(select(source_table).where(source_table.c.id == identifier))
    row = found.mappings().one_or_none()
    if row is None:
        raise WrongUsage(
            "unknown_source",
            _("there is no source {id}").format(id=identifier),
            hint=_("record where the data comes from: gateway source add {id} --basis …").format(
                id=identifier
            ),
        )
    return Source(**row)


def hash_file(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal; ``WrongUsage`` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WrongUsage(
            "unreadable_input", _("cannot read {file}: {why}").format(file=path, why=error.strerror)
        ) from error


_FIELDS = tuple(Source.__dataclass_fields__)


def _refuse_taken(connection: Connection, identifier: SourceId) -> None:
    taken = connection.execute(select(source_table.c.id).where(source_table.c.id == identifier)).first()
    if taken is not None:
        raise Refused(
            "source_exists",
            _("there is a source {id} already").format(id=identifier),
            hint=_("a source is a record and stays as it is; add another one under a new id"),
        )
