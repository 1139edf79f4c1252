"""Stage 1 finds just the pairs that share a key, as a plain join of sets would."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import KeyPage

KEY = st.integers(min_value=-(2**63), max_value=2**63 - 1) | st.integers(min_value=-3, max_value=6)
REGISTER = st.lists(st.tuples(KEY, st.integers(min_value=1, max_value=5)), max_size=30)
RECORDS = st.lists(st.lists(KEY, max_size=5), max_size=20)


def index_of(register: list[tuple[int, int]]) -> KeyIndex:
    return KeyIndex(
        np.array([key for key, _owner in register], dtype=np.int64),
        np.array([owner for _key, owner in register], dtype=np.int64),
    )


def page_of(records: list[list[int]], first: int = 100) -> KeyPage:
    return KeyPage(
        numbers=np.arange(first, first + len(records), dtype=np.int64),
        lens=np.array([len(keys) for keys in records], dtype=np.uint8),
        keys=np.array([key for keys in records for key in keys], dtype=np.int64),
    )


@given(REGISTER, RECORDS)
def test_candidates_are_the_join_of_the_keys(
    register: list[tuple[int, int]], records: list[list[int]]
) -> None:
    expected = {
        (number, owner)
        for number, keys in enumerate(records, start=100)
        for key, owner in register
        if key in keys
    }
    found = index_of(register).candidates(page_of(records))
    assert sorted(expected) == found


@given(REGISTER)
def test_every_key_of_the_register_is_found(register: list[tuple[int, int]]) -> None:
    index = index_of(register)
    assert len(index) == len(register)
    for key, owner in register:
        assert (0, owner) in index.candidates(page_of([[key]], first=0))


def test_an_empty_register_meets_nobody() -> None:
    assert index_of([]).candidates(page_of([[1, 2], [3]])) == []


def test_an_empty_page_meets_nobody() -> None:
    assert index_of([(1, 1)]).candidates(page_of([])) == []


def test_a_key_held_by_many_gives_every_pair_once() -> None:
    index = index_of([(7, owner) for owner in range(1, 4)] + [(8, 1)])
    found = index.candidates(page_of([[7, 8, 7], [7]]))
    assert found == [(100, 1), (100, 2), (100, 3), (101, 1), (101, 2), (101, 3)]


@given(REGISTER, st.lists(KEY, max_size=30))
def test_an_index_meets_keys_of_which_it_has_one(register: list[tuple[int, int]], keys: list[int]) -> None:
    met = index_of(register).meets(np.array(keys, dtype=np.int64))
    assert met == bool({key for key, _owner in register} & set(keys))
