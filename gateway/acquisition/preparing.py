"""Rows become people with match keys, ready to be screened and stored; in other processes when there are many.

Making keys is most of an import's work and needs nothing but the rows, so blocks of rows go to worker processes and
come back in order. ``prepare`` is the whole task: no database, no state.
"""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
import xxhash

from gateway.acquisition.sensitive import sensitive_value
from gateway.errors import Failed
from gateway.i18n import _
from gateway.people.columns import Columns
from gateway.people.keys import keys_of_people
from gateway.people.normalise import has_endless_field
from gateway.people.person import Person
from gateway.people.reading import PeopleFile, block_converter
from gateway.people.reading_rows import BadRow, RowBlock
from gateway.people.record_rows import RecordRow, row_of_person

BIG_FILE = 6_000_000
"""Bytes from which on workers pay for their start: about 50,000 people."""

_GARBAGE_THRESHOLD = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedBlock:
    """The people of one block of rows, n of them, and the rows that are none.

    ``places[i]`` is the row of the block that ``rows[i]`` was made of. ``lens`` uint8[n], ``keys`` int64[sum(lens)] and
    ``fingerprints`` int64[n] are the match keys; ``id_hashes`` int64[n] stands for the file's own ids, 0 for none.
    """

    rows: list[RecordRow]
    places: list[int]
    bad: list[BadRow]
    lens: npt.NDArray[np.uint8]
    keys: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.int64]
    id_hashes: npt.NDArray[np.int64]

    def __repr__(self) -> str:
        return f"PreparedBlock(rows={len(self.rows)}, bad={len(self.bad)})"


def prepare(columns: Columns, block: RowBlock) -> PreparedBlock:
    """Make people of rows, pass them through the gate against sensitive values, and make their keys."""
    converted = block_converter(columns)(block)
    place_of_line = {line: place for place, line in enumerate(block.lines)}
    people: list[Person] = []
    places: list[int] = []
    bad = list(converted.bad)
    for person, line, row in zip(converted.people, converted.lines, converted.rows, strict=True):
        column = _sensitive_attribute(person) if person.attributes else ""
        if column:
            bad.append(BadRow(line=line, column=column, reason="sensitive_value", cells=tuple(row)))
        elif has_endless_field(person):
            bad.append(BadRow(line=line, column="", reason="too_long", cells=tuple(row)))
        else:
            people.append(person)
            places.append(place_of_line[line])
    made = keys_of_people(people)
    return PreparedBlock(
        rows=[row_of_person(person) for person in people],
        places=places,
        bad=sorted(bad, key=lambda row: row.line),
        lens=made.lens,
        keys=made.keys,
        fingerprints=made.fingerprints,
        id_hashes=hash_ids([person.id for person in people]),
    )


def hash_ids(ids: list[str]) -> npt.NDArray[np.int64]:
    """Return a signed 64-bit hash (xxh3) of each id, 0 for an empty one."""
    hashes = [xxhash.xxh3_64_intdigest(each.encode()) if each else 0 for each in ids]
    return np.array(hashes, dtype=np.uint64).view(np.int64)


def prepared_blocks(people: PeopleFile, workers: int) -> Iterator[tuple[RowBlock, PreparedBlock]]:
    """Yield the blocks of a file in its order, prepared; by ``workers`` processes where the file is worth it.

    Workers are spawned, never forked: a forked child would share the database's connection.
    """
    blocks = people.row_blocks()
    if workers < 1 or people.table.path.stat().st_size < BIG_FILE:
        for block in blocks:
            yield block, prepare(people.columns, block)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_settle)
    try:
        yield from _in_order(pool, people.columns, blocks, ahead=2 * workers)
    except BrokenProcessPool as error:
        raise Failed(
            "worker_died",
            _("a worker process of the import died"),
            hint=_("it may have run out of memory; nothing was imported, try again"),
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _settle() -> None:
    """Leave interrupts to the parent; collect garbage rarely, for rows make no cycles and dictionaries are large."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_GARBAGE_THRESHOLD)


def _in_order(
    pool: Executor, columns: Columns, blocks: Iterator[RowBlock], *, ahead: int
) -> Iterator[tuple[RowBlock, PreparedBlock]]:
    waiting: deque[tuple[RowBlock, Future[PreparedBlock]]] = deque()
    for block in blocks:
        waiting.append((block, pool.submit(prepare, columns, block)))
        if len(waiting) > ahead:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()


def _sensitive_attribute(person: Person) -> str:
    """Name the first attribute whose value speaks of a sensitive trait, or return an empty string."""
    return next((column for column, value in person.attributes.items() if sensitive_value(value)), "")
