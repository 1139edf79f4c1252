"""Find damaged key pages and make them anew from what they were made of: records, opt-outs, refusals, lines.

A page says how many keys each of its entries has; where that does not add up nobody can be screened with it, and every
delivery refuses. Nothing but the page is lost: its entries are those from its first number up to the next page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, func, select, true, update

from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger
from gateway.db.tables import (
    client_refusal,
    client_refusal_page,
    key_page,
    line,
    line_key_page,
    opt_out,
    opt_out_page,
)
from gateway.errors import Damaged
from gateway.people.keys import keys_of_people
from gateway.people.stored import read_block
from gateway.suppression.key_pages import KeyPage, blobs_of, page_of
from gateway.suppression.register_keys import OPT_OUTS, refusals_of
from gateway.suppression.rekeying import made_line_page, made_register_page

_OWNERS: dict[str, str] = {
    "key_page": "list_id",
    "line_key_page": "delivery",
    "client_refusal_page": "client_id",
}
_TABLES = (key_page, opt_out_page, client_refusal_page, line_key_page)
_LAST = (1 << 31) - 1  # the highest that both databases take for an id


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedPage:
    """A page that does not add up: its table, whose it is (``None`` for the one register) and its first number."""

    table: str
    owner: Any
    first: int


def damaged_pages(connection: Connection) -> list[DamagedPage]:
    """Read every page of the database, one by one, and return those that are damaged."""
    return [found for table in _TABLES for found in _damaged(connection, table)]


def repair_pages(engine: Engine) -> int:
    """Make damaged pages anew; return how many there were. Each is a short transaction under the ledger's lock."""
    with reading(engine) as connection:
        found = damaged_pages(connection)
    for page in found:
        with writing(engine) as connection:
            lock_ledger(connection)
            _remake(connection, page)
    return len(found)


def _damaged(connection: Connection, table: Table) -> Iterator[DamagedPage]:
    owner_name = _OWNERS.get(table.name)
    columns = [table.c[owner_name], table.c.first_number] if owner_name else [table.c.first_number]
    for place in connection.execute(select(*columns).order_by(*columns)).all():
        owner, first = (place[0] if owner_name else None), place[-1]
        row = connection.execute(
            select(table.c.numbers, table.c.counts, table.c.match_keys).where(_this(table, owner, first))
        ).one()
        try:
            page_of(table, first, row.numbers, row.counts, row.match_keys)
        except Damaged:
            yield DamagedPage(table=table.name, owner=owner, first=first)


def _remake(connection: Connection, found: DamagedPage) -> None:
    table = key_page.metadata.tables[found.table]
    last = connection.execute(
        select(func.min(table.c.first_number)).where(
            _of(table, found.owner), table.c.first_number > found.first
        )
    ).scalar()
    made = _made(connection, found, _LAST if last is None else last - 1)
    numbers, counts, match_keys = blobs_of(made)
    connection.execute(
        update(table)
        .where(_this(table, found.owner, found.first))
        .values(numbers=numbers, counts=counts, match_keys=match_keys)
    )


def _made(connection: Connection, found: DamagedPage, last: int) -> KeyPage:
    """Make the page of the entries numbered from the page's first to ``last``."""
    if found.table == key_page.name:
        records = read_block(connection, found.owner, found.first, last)
        keys = keys_of_people([each.person for each in records])
        numbers = np.array([each.number for each in records], dtype=np.int64)
        return KeyPage(numbers=numbers, lens=keys.lens, keys=keys.keys)
    if found.table == line_key_page.name:
        own = and_(line.c.delivery == found.owner, line.c.number.between(found.first, last))
        return made_line_page(connection, found.owner, _numbers(connection, line.c.number, own))
    if found.table == opt_out_page.name:
        within = opt_out.c.id.between(found.first, last)
        return made_register_page(connection, OPT_OUTS, _numbers(connection, opt_out.c.id, within))
    mine = and_(client_refusal.c.client_id == found.owner, client_refusal.c.id.between(found.first, last))
    return made_register_page(
        connection, refusals_of(found.owner), _numbers(connection, client_refusal.c.id, mine)
    )


def _numbers(connection: Connection, column: ColumnElement[Any], condition: ColumnElement[bool]) -> list[int]:
    return list(connection.execute(select(column).where(condition).order_by(column)).scalars())


def _of(table: Table, owner: Any) -> ColumnElement[bool]:
    return table.c[_OWNERS[table.name]] == owner if table.name in _OWNERS else true()


def _this(table: Table, owner: Any, first: int) -> ColumnElement[bool]:
    return and_(_of(table, owner), table.c.first_number == first)
