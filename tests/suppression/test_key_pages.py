"""Key pages: what is written is read back; records are taken out and get other keys; damage is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, update

from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.tables import acquisition, key_page, list_
from gateway.errors import Damaged
from gateway.people.normalise import NORMALISER_VERSION
from gateway.suppression.key_pages import (
    PAGE_RECORDS,
    KeyPage,
    append_record_pages,
    count_records,
    paged,
    record_pages,
    remove_records,
    replace_keys,
)
from tests.delivery.shop import NOW, Shop

KEYS = st.lists(
    st.lists(st.integers(min_value=-(2**63), max_value=2**63 - 1), max_size=5), min_size=1, max_size=12
)


def page_of(records: dict[int, list[int]]) -> KeyPage:
    return KeyPage(
        numbers=np.array(list(records), dtype=np.int64),
        lens=np.array([len(keys) for keys in records.values()], dtype=np.uint8),
        keys=np.array([key for keys in records.values() for key in keys], dtype=np.int64),
    )


def records_of(page: KeyPage) -> dict[int, list[int]]:
    ends = np.cumsum(page.lens, dtype=np.int64).tolist()
    keys = page.keys.tolist()
    return {
        number: keys[end - length : end]
        for number, end, length in zip(page.numbers.tolist(), ends, page.lens.tolist(), strict=True)
    }


def stored(connection: Connection, list_id: int = 1) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for page in record_pages(connection, list_id):
        found |= records_of(page)
    return found


@pytest.fixture
def pages(shop: Shop) -> Shop:
    """A shop whose list 1 has three pages: two of two records and one of one."""
    with writing(shop.engine) as connection:
        connection.execute(
            insert(list_).values(
                id=1, name="main", next_number=6, normaliser_version=NORMALISER_VERSION, created_at=stamp(NOW)
            )
        )
        acquired = {"list_id": 1, "source_id": "direct", "file_name": "", "file_sha256": "", "started_at": ""}
        connection.execute(
            insert(acquisition),
            [{**acquired, "id": 1, "finished_at": "x"}, {**acquired, "id": 2, "finished_at": None}],
        )
        for records in ({1: [10, 11], 2: [20]}, {3: [], 4: [40, 41, 42]}):
            append_record_pages(connection, 1, 1, [page_of(records)])
        append_record_pages(connection, 1, 2, [page_of({5: [50]})])
    return shop


@given(KEYS)
def test_a_page_gives_each_record_its_own_keys(keys: list[list[int]]) -> None:
    records = dict(enumerate(keys))
    page = page_of(records)
    positions = np.arange(len(page.keys))
    owners = page.numbers[page.rows_of(positions)].tolist()
    assert owners == [number for number, own in records.items() for _key in own]


@given(KEYS, st.sets(st.integers(min_value=0, max_value=14)))
def test_without_takes_out_just_the_named_records(keys: list[list[int]], gone: set[int]) -> None:
    records = dict(enumerate(keys))
    assert records_of(page_of(records).without(gone)) == {
        number: own for number, own in records.items() if number not in gone
    }


@given(KEYS, st.dictionaries(st.integers(min_value=0, max_value=14), st.lists(st.integers(0, 9), max_size=4)))
def test_with_keys_replaces_just_the_named_records(
    keys: list[list[int]], fresh: dict[int, list[int]]
) -> None:
    records = dict(enumerate(keys))
    changed = page_of(records).with_keys(fresh)
    assert records_of(changed) == {number: fresh.get(number, own) for number, own in records.items()}


def test_many_records_are_cut_into_pages_that_join_again() -> None:
    count = 2 * PAGE_RECORDS + 1
    whole = page_of({number: [number, -number] for number in range(count)})
    cut = list(paged(whole.numbers, whole.lens, whole.keys))
    assert [len(page.numbers) for page in cut] == [PAGE_RECORDS, PAGE_RECORDS, 1]
    assert np.concatenate([page.keys for page in cut]).tolist() == whole.keys.tolist()


def test_pages_are_read_as_they_were_written(pages: Shop) -> None:
    with reading(pages.engine) as connection:
        assert stored(connection) == {1: [10, 11], 2: [20], 3: [], 4: [40, 41, 42]}
        assert count_records(connection, 1) == 4


def test_pages_of_an_unfinished_import_are_read_by_name_only(pages: Shop) -> None:
    with reading(pages.engine) as connection:
        (page,) = record_pages(connection, 1, acquisition_id=2)
    assert records_of(page) == {5: [50]}


def test_removing_records_leaves_the_others_alone(pages: Shop) -> None:
    with writing(pages.engine) as connection:
        remove_records(connection, 1, [1, 4])
    with reading(pages.engine) as connection:
        assert stored(connection) == {2: [20], 3: []}


def test_a_page_whose_first_record_is_gone_is_still_found(pages: Shop) -> None:
    with writing(pages.engine) as connection:
        remove_records(connection, 1, [1])
        remove_records(connection, 1, [2])
    with reading(pages.engine) as connection:
        assert stored(connection) == {3: [], 4: [40, 41, 42]}


def test_removing_records_that_are_not_there_changes_nothing(pages: Shop) -> None:
    with writing(pages.engine) as connection:
        remove_records(connection, 1, [0, 77])
        remove_records(connection, 2, [1])
        remove_records(connection, 1, [])
    with reading(pages.engine) as connection:
        assert set(stored(connection)) == {1, 2, 3, 4}


def test_records_get_other_keys(pages: Shop) -> None:
    with writing(pages.engine) as connection:
        replace_keys(connection, 1, {2: [7, 8, 9], 3: [-1]})
    with reading(pages.engine) as connection:
        assert stored(connection) == {1: [10, 11], 2: [7, 8, 9], 3: [-1], 4: [40, 41, 42]}


@pytest.mark.parametrize(
    "damage",
    [{"counts": b"\x01"}, {"counts": b"\x03\x01"}, {"match_keys": b""}, {"numbers": bytes(8)}],
    ids=["count missing", "count wrong", "keys missing", "number missing"],
)
def test_a_damaged_page_is_told_and_never_skipped(pages: Shop, damage: dict[str, bytes]) -> None:
    with writing(pages.engine) as connection:
        connection.execute(update(key_page).where(key_page.c.first_number == 1).values(damage))
    with reading(pages.engine) as connection, pytest.raises(Damaged) as caught:
        list(record_pages(connection, 1))
    assert (caught.value.code, caught.value.exit_code) == ("damaged_keys", 3)


@pytest.mark.parametrize("column", ["numbers", "match_keys"])
def test_a_page_that_is_no_array_at_all_is_damaged(pages: Shop, column: str) -> None:
    with writing(pages.engine) as connection:
        connection.execute(update(key_page).where(key_page.c.first_number == 1).values({column: b"abc"}))
    with reading(pages.engine) as connection, pytest.raises(Damaged):
        list(record_pages(connection, 1))
