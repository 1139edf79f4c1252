"""How names are split into the columns of a target."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_calls.cells import split_names


@pytest.mark.parametrize(
    ("name", "family", "given_part"),
    [
        ("見本　太郎", "見本", "太郎"),
        ("見本 太郎", "見本", "太郎"),
        ("見本　　太郎", "見本", "太郎"),
        ("見本太郎", "見本太郎", ""),
        ("見本　J F", "見本", "J F"),
        ("", "", ""),
        ("　見本", "　見本", ""),
    ],
)
def test_a_name_is_split_at_its_first_blank(name: str, family: str, given_part: str) -> None:
    assert split_names([name]) == ([family], [given_part])


@given(st.lists(st.text(alphabet="見本 \u3000a\n", max_size=8)))
def test_many_names_are_split_like_each(names: list[str]) -> None:
    family, given_names = split_names(names)
    assert list(zip(family, given_names, strict=True)) == [
        (one[0], other[0]) for one, other in (split_names([name]) for name in names)
    ]
