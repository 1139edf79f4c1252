"""Take a file of people into a list: read, pass the sensitive gate, drop duplicates, screen (check 2), store.

Every row ends in exactly one of five counts. A bad row goes to ``FILE.rejected.csv`` and stops no other. Who has opted out
is not stored at all; who might have is stored and held back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, select

from gateway.acquisition.checking import Checkpoint, Verdicts
from gateway.acquisition.lists import check_list_name, import_lock, import_running
from gateway.acquisition.preparing import PreparedBlock, hash_ids, prepared_blocks
from gateway.acquisition.rekeying import renew_keys
from gateway.acquisition.seen import Flags, SeenNumbers, is_repeated
from gateway.acquisition.sensitive import refuse_sensitive_columns, refuse_sensitive_name
from gateway.acquisition.sources import get_source, hash_file
from gateway.acquisition.storing import (
    Counts,
    Opened,
    ScreenedRows,
    Storage,
    abandon,
    open_acquisition,
    open_list,
)
from gateway.db.engine import reading
from gateway.db.locks import hold_lock
from gateway.db.tables import record
from gateway.people.dialling import count_kinds
from gateway.people.keys import MOST_KEYS
from gateway.people.reading import PeopleFile, read_people
from gateway.people.reading_rows import BadRow, RowBlock
from gateway.people.rejected import RejectedFile
from gateway.plugins import Manager
from gateway.suppression.erasure import act_on_opt_outs

Progress = Callable[[int], None]
"""Told of rows: so many more have been taken."""
_CHUNK = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What became of a file; ``rows`` is the sum of the next five. ``rejected_file`` is set when a row was refused.

    ``numbers`` counts the phone numbers of those who were stored, by kind (``gateway.people.dialling.dial``).
    """

    rows: int
    imported: int
    suppressed: int
    held: int
    refused: int
    duplicates: int
    seconds: float
    rejected_file: Path | None
    numbers: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """Which file goes into which list, from which source; ``encoding`` overrides the detection of a CSV file's.

    ``email_consent`` says how all these people agreed to advertising by e-mail (特商法 Art. 12-3); without it their
    addresses serve matching only and never leave.
    """

    path: Path
    list_name: str
    source_id: str
    encoding: str | None = None
    workers: int = 0
    email_consent: str = ""


def import_list(
    engine: Engine,
    request: ImportRequest,
    manager: Manager,
    *,
    actor: str,
    now: datetime,
    progress: Progress | None = None,
) -> ImportSummary:
    """Import a file; nothing of it is visible unless the whole import succeeds.

    Raise ``WrongUsage`` for an unknown source, a bad list name or a file that ``read_people`` refuses, ``Refused`` for
    sensitive data, a suppressor that is missing, or an import into the same list that is running. ``progress`` is told
    of every block of rows.
    """
    started = time.monotonic()
    check_list_name(request.list_name)
    refuse_sensitive_name(request.list_name)
    with reading(engine) as connection:
        get_source(connection, request.source_id)
    manager.suppressors()
    people = read_people(request.path, request.encoding)
    refuse_sensitive_columns(name for name, _index in people.columns.attributes)
    renew_keys(engine, actor=actor, now=now)
    list_id = open_list(engine, request.list_name, now)
    with hold_lock(engine, import_lock(list_id)) as taken:
        if not taken:
            raise import_running(request.list_name)
        try:
            opened = open_acquisition(
                engine,
                list_id,
                list_name=request.list_name,
                source_id=request.source_id,
                file_name=request.path.name,
                file_sha256=hash_file(request.path),
                now=now,
            )
            intake = _Intake(engine, opened, people, manager, request.email_consent)
            counts, rejected = intake.run(request.workers, progress or _ignore, actor=actor, now=now)
        except BaseException:
            people.close()
            abandon(engine, list_id)
            raise
    act_on_opt_outs(engine, actor=actor, now=now)
    return ImportSummary(
        rows=counts.rows,
        imported=counts.imported,
        suppressed=counts.suppressed,
        held=counts.held,
        refused=counts.refused,
        duplicates=counts.duplicates,
        seconds=round(time.monotonic() - started, 3),
        rejected_file=rejected,
        numbers=count_kinds(intake.kinds.items()),
    )


def _ignore(_rows: int) -> None:
    """Show no progress."""


@dataclass(slots=True)
class _Tally:
    """Counts of rows so far; ``stored`` includes those held back."""

    stored: int = 0
    suppressed: int = 0
    held: int = 0
    refused: int = 0
    duplicates: int = 0

    def counts(self) -> Counts:
        return Counts(
            imported=self.stored - self.held,
            suppressed=self.suppressed,
            held=self.held,
            refused=self.refused,
            duplicates=self.duplicates,
        )


class _Intake:
    """One import under way: who has been seen, what has been counted, where rows go."""

    def __init__(
        self, engine: Engine, opened: Opened, people: PeopleFile, manager: Manager, email_consent: str
    ) -> None:
        self._engine = engine
        self._opened = opened
        self._people = people
        self._manager = manager
        self._storage = Storage(engine, opened, email_consent)
        self._rejected = RejectedFile(people.table.path, people.columns.headers)
        self._fingerprints, self._ids = SeenNumbers(), SeenNumbers()
        self._tally = _Tally()
        self.kinds: Counter[str] = Counter()

    def run(
        self, workers: int, progress: Progress, *, actor: str, now: datetime
    ) -> tuple[Counts, Path | None]:
        """Take the whole file; return the counts and the file of rejected rows, if any."""
        started = time.monotonic()
        try:
            with reading(self._engine) as connection:
                checkpoint = Checkpoint(connection, self._manager)
                self._see_records(connection)
                for block, prepared in prepared_blocks(self._people, workers):
                    self._take(checkpoint, block, prepared)
                    progress(len(block.rows) + len(block.bad))
            counts = self._tally.counts()
            self._storage.finish(
                counts,
                recheck_above=checkpoint.fence,
                recheck=checkpoint.phone_opt_outs,
                actor=actor,
                now=now + timedelta(seconds=time.monotonic() - started),
            )
            return counts, self._rejected.keep()
        finally:
            self._rejected.discard()

    def _see_records(self, connection: Connection) -> None:
        """Note the ids and fingerprints of what the list holds already."""
        statement = select(record.c.id, record.c.fingerprint).where(record.c.list_id == self._opened.list_id)
        for rows in connection.execute(statement.execution_options(yield_per=_CHUNK)).partitions():
            self._ids.add(hash_ids([row[0] for row in rows]))
            self._fingerprints.add(np.array([row[1] for row in rows], dtype=np.int64))

    def _take(self, checkpoint: Checkpoint, block: RowBlock, prepared: PreparedBlock) -> None:
        bad = list(prepared.bad)
        fresh = self._drop_duplicates(prepared)
        clashing = self._find_clashes(prepared, fresh)
        id_column = self._people.columns.header_of("id")
        bad += _bad_rows(block, prepared, clashing, id_column, "id_in_use")
        overfull = fresh & ~clashing & (prepared.lens >= MOST_KEYS)
        bad += _bad_rows(block, prepared, overfull, "", "too_many_values")
        self._refuse(bad)
        wanted = fresh & ~clashing & ~overfull
        self._fingerprints.add(prepared.fingerprints[wanted])
        self._ids.add(prepared.id_hashes[wanted & (prepared.id_hashes != 0)])
        self._store(prepared, wanted, checkpoint.judge(prepared, wanted))

    def _drop_duplicates(self, prepared: PreparedBlock) -> Flags:
        """Tell which people are neither in the list nor further up in the file."""
        known = self._fingerprints.holds(prepared.fingerprints) | is_repeated(prepared.fingerprints)
        self._tally.duplicates += int(known.sum())
        return ~known

    def _find_clashes(self, prepared: PreparedBlock, fresh: Flags) -> Flags:
        """Tell which people bear an id that somebody else has: one of the two would be taken for the other."""
        ids = np.where(fresh, prepared.id_hashes, 0)
        first = np.ones(len(ids), dtype=np.bool_)
        given = np.flatnonzero(ids)
        first[given] = ~is_repeated(ids[given])
        clashing: Flags = (ids != 0) & (self._ids.holds(ids) | ~first)
        return clashing

    def _refuse(self, bad: list[BadRow]) -> None:
        self._tally.refused += len(bad)
        self._rejected.write(sorted(bad, key=lambda row: row.line))

    def _store(self, prepared: PreparedBlock, wanted: Flags, verdicts: Verdicts) -> None:
        kept = wanted.copy()
        kept[sorted(verdicts.suppressed)] = False
        places = np.flatnonzero(kept)
        index_of = {int(place): index for index, place in enumerate(places)} if verdicts.held else {}
        self._tally.stored += len(places)
        self._tally.suppressed += len(verdicts.suppressed)
        self._tally.held += len(verdicts.held) + len(verdicts.doubted)
        rows = [prepared.rows[place] for place in places]
        for _texts, phones, _emails in rows:
            for _given, _e164, kinds in phones:
                self.kinds[kinds] += 1
        self._storage.add(
            ScreenedRows(
                rows=rows,
                lens=prepared.lens[kept],
                keys=prepared.keys[np.repeat(kept, prepared.lens.astype(np.intp))],
                fingerprints=prepared.fingerprints[kept],
                held=[replace(found, number=index_of[place]) for place, found in verdicts.held.items()],
            )
        )


def _bad_rows(
    block: RowBlock, prepared: PreparedBlock, which: Flags, column: str, reason: str
) -> Iterator[BadRow]:
    """Turn people at some places back into the rows they were made of."""
    for place in np.flatnonzero(which):
        row = prepared.places[place]
        yield BadRow(line=block.lines[row], column=column, reason=reason, cells=tuple(block.rows[row]))
