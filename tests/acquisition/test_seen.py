"""A set of numbers kept in sorted arrays behaves as a set."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.acquisition.seen import SeenNumbers, is_repeated

numbers = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5), max_size=30)


@given(st.lists(numbers, max_size=8), numbers)
def test_it_holds_just_what_was_added(blocks: list[list[int]], probes: list[int]) -> None:
    seen, expected = SeenNumbers(), set[int]()
    for block in blocks:
        fresh = set(block) - expected
        seen.add(np.array(sorted(fresh), dtype=np.int64))
        expected |= fresh
    assert len(seen) == len(expected)
    probed = probes + sorted(expected)[:5]
    assert seen.holds(np.array(probed, dtype=np.int64)).tolist() == [each in expected for each in probed]


@given(numbers)
def test_a_number_is_repeated_when_it_stands_further_up(block: list[int]) -> None:
    repeated = is_repeated(np.array(block, dtype=np.int64))
    assert repeated.tolist() == [each in block[:place] for place, each in enumerate(block)]
