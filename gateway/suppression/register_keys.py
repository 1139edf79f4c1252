"""Match keys of the register and of clients' refusals, in pages like those of records.

A register of a million opt-outs has seven million keys: as rows they take half a minute to read, as pages a tenth of a
second. Entries are only ever added, under the ledger's lock, so pages are only ever appended to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, select, true, update

from gateway.db.tables import client_refusal_page, opt_out_page
from gateway.people.normalise import NORMALISER_VERSION
from gateway.suppression.key_pages import Int64s, KeyPage, blobs_of, outdated_keys, page_of, paged

_GROWING = 256
"""A page that single entries are added to is rewritten each time, so it stays small; files fill whole pages."""

_READ_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPages:
    """The pages of one register: those of all opt-outs, or of one client's refusals."""

    table: Table
    client: str = ""

    @property
    def mine(self) -> ColumnElement[bool]:
        """Say which rows of the table belong to the register."""
        return self.table.c.client_id == self.client if self.client else true()

    @property
    def owner(self) -> dict[str, str]:
        """Return the columns that say whose a row is."""
        return {"client_id": self.client} if self.client else {}


OPT_OUTS = RegisterPages(table=opt_out_page)
"""The keys of the opt-out register."""


def refusals_of(client: str) -> RegisterPages:
    """Return the pages with the keys of a client's refusals."""
    return RegisterPages(table=client_refusal_page, client=client)


def append_keys(
    connection: Connection, pages: RegisterPages, identifiers: Sequence[int], keys: Sequence[Sequence[int]]
) -> None:
    """Add the keys of new entries, whose ids are higher than all before; the caller holds the ledger's lock."""
    fresh = KeyPage(
        numbers=np.array(identifiers, dtype=np.int64),
        lens=np.fromiter((len(own) for own in keys), dtype=np.uint8, count=len(keys)),
        keys=np.array([key for own in keys for key in own], dtype=np.int64),
    )
    last = _growing_page(connection, pages)
    if last is not None:
        first, page = last
        _delete(connection, pages, first)
        fresh = _joined(page, fresh)
    write_pages(connection, pages, paged(fresh.numbers, fresh.lens, fresh.keys))


def write_pages(connection: Connection, pages: RegisterPages, made: Iterator[KeyPage]) -> None:
    """Write pages of the software's version."""
    for page in made:
        numbers, counts, match_keys = blobs_of(page)
        connection.execute(
            insert(pages.table).values(
                **pages.owner,
                first_number=int(page.numbers[0]),
                normaliser_version=NORMALISER_VERSION,
                numbers=numbers,
                counts=counts,
                match_keys=match_keys,
            )
        )


def replace_page(connection: Connection, pages: RegisterPages, first: int, page: KeyPage) -> None:
    """Write a page anew, under the software's version; the caller holds the ledger's lock."""
    numbers, counts, match_keys = blobs_of(page)
    connection.execute(
        update(pages.table)
        .where(pages.mine, pages.table.c.first_number == first)
        .values(normaliser_version=NORMALISER_VERSION, numbers=numbers, counts=counts, match_keys=match_keys)
    )


def read_keys(
    connection: Connection, pages: RegisterPages, first: int = 0, last: int | None = None
) -> tuple[Int64s, Int64s]:
    """Read keys int64[n] and owners int64[n] of the entries with ids from ``first`` to ``last``.

    Raises ``Failed`` (``outdated_keys``) rather than compare keys of different versions of the normaliser.
    """
    parts = [
        _within(page, first, last)
        for page in _pages(connection, pages, _range(connection, pages, first, last))
    ]
    return _joined_parts([_with_owners(page) for page in parts])


def keys_of(
    connection: Connection, pages: RegisterPages, identifiers: Collection[int]
) -> tuple[Int64s, Int64s]:
    """Read keys int64[n] and owners int64[n] of some entries by id; errors as for ``read_keys``."""
    wanted = np.sort(np.fromiter(identifiers, dtype=np.int64))
    if not len(wanted):
        return _joined_parts([])
    statement = select(pages.table.c.first_number).where(pages.mine).order_by(pages.table.c.first_number)
    firsts = np.array(connection.execute(statement).scalars().all(), dtype=np.int64)
    places = np.unique(np.searchsorted(firsts, wanted, side="right") - 1)
    touched = firsts[places[places >= 0]].tolist()
    parts = []
    for start in range(0, len(touched), 500):
        these = pages.table.c.first_number.in_(touched[start : start + 500])
        parts += [
            _with_owners(_only(page, np.isin(page.numbers, wanted)))
            for page in _pages(connection, pages, these)
        ]
    return _joined_parts(parts)


def owners_of(connection: Connection, pages: RegisterPages, keys: Sequence[int]) -> set[int]:
    """Return the ids of the entries that have one of some keys; errors as for ``read_keys``."""
    wanted = np.array(keys, dtype=np.int64)
    owners: set[int] = set()
    for page in _pages(connection, pages, true()):
        met = np.flatnonzero(np.isin(page.keys, wanted))
        owners.update(page.numbers[page.rows_of(met)].tolist())
    return owners


def outdated_pages(connection: Connection, pages: RegisterPages) -> list[int]:
    """Return the first ids of the pages whose keys another version of the normaliser has made."""
    version = pages.table.c.normaliser_version
    statement = select(pages.table.c.first_number).where(pages.mine, version != NORMALISER_VERSION)
    return list(connection.execute(statement.order_by(pages.table.c.first_number)).scalars())


def numbers_of_page(connection: Connection, pages: RegisterPages, first: int) -> list[int]:
    """Return the ids that a page holds, whatever its version."""
    statement = select(pages.table.c.numbers).where(pages.mine, pages.table.c.first_number == first)
    found: list[int] = np.frombuffer(connection.execute(statement).scalar_one(), dtype="<i8").tolist()
    return found


def _growing_page(connection: Connection, pages: RegisterPages) -> tuple[int, KeyPage] | None:
    """Return the last page if more entries may go into it."""
    row = connection.execute(
        select(pages.table).where(pages.mine).order_by(pages.table.c.first_number.desc()).limit(1)
    ).one_or_none()
    if row is None or row.normaliser_version != NORMALISER_VERSION or len(row.counts) >= _GROWING:
        return None
    return row.first_number, page_of(pages.table, row.first_number, row.numbers, row.counts, row.match_keys)


def _delete(connection: Connection, pages: RegisterPages, first: int) -> None:
    connection.execute(pages.table.delete().where(pages.mine, pages.table.c.first_number == first))


def _range(connection: Connection, pages: RegisterPages, first: int, last: int | None) -> ColumnElement[bool]:
    """Say which pages may hold ids from ``first`` to ``last``."""
    number = pages.table.c.first_number
    begin = connection.execute(select(func.max(number)).where(pages.mine, number <= first)).scalar()
    condition = number >= (first if begin is None else begin)
    return condition if last is None else and_(condition, number <= last)


def _pages(connection: Connection, pages: RegisterPages, condition: ColumnElement[bool]) -> Iterator[KeyPage]:
    """Read pages in order, some at a time: no cursor stays open."""
    table = pages.table
    last = -1
    while True:
        rows = connection.execute(
            select(table)
            .where(pages.mine, condition, table.c.first_number > last)
            .order_by(table.c.first_number)
            .limit(_READ_AT_ONCE)
        ).all()
        if not rows:
            return
        for row in rows:
            if row.normaliser_version != NORMALISER_VERSION:
                raise outdated_keys()
            yield page_of(table, row.first_number, row.numbers, row.counts, row.match_keys)
        last = rows[-1].first_number


def _within(page: KeyPage, first: int, last: int | None) -> KeyPage:
    keep = page.numbers >= first
    return _only(page, keep if last is None else keep & (page.numbers <= last))


def _only(page: KeyPage, keep: npt.NDArray[np.bool_]) -> KeyPage:
    if keep.all():
        return page
    return KeyPage(
        numbers=page.numbers[keep],
        lens=page.lens[keep],
        keys=page.keys[np.repeat(keep, page.lens.astype(np.intp))],
    )


def _joined(one: KeyPage, other: KeyPage) -> KeyPage:
    return KeyPage(
        numbers=np.concatenate([one.numbers, other.numbers]),
        lens=np.concatenate([one.lens, other.lens]),
        keys=np.concatenate([one.keys, other.keys]),
    )


def _with_owners(page: KeyPage) -> tuple[Int64s, Int64s]:
    return page.keys, np.repeat(page.numbers, page.lens.astype(np.intp))


def _joined_parts(parts: Sequence[tuple[Int64s, Int64s]]) -> tuple[Int64s, Int64s]:
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate([keys for keys, _owners in parts]), np.concatenate(
        [owners for _own, owners in parts]
    )
