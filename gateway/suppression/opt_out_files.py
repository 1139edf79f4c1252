"""Opt-outs in files: each usable row becomes a request, a bad one goes to ``FILE.rejected.csv`` and stops no other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine

from gateway.db.clock import legal_date
from gateway.db.engine import reading
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.people.person import Person
from gateway.people.reading import read_people
from gateway.people.reading_rows import BadRow
from gateway.people.rejected import RejectedFile
from gateway.suppression.decision import Scope
from gateway.suppression.opting_out import OptedOut, opt_out
from gateway.suppression.register import (
    CHANNELS,
    PURPOSES,
    SCOPES,
    Channel,
    OptOutPurpose,
    OptOutRequest,
    complete,
    why_unusable,
)

_CHOICES: dict[str, tuple[tuple[str, ...], str]] = {
    "scope": (SCOPES, "individual"),
    "purpose": (PURPOSES, "all"),
    "channel": (CHANNELS, "mail"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOptOuts:
    """What became of a file; ``rows`` is the recorded and the refused ones."""

    rows: int
    refused: int
    taken: OptedOut
    rejected_file: Path | None


class _BadValue(Exception):
    """A column of one row cannot be used."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def import_opt_outs(
    engine: Engine, path: Path, *, encoding: str | None = None, actor: str, now: datetime
) -> ImportedOptOuts:
    """Take all usable opt-outs of a file in one transaction, and erase the people from every list in it.

    Raises ``WrongUsage`` for a file that cannot be read, ``Refused`` (``no_usable_key``) when no row is usable.
    """
    people = read_people(path, encoding)
    rejected = RejectedFile(path, people.table.header)
    requests: list[OptOutRequest] = []
    refused = 0
    try:
        with reading(engine) as connection:
            for block in people.blocks():
                named = list(zip(block.people, block.lines, block.rows, strict=True))
                bad = []
                for row in block.bad:
                    coded = _only_coded(people.table.header, row)
                    if coded is None:
                        bad.append(row)
                    else:
                        named.append((coded, row.line, list(row.cells)))
                for person, line, cells in sorted(named, key=lambda each: each[1]):
                    try:
                        requests.append(_request(connection, person, legal_date(now)))
                    except _BadValue as error:
                        bad.append(
                            BadRow(line=line, column=error.column, reason=error.reason, cells=tuple(cells))
                        )
                rejected.write(sorted(bad, key=lambda row: row.line))
                refused += len(bad)
        kept = rejected.keep()
    finally:
        rejected.discard()
    if not requests:
        raise Refused(
            "no_usable_key",
            _("{file}: no row can be recorded as an opt-out").format(file=path.name),
            hint=_("the reasons are in {file}").format(file=kept),
        )
    taken = opt_out(engine, requests, actor=actor, now=now, file_sha256=_sha256(path))
    return ImportedOptOuts(
        rows=len(requests) + refused,
        refused=refused,
        taken=taken,
        rejected_file=kept,
    )


def _only_coded(header: Sequence[str], row: BadRow) -> Person | None:
    """Return the person of a row that names nobody but gives the line code, as clients do who know no names."""
    if row.reason != "no_name_phone_or_email":
        return None
    values = dict(zip((name.strip().lower() for name in header), row.cells, strict=False))
    return Person(attributes=values) if values.get("line_code", "").strip() else None


def _request(connection: Connection, person: Person, today: date) -> OptOutRequest:
    """Make a request of one row; what is no column of a person came along as an attribute."""
    values = {name.strip().lower(): value.strip() for name, value in person.attributes.items()}
    request = OptOutRequest(
        person=person,
        scope=cast("Scope", _choice(values, "scope")),
        purpose=cast("OptOutPurpose", _choice(values, "purpose")),
        channel=cast("Channel", _choice(values, "channel")),
        received_on=_day(values, today),
        line_code=values.get("line_code", ""),
    )
    try:
        request = complete(connection, request)
    except WrongUsage as error:
        raise _BadValue("line_code", error.code) from error
    reason = why_unusable(request)
    if reason is not None:
        raise _BadValue("", reason)
    return request


def _choice(values: Mapping[str, str], column: str) -> str:
    allowed, default = _CHOICES[column]
    value = values.get(column, "").lower() or default
    if value not in allowed:
        raise _BadValue(column, f"unknown_{column}")
    return value


def _day(values: Mapping[str, str], today: date) -> date:
    value = values.get("received_on", "")
    try:
        return date.fromisoformat(value.replace("/", "-")) if value else today
    except ValueError as error:
        raise _BadValue("received_on", "bad_date") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
