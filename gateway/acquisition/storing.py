"""Write the records of one import: in short transactions, invisible until the last one makes them a part of the list.

A reader sees records through the key pages of finished imports only. So nobody waits for a long import, an opt-out can be
recorded in the middle of it, and one that dies leaves nothing that could be delivered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.acquisition.lists import ListId, erase_from, import_running
from gateway.db.clock import stamp
from gateway.db.engine import writing
from gateway.db.ledger import take_number
from gateway.db.tables import acquisition, hold, list_, opt_out
from gateway.errors import Failed
from gateway.i18n import _
from gateway.log.journal import append
from gateway.people.normalise import NORMALISER_VERSION
from gateway.people.record_rows import RecordRow, insert_record_rows
from gateway.suppression.key_pages import PAGE_RECORDS, append_record_pages, paged
from gateway.suppression.screening import Judgement

BATCH = 4 * PAGE_RECORDS
"""Records in one transaction: whole key pages, and a fraction of a second of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedRows:
    """Records that may be stored: n rows, ``lens`` uint8[n], ``keys`` int64[sum(lens)], ``fingerprints`` int64[n].

    ``held`` has the judgement of each that is held back; its ``number`` is the row's index here.
    """

    rows: Sequence[RecordRow]
    lens: npt.NDArray[np.uint8]
    keys: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.int64]
    held: Sequence[Judgement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of a file's rows; ``rows`` is the sum of the others."""

    imported: int
    suppressed: int
    held: int
    refused: int
    duplicates: int

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.imported + self.suppressed + self.held + self.refused + self.duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An import that has begun: its own id, its list, and the number its first record gets."""

    id: int
    list_id: ListId
    list_name: str
    source_id: str
    file_sha256: str
    first_number: int
    started_at: str


def open_list(engine: Engine, name: str, now: datetime) -> ListId:
    """Return the id of a list, made where there is none; ``Failed`` when its keys are of another normaliser."""
    with writing(engine) as connection:
        found = connection.execute(select(list_).where(list_.c.name == name)).one_or_none()
        if found is None:
            values = {
                "name": name,
                "next_number": 1,
                "normaliser_version": NORMALISER_VERSION,
                "created_at": stamp(now),
            }
            made = connection.execute(insert(list_).values(values).returning(list_.c.id))
            return ListId(made.scalar_one())
    if found.normaliser_version != NORMALISER_VERSION:
        raise Failed(
            "outdated_keys",
            _("the match keys of the list {name} were made by another version").format(name=name),
            hint=_("run gateway doctor --repair to make them anew"),
        )
    return ListId(found.id)


def open_acquisition(
    engine: Engine,
    list_id: ListId,
    *,
    list_name: str,
    source_id: str,
    file_name: str,
    file_sha256: str,
    now: datetime,
) -> Opened:
    """Begin an import; what an import into the list that died has left is removed. The caller holds the list's lock."""
    _remove_unfinished(engine, list_id)
    with writing(engine) as connection:
        this = (list_.c.id == list_id, list_.c.name == list_name)
        row = connection.execute(select(list_).where(*this)).one_or_none()
        if row is None:  # dropped, or abandoned by another import, before its lock was taken
            raise import_running(list_name)
        values = {
            "list_id": list_id,
            "source_id": source_id,
            "file_name": file_name,
            "file_sha256": file_sha256,
            "started_at": stamp(now),
        }
        made = connection.execute(insert(acquisition).values(values).returning(acquisition.c.id))
        return Opened(
            id=made.scalar_one(),
            list_id=list_id,
            list_name=list_name,
            source_id=source_id,
            file_sha256=file_sha256,
            first_number=row.next_number,
            started_at=stamp(now),
        )


def abandon(engine: Engine, list_id: ListId) -> None:
    """Remove everything that an unfinished import has written, and the list when nothing was ever imported into it."""
    _remove_unfinished(engine, list_id)
    with writing(engine) as connection:
        used = connection.execute(select(acquisition.c.id).where(acquisition.c.list_id == list_id)).first()
        if used is None:
            connection.execute(delete(list_).where(list_.c.id == list_id))


class Storage:
    """Collects screened rows and writes them in batches of whole key pages."""

    def __init__(self, engine: Engine, opened: Opened, email_consent: str = "") -> None:
        """Begin with the import's first record number; ``email_consent`` is recorded with each e-mail address."""
        self._email_consent = email_consent
        self._engine = engine
        self._opened = opened
        self._next = opened.first_number
        self._waiting: list[ScreenedRows] = []
        self._holds: list[dict[str, object]] = []

    @property
    def _count_waiting(self) -> int:
        return sum(len(block.rows) for block in self._waiting)

    def add(self, block: ScreenedRows) -> None:
        """Take rows, and write as many whole batches as there are."""
        self._waiting.append(block)
        if self._count_waiting >= BATCH:
            self._write(self._count_waiting // PAGE_RECORDS * PAGE_RECORDS)

    def finish(
        self, counts: Counts, *, recheck_above: int, recheck: set[int], actor: str, now: datetime
    ) -> None:
        """Write the rest; then make the records visible, in one short transaction under the ledger's lock.

        Opt-outs above ``recheck_above`` were recorded while the import ran, and the erasure that followed each did not
        see these records; with those in ``recheck`` they are marked so that ``act_on_opt_outs`` looks again.
        """
        self._write(self._count_waiting)
        with writing(self._engine) as connection:
            number = take_number(connection)
            connection.execute(
                update(list_).where(list_.c.id == self._opened.list_id).values(next_number=self._next)
            )
            connection.execute(
                update(acquisition)
                .where(acquisition.c.id == self._opened.id)
                .values(
                    rows=counts.rows,
                    imported=counts.imported,
                    suppressed=counts.suppressed,
                    held=counts.held,
                    refused=counts.refused,
                    duplicates=counts.duplicates,
                    finished_at=stamp(now),
                )
            )
            _open_holds(connection, self._holds)
            _look_again(connection, recheck_above, recheck)
            content: dict[str, object] = {
                "list": self._opened.list_name,
                "list_id": self._opened.list_id,
                "acquisition": self._opened.id,
                "source": self._opened.source_id,
                "file_sha256": self._opened.file_sha256,
                "rows": counts.rows,
                "imported": counts.imported,
                "suppressed": counts.suppressed,
                "held": counts.held,
                "refused": counts.refused,
                "duplicates": counts.duplicates,
            }
            append(connection, number, "import", content, actor=actor, now=now)

    def _write(self, count: int) -> None:
        if not count:
            return
        rows = [row for block in self._waiting for row in block.rows]
        lens = np.concatenate([block.lens for block in self._waiting])
        keys = np.concatenate([block.keys for block in self._waiting])
        fingerprints = np.concatenate([block.fingerprints for block in self._waiting])
        self._note_holds(rows)
        first, cut = self._next, int(lens[:count].sum(dtype=np.int64))
        written = [_with_id(row, first + place) for place, row in enumerate(rows[:count])]
        numbers = np.arange(first, first + count, dtype=np.int64)
        with writing(self._engine) as connection:
            identifiers = (self._opened.list_id, self._opened.id)
            insert_record_rows(
                connection,
                *identifiers,
                first,
                written,
                fingerprints[:count].tolist(),
                email_consent=self._email_consent,
            )
            append_record_pages(connection, *identifiers, paged(numbers, lens[:count], keys[:cut]))
        self._next += count
        rest = ScreenedRows(
            rows=rows[count:], lens=lens[count:], keys=keys[cut:], fingerprints=fingerprints[count:], held=()
        )
        self._waiting = [rest] if rest.rows else []

    def _note_holds(self, rows: Sequence[RecordRow]) -> None:
        start = 0
        for block in self._waiting:
            for found in block.held:
                place = start + found.number
                number = self._next + place
                self._holds.append(
                    {
                        "opt_out_id": found.opt_out_id,
                        "fingerprint": found.fingerprint,
                        "list_id": self._opened.list_id,
                        "record_number": number,
                        "record_id": _with_id(rows[place], number)[0][0],
                        "rule": found.rule,
                        "origin": "import",
                        "opened_at": self._opened.started_at,
                        "state": "open",
                    }
                )
            start += len(block.rows)


def _open_holds(connection: Connection, holds: Sequence[Mapping[str, object]]) -> None:
    """Put doubtful pairs before the operator, all at once; a pair that is known keeps its hold."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if holds:
        connection.execute(make(hold).on_conflict_do_nothing(), holds)


def _with_id(row: RecordRow, number: int) -> RecordRow:
    """Give a record an id where the file has none."""
    texts, phones, emails = row
    return row if texts[0] else ((f"row-{number}", *texts[1:]), phones, emails)


def _remove_unfinished(engine: Engine, list_id: ListId) -> None:
    unfinished = (acquisition.c.list_id == list_id, acquisition.c.finished_at.is_(None))
    with writing(engine) as connection:
        if connection.execute(select(acquisition.c.id).where(*unfinished)).first() is None:
            return
        next_number = connection.execute(
            select(list_.c.next_number).where(list_.c.id == list_id)
        ).scalar_one()
        erase_from(connection, list_id, first_number=next_number)
        connection.execute(delete(acquisition).where(*unfinished))


def _look_again(connection: Connection, above: int, some: set[int]) -> None:
    again = update(opt_out).values(erased_at=None)
    connection.execute(again.where(opt_out.c.number > above))
    wanted = sorted(some)
    for start in range(0, len(wanted), 500):
        connection.execute(again.where(opt_out.c.id.in_(wanted[start : start + 500])))
