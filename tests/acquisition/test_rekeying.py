"""Keys of an older normaliser are made anew, and the list can be used again."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Engine, select, update

from gateway.acquisition.rekeying import outdated_lists, rekey_list
from gateway.acquisition.storing import open_list
from gateway.db.engine import reading, writing
from gateway.db.tables import list_, record
from gateway.errors import Failed
from gateway.log.journal import find_break
from gateway.suppression.key_pages import KeyPage, record_pages, replace_keys
from tests.acquisition.conftest import NOW, Import

ROWS = [(str(n), f"山田{n}郎", f"東京都世田谷区北沢{n}-1", f"090-0000-{n:04}") for n in range(1, 10)]


def pages_of(engine: Engine) -> list[KeyPage]:
    with reading(engine) as connection:
        return list(record_pages(connection, 1))


def spoil(engine: Engine) -> None:
    """Make the list look as if another normaliser had made its keys."""
    with writing(engine) as connection:
        connection.execute(update(list_).values(normaliser_version=0))
        connection.execute(update(record).values(fingerprint=0))
        replace_keys(connection, 1, {number: [number] for number in range(1, 10)})


def test_an_import_makes_the_keys_of_an_outdated_list_anew_first(sourced: Engine, take: Import) -> None:
    take(ROWS[:5])
    spoil(sourced)
    assert (take(ROWS).imported, take(ROWS).duplicates) == (4, 9)


def test_nothing_is_added_to_an_outdated_list(sourced: Engine, take: Import) -> None:
    take(ROWS[:5])
    spoil(sourced)
    with pytest.raises(Failed) as raised:
        open_list(sourced, "main", NOW)
    assert raised.value.code == "outdated_keys"


def test_keys_and_fingerprints_are_those_of_a_new_import(sourced: Engine, take: Import) -> None:
    take(ROWS)
    before = pages_of(sourced)
    with reading(sourced) as connection:
        fingerprints = (
            connection.execute(select(record.c.fingerprint).order_by(record.c.number)).scalars().all()
        )
    spoil(sourced)
    with reading(sourced) as connection:
        assert outdated_lists(connection) == ["main"]
    assert rekey_list(sourced, "main", actor="tester", now=NOW) == 9
    for page, expected in zip(pages_of(sourced), before, strict=True):
        assert np.array_equal(page.keys, expected.keys)
        assert np.array_equal(page.lens, expected.lens)
    with reading(sourced) as connection:
        assert outdated_lists(connection) == []
        assert find_break(connection)[1] is None
        again = connection.execute(select(record.c.fingerprint).order_by(record.c.number)).scalars().all()
    assert again == fingerprints
