"""A client's refusals in files: each usable row is recorded, a bad one goes to ``FILE.rejected.csv`` and stops no other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from gateway.errors import Refused
from gateway.i18n import _
from gateway.people.person import Person
from gateway.people.reading import read_people
from gateway.people.reading_rows import BadRow
from gateway.people.rejected import RejectedFile
from gateway.suppression.refusals import record_refusals, why_refusal_unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRefusals:
    """What became of a file; ``rows`` is the sum of the next three. ``number`` is 0 when nothing was new."""

    rows: int
    recorded: int
    duplicates: int
    refused: int
    number: int
    rejected_file: Path | None


def import_refusals(
    engine: Engine,
    client: str,
    path: Path,
    *,
    product: str = "",
    encoding: str | None = None,
    actor: str,
    now: datetime,
) -> ImportedRefusals:
    """Record all usable refusals of a file in one transaction; ``client`` is known to exist.

    Raises ``WrongUsage`` for a file that cannot be read, ``Refused`` (``no_usable_key``) when no row is usable.
    """
    people, refused, kept = _usable(path, encoding)
    if not people:
        raise Refused(
            "no_usable_key",
            _("{file}: no row can be recorded as a refusal").format(file=path.name),
            hint=_("the reasons are in {file}").format(file=kept),
        )
    with path.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    done = record_refusals(engine, client, people, product=product, actor=actor, now=now, file_sha256=sha256)
    return ImportedRefusals(
        rows=len(people) + refused,
        recorded=done.recorded,
        duplicates=done.duplicates,
        refused=refused,
        number=done.number,
        rejected_file=kept,
    )


def _usable(path: Path, encoding: str | None) -> tuple[list[Person], int, Path | None]:
    """Return the people of a file who can be recorded, how many rows cannot, and the file that says why."""
    file = read_people(path, encoding)
    rejected = RejectedFile(path, file.table.header)
    people: list[Person] = []
    refused = 0
    try:
        for block in file.blocks():
            bad = list(block.bad)
            for person, line, cells in zip(block.people, block.lines, block.rows, strict=True):
                reason = why_refusal_unusable(person)
                if reason is None:
                    people.append(person)
                else:
                    bad.append(BadRow(line=line, column="", reason=reason, cells=tuple(cells)))
            rejected.write(sorted(bad, key=lambda row: row.line))
            refused += len(bad)
        return people, refused, rejected.keep()
    finally:
        rejected.discard()
