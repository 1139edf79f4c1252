"""The register's key pages: whatever was added can be read by range, by id and by key."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select, update

from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger
from gateway.db.tables import opt_out_page
from gateway.errors import Failed
from gateway.suppression.register_keys import OPT_OUTS, append_keys, keys_of, owners_of, read_keys

Pairs = set[tuple[int, int]]


def keys_for(identifier: int) -> tuple[int, ...]:
    return (*tuple(identifier * 10 + place for place in range(identifier % 4)), -identifier)


def add(engine: Engine, *batches: int) -> int:
    """Add entries in batches of some sizes; return how many there are."""
    last = 0
    for size in batches:
        identifiers = range(last + 1, last + size + 1)
        with writing(engine) as connection:
            lock_ledger(connection)
            append_keys(connection, OPT_OUTS, identifiers, [keys_for(each) for each in identifiers])
        last += size
    return last


def pairs(found: tuple[object, object]) -> Pairs:
    keys, owners = found
    return set(zip(keys.tolist(), owners.tolist(), strict=True))  # type: ignore[attr-defined]


def expected(first: int, last: int) -> Pairs:
    return {(key, each) for each in range(first, last + 1) for key in keys_for(each)}


@pytest.mark.parametrize(
    "batches",
    [(1,), (1,) * 30, (5000,), (300, 1, 1), (200, 100, 4200, 1)],
    ids=["one", "one by one", "a file", "a file and calls", "mixed"],
)
def test_what_was_added_is_read_back(database: Engine, batches: tuple[int, ...]) -> None:
    last = add(database, *batches)
    with reading(database) as connection:
        assert pairs(read_keys(connection, OPT_OUTS)) == expected(1, last)


def test_a_range_of_ids_is_read_exactly(database: Engine) -> None:
    add(database, 200, 1, 100, 4200, 3)
    with reading(database) as connection:
        for first, last in ((1, 1), (200, 202), (250, 4400), (4500, 4504), (4504, 4504)):
            assert pairs(read_keys(connection, OPT_OUTS, first, last)) == expected(first, last)


def test_some_ids_are_read_exactly(database: Engine) -> None:
    add(database, 200, 1, 100, 4200, 3)
    wanted = [1, 201, 202, 4400, 4504, 9999]
    with reading(database) as connection:
        found = pairs(keys_of(connection, OPT_OUTS, wanted))
        assert keys_of(connection, OPT_OUTS, [])[0].tolist() == []
    assert found == {(key, each) for each in wanted[:-1] for key in keys_for(each)}


def test_owners_are_found_by_key(database: Engine) -> None:
    add(database, 200, 4200)
    with reading(database) as connection:
        assert owners_of(connection, OPT_OUTS, [-7, -4300, 71, 5]) == {7, 4300}


def test_pages_for_single_entries_stay_small(database: Engine) -> None:
    add(database, *(100,) * 9)
    with reading(database) as connection:
        sizes = connection.execute(select(func.length(opt_out_page.c.counts))).scalars().all()
    assert sum(sizes) == 900
    assert max(sizes) <= 356


def test_keys_of_another_version_are_never_read(database: Engine) -> None:
    add(database, 10)
    with writing(database) as connection:
        connection.execute(update(opt_out_page).values(normaliser_version=0))
    for read in (
        lambda connection: read_keys(connection, OPT_OUTS),
        lambda connection: keys_of(connection, OPT_OUTS, [3]),
        lambda connection: owners_of(connection, OPT_OUTS, [-3]),
    ):
        with reading(database) as connection, pytest.raises(Failed) as caught:
            read(connection)
        assert caught.value.code == "outdated_keys"


def test_nothing_is_added_to_a_page_of_another_version(database: Engine) -> None:
    add(database, 10)
    with writing(database) as connection:
        connection.execute(update(opt_out_page).values(normaliser_version=0))
        append_keys(connection, OPT_OUTS, [11], [keys_for(11)])
    with reading(database) as connection:
        rows = connection.execute(select(opt_out_page.c.first_number, opt_out_page.c.normaliser_version))
        assert [row[1] > 0 for row in sorted(map(tuple, rows))] == [False, True]
