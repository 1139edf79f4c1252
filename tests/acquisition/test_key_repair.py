"""Damaged key pages are found and made anew from what they were made of, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, Table, select, update

from gateway.acquisition.key_repair import damaged_pages, repair_pages
from gateway.db.engine import reading, writing
from gateway.db.tables import client_refusal_page, key_page, line_key_page, opt_out_page
from gateway.errors import Damaged
from gateway.people.person import Person
from gateway.suppression.refusals import record_refusals
from tests.delivery.conftest import shop
from tests.delivery.shop import NOW, Shop, person

__all__ = ["shop"]

PEOPLE = [person(number) for number in range(12)]
TABLES = (key_page, opt_out_page, client_refusal_page, line_key_page)


def _pages(engine: Engine, table: Table) -> list[tuple[bytes, bytes, bytes]]:
    with reading(engine) as connection:
        rows = connection.execute(select(table.c.numbers, table.c.counts, table.c.match_keys)).all()
    return sorted((bytes(row[0]), bytes(row[1]), bytes(row[2])) for row in rows)


def _cut(engine: Engine, table: Table, column: str) -> None:
    with writing(engine) as connection:
        for row in connection.execute(select(table)).all():
            blob = getattr(row, column)
            connection.execute(
                update(table)
                .where(table.c.first_number == row.first_number)
                .values({column: blob[: len(blob) - 8]})
            )


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """A shop with pages of every kind."""
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.opt_out(PEOPLE[1])
    shop.opt_out(PEOPLE[2], purpose="dm")
    refused = [Person(phones=PEOPLE[3].phones)]
    record_refusals(shop.engine, "client", refused, actor="tester", now=NOW)
    return shop


@pytest.mark.parametrize("column", ["match_keys", "numbers"])
@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_a_damaged_page_is_made_as_it_was(filled: Shop, table: Table, column: str) -> None:
    before = _pages(filled.engine, table)
    assert before
    _cut(filled.engine, table, column)
    with reading(filled.engine) as connection:
        assert {found.table for found in damaged_pages(connection)} == {table.name}
    assert repair_pages(filled.engine) == len(before)
    with reading(filled.engine) as connection:
        assert damaged_pages(connection) == []
    # A line's keys are made of what was delivered, which is less than the record had.
    if table is not line_key_page:
        assert _pages(filled.engine, table) == before


def test_nothing_is_delivered_from_damaged_pages_until_they_are_repaired(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    _cut(shop.engine, key_page, "match_keys")
    with pytest.raises(Damaged) as caught:
        shop.deliver()
    assert caught.value.code == "damaged_keys"
    assert shop.packages() == []
    repair_pages(shop.engine)
    assert shop.deliver().counts.delivered == 12


def test_sound_pages_are_left_alone(filled: Shop) -> None:
    before = [_pages(filled.engine, table) for table in TABLES]
    assert repair_pages(filled.engine) == 0
    assert [_pages(filled.engine, table) for table in TABLES] == before
