"""Fingerprints that were seen are known again, page after page."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery.fingerprints import SeenFingerprints

pages = st.lists(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3), max_size=30), max_size=12)


@given(pages)
def test_the_first_of_equals_is_new_and_no_other(given_pages: list[list[int]]) -> None:
    seen, known = SeenFingerprints(), set[int]()
    for page in given_pages:
        expected = []
        for value in page:
            expected.append(value not in known)
            known.add(value)
        assert seen.add(np.array(page, dtype=np.int64)).tolist() == expected
