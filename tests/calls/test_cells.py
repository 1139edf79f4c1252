from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_calls.cells import family_name, family_names, given_name, given_names


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
    assert (family_name(name), given_name(name)) == (family, given_part)


@given(st.lists(st.text(alphabet="見本 \u3000a", max_size=8)))
def test_many_names_are_split_like_each(names: list[str]) -> None:
    assert family_names(names) == [family_name(name) for name in names]
    assert given_names(names) == [given_name(name) for name in names]
