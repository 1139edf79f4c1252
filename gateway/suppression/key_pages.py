"""Key pages: the match keys of up to 4,096 consecutive records (or lines) in one row.

Small, transactional, quick to read whole: screening a list reads its pages and probes them against the register's
keys; erasing a record rewrites its one page. Behind this module the layout can change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, select, update

from gateway.db.bulk import bulk_insert
from gateway.db.tables import acquisition, key_page, line_key_page
from gateway.errors import Damaged, Failed
from gateway.i18n import _
from gateway.people.normalise import NORMALISER_VERSION

PAGE_RECORDS = 4096
_KEY_BYTES = 8
_READ_AT_ONCE = 16
"""Pages in one statement: four megabytes, and little of the time goes into asking."""

Int64s = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """Keys of consecutive records: ``numbers`` int64[n], ``lens`` uint8[n], ``keys`` int64[sum(lens)]."""

    numbers: Int64s
    lens: Lengths
    keys: Int64s

    def rows_of(self, key_positions: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return for positions in ``keys`` the row each belongs to."""
        ends = np.cumsum(self.lens, dtype=np.int64)
        return np.searchsorted(ends, key_positions, side="right")

    def without(self, numbers: Collection[int]) -> KeyPage:
        """Return the page without some records."""
        keep = ~np.isin(self.numbers, np.fromiter(numbers, dtype=np.int64))
        return KeyPage(
            numbers=self.numbers[keep],
            lens=self.lens[keep],
            keys=self.keys[np.repeat(keep, self.lens.astype(np.intp))],
        )

    def with_keys(self, fresh: Mapping[int, Sequence[int]]) -> KeyPage:
        """Return the page with other keys for some of its records."""
        offsets = np.concatenate(([0], np.cumsum(self.lens, dtype=np.int64)))
        own = [
            np.asarray(fresh[number], dtype=np.int64)
            if number in fresh
            else self.keys[offsets[row] : offsets[row + 1]]
            for row, number in enumerate(self.numbers.tolist())
        ]
        return KeyPage(
            numbers=self.numbers,
            lens=np.fromiter((len(keys) for keys in own), dtype=np.uint8, count=len(own)),
            keys=np.concatenate(own) if own else self.keys,
        )


def paged(numbers: Int64s, lens: Lengths, keys: Int64s) -> Iterator[KeyPage]:
    """Cut the keys of consecutive records into pages."""
    offsets = np.concatenate(([0], np.cumsum(lens, dtype=np.int64)))
    for start in range(0, len(numbers), PAGE_RECORDS):
        stop = min(start + PAGE_RECORDS, len(numbers))
        yield KeyPage(
            numbers=numbers[start:stop], lens=lens[start:stop], keys=keys[offsets[start] : offsets[stop]]
        )


def append_record_pages(
    connection: Connection, list_id: int, acquisition_id: int, pages: Iterable[KeyPage]
) -> None:
    """Write the pages of newly imported records, in the transaction that writes the records."""
    bulk_insert(
        connection,
        key_page,
        ("list_id", "first_number", "acquisition_id", "numbers", "counts", "match_keys"),
        [
            (list_id, int(page.numbers[0]), acquisition_id, *blobs_of(page))
            for page in pages
            if len(page.numbers)
        ],
    )


def append_line_pages(connection: Connection, delivery: int, version: int, pages: Iterable[KeyPage]) -> None:
    """Write the pages of a delivery's lines, in the transaction that writes the lines."""
    bulk_insert(
        connection,
        line_key_page,
        ("delivery", "first_number", "normaliser_version", "numbers", "counts", "match_keys"),
        [(delivery, int(page.numbers[0]), version, *blobs_of(page)) for page in pages if len(page.numbers)],
    )


def record_pages(
    connection: Connection, list_id: int, acquisition_id: int | None = None
) -> Iterator[KeyPage]:
    """Read a list's pages in record order; those of unfinished imports only when asked for by their acquisition."""
    statement = select(key_page.c.first_number, key_page.c.numbers, key_page.c.counts, key_page.c.match_keys)
    if acquisition_id is None:
        finished = select(acquisition.c.id).where(acquisition.c.finished_at.is_not(None))
        statement = statement.where(key_page.c.acquisition_id.in_(finished))
    else:
        statement = statement.where(key_page.c.acquisition_id == acquisition_id)
    return _pages(connection, key_page, statement.where(key_page.c.list_id == list_id))


def meeting_record_pages(
    connection: Connection, list_id: int, acquisition_id: int, meets: Callable[[Int64s], bool]
) -> Iterator[KeyPage]:
    """Read those pages of one import whose keys meet something, of which there are few.

    Of the others the keys alone are read; ``Damaged`` when they are not as many as the page counts, as for a whole page.
    """
    mine = and_(key_page.c.list_id == list_id, key_page.c.acquisition_id == acquisition_id)
    keys_alone = select(
        key_page.c.first_number, func.length(key_page.c.numbers), key_page.c.counts, key_page.c.match_keys
    ).where(mine)
    whole = select(key_page.c.numbers, key_page.c.counts, key_page.c.match_keys).where(mine)
    last = -1
    while True:
        rows = connection.execute(
            keys_alone.where(key_page.c.first_number > last)
            .order_by(key_page.c.first_number)
            .limit(_READ_AT_ONCE)
        ).all()
        if not rows:
            return
        for first, numbers_bytes, counts, keys in rows:
            _require_fitting(key_page, first, numbers_bytes, counts, keys)
            if meets(np.frombuffer(keys, dtype="<i8")):
                row = connection.execute(whole.where(key_page.c.first_number == first)).one_or_none()
                if row is not None:
                    yield page_of(key_page, first, *row)
            last = first


def count_records(connection: Connection, list_id: int) -> int:
    """Count the records of a list's finished imports."""
    finished = select(acquisition.c.id).where(acquisition.c.finished_at.is_not(None))
    total = connection.execute(
        select(func.coalesce(func.sum(func.length(key_page.c.counts)), 0)).where(
            key_page.c.list_id == list_id, key_page.c.acquisition_id.in_(finished)
        )
    ).scalar_one()
    return int(total)


def line_pages(connection: Connection, delivery: int) -> Iterator[KeyPage]:
    """Read the pages of a delivery's lines in line order.

    Raises ``Failed`` (``outdated_keys``) rather than let keys of different versions of the normaliser be compared.
    """
    outdated = line_key_page.c.normaliser_version != NORMALISER_VERSION
    mine = line_key_page.c.delivery == delivery
    if connection.execute(select(line_key_page.c.first_number).where(mine, outdated).limit(1)).first():
        raise outdated_keys()
    statement = select(
        line_key_page.c.first_number,
        line_key_page.c.numbers,
        line_key_page.c.counts,
        line_key_page.c.match_keys,
    )
    return _pages(connection, line_key_page, statement.where(mine))


def line_numbers(connection: Connection, delivery: int) -> Int64s:
    """Return the numbers of all lines of a delivery, in order."""
    statement = select(line_key_page.c.numbers).where(line_key_page.c.delivery == delivery)
    blobs = connection.execute(statement.order_by(line_key_page.c.first_number)).scalars().all()
    return np.frombuffer(b"".join(blobs), dtype="<i8")


def line_pages_of(connection: Connection, delivery: int, numbers: Collection[int]) -> Iterator[KeyPage]:
    """Read the keys of some lines of a delivery, page by page, without those of its other lines."""
    wanted = np.sort(np.fromiter(numbers, dtype=np.int64))
    owner = line_key_page.c.delivery == delivery
    for first in _touched(connection, line_key_page, owner, wanted):
        row = connection.execute(
            select(line_key_page.c.numbers, line_key_page.c.counts, line_key_page.c.match_keys).where(
                owner, line_key_page.c.first_number == first
            )
        ).one()
        page = page_of(line_key_page, first, row.numbers, row.counts, row.match_keys)
        yield page.without(page.numbers[~np.isin(page.numbers, wanted)].tolist())


def outdated_line_pages(connection: Connection) -> list[tuple[int, int]]:
    """Return (delivery, first number) of the pages whose keys another version of the normaliser has made."""
    rows = connection.execute(
        select(line_key_page.c.delivery, line_key_page.c.first_number)
        .where(line_key_page.c.normaliser_version != NORMALISER_VERSION)
        .order_by(line_key_page.c.delivery, line_key_page.c.first_number)
    )
    return [(row.delivery, row.first_number) for row in rows]


def replace_line_page(connection: Connection, delivery: int, first: int, page: KeyPage) -> None:
    """Write a page of a delivery's lines anew, under the software's version."""
    numbers, counts, match_keys = blobs_of(page)
    connection.execute(
        update(line_key_page)
        .where(line_key_page.c.delivery == delivery, line_key_page.c.first_number == first)
        .values(normaliser_version=NORMALISER_VERSION, numbers=numbers, counts=counts, match_keys=match_keys)
    )


def outdated_keys() -> Failed:
    """Return the error for keys of another version of the normaliser."""
    return Failed(
        "outdated_keys",
        _("the match keys were made by another version of the software"),
        hint=_("run: gateway doctor --repair"),
    )


def remove_records(connection: Connection, list_id: int, numbers: Collection[int]) -> None:
    """Rewrite the pages that hold some records without them; keys of phone numbers could be guessed, so they go too.

    The caller holds the ledger's lock, so that no two rewrites of a page meet.
    """
    _rewrite(connection, key_page, key_page.c.list_id == list_id, numbers, lambda page: page.without(numbers))


def replace_keys(connection: Connection, list_id: int, fresh: Mapping[int, Sequence[int]]) -> None:
    """Rewrite the pages that hold some records with other keys for them; the caller holds the ledger's lock."""
    _rewrite(connection, key_page, key_page.c.list_id == list_id, fresh, lambda page: page.with_keys(fresh))


def remove_lines(connection: Connection, delivery: int, numbers: Collection[int]) -> None:
    """Rewrite the pages of a delivery's lines without some of them."""
    owner = line_key_page.c.delivery == delivery
    _rewrite(connection, line_key_page, owner, numbers, lambda page: page.without(numbers))


def _rewrite(
    connection: Connection,
    table: Table,
    owner: ColumnElement[bool],
    numbers: Collection[int],
    change: Callable[[KeyPage], KeyPage],
) -> None:
    """Change the pages that hold some numbers; a page keeps its ``first_number`` even when that record is gone."""
    if not numbers:
        return
    wanted = np.sort(np.fromiter(numbers, dtype=np.int64))
    for first in _touched(connection, table, owner, wanted):
        this = and_(owner, table.c.first_number == first)
        row = connection.execute(
            select(table.c.numbers, table.c.counts, table.c.match_keys).where(this)
        ).one()
        blobs = blobs_of(change(page_of(table, first, row.numbers, row.counts, row.match_keys)))
        connection.execute(
            update(table).where(this).values(numbers=blobs[0], counts=blobs[1], match_keys=blobs[2])
        )


def _touched(connection: Connection, table: Table, owner: ColumnElement[bool], wanted: Int64s) -> list[int]:
    """Return the first numbers of the pages that may hold some numbers."""
    statement = select(table.c.first_number).where(owner).order_by(table.c.first_number)
    firsts = np.array(connection.execute(statement).scalars().all(), dtype=np.int64)
    touched = np.unique(np.searchsorted(firsts, wanted, side="right") - 1)
    found: list[int] = firsts[touched[touched >= 0]].tolist()
    return found


def _pages(connection: Connection, table: Table, statement: Select[*tuple[Any, ...]]) -> Iterator[KeyPage]:
    """Read pages one by one by their first number: memory stays at one page, no cursor stays open."""
    last = -1
    while True:
        row = connection.execute(
            statement.where(table.c.first_number > last).order_by(table.c.first_number).limit(1)
        ).one_or_none()
        if row is None:
            return
        last = row.first_number
        yield page_of(table, last, row.numbers, row.counts, row.match_keys)


def page_of(table: Table, first: int, numbers: bytes, lens: bytes, keys: bytes) -> KeyPage:
    """Read a page from its columns; ``Damaged`` when they do not fit each other."""
    _require_fitting(table, first, len(numbers), lens, keys)
    return KeyPage(
        numbers=np.frombuffer(numbers, dtype="<i8"),
        lens=np.frombuffer(lens, dtype=np.uint8),
        keys=np.frombuffer(keys, dtype="<i8"),
    )


def _require_fitting(table: Table, first: int, numbers_bytes: int, lens: bytes, keys: bytes) -> None:
    count = int(np.frombuffer(lens, dtype=np.uint8).sum(dtype=np.int64))
    if numbers_bytes != len(lens) * _KEY_BYTES or len(keys) != count * _KEY_BYTES:
        raise _damaged(table, first)


def _damaged(table: Table, first: int) -> Damaged:
    return Damaged(
        "damaged_keys",
        _("the match keys in {table} at {number} are damaged").format(table=table.name, number=first),
        hint=_("run gateway doctor --repair to make them anew"),
    )


def blobs_of(page: KeyPage) -> tuple[bytes, bytes, bytes]:
    """Write a page's columns: numbers, counts, keys."""
    return (
        page.numbers.astype("<i8", copy=False).tobytes(),
        page.lens.astype(np.uint8, copy=False).tobytes(),
        page.keys.astype("<i8", copy=False).tobytes(),
    )
