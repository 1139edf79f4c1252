"""Kanji numerals in arabic digits."""

from __future__ import annotations

import pytest

from gateway.postal import read_numeral


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("一", "1"),
        ("十", "10"),
        ("二十一", "21"),
        ("百二十三", "123"),
        ("三百五", "305"),
        ("千", "1000"),
        ("千二百三十四", "1234"),
        ("二〇一", "201"),
        ("一一〇", "110"),
        ("〇一", "01"),
        ("二三十", None),
        ("二十〇", None),
        ("十十", None),
        ("十百", None),
    ],
)
def test_a_kanji_numeral_is_read(written: str, read: str | None) -> None:
    assert read_numeral(written) == read
