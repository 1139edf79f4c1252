"""How text is fitted into rows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pdf.text_font import TextFont
from gateway_labels.fit import COMFORTABLE, TIGHTEST, Row, condensed, wrapped

FONT = TextFont()
EM = 10.0
ADDRESSES = st.text(
    alphabet="東京都渋谷区見本町ヶ丘大字1234567890-ー々（）、 ァッABCメゾン荘号室", min_size=1, max_size=60
)


def test_text_that_fits_stays_as_it_is() -> None:
    assert condensed(FONT, "見" * 10, EM, 100, COMFORTABLE) == Row(text="見" * 10)


def test_text_a_little_too_long_is_condensed() -> None:
    assert condensed(FONT, "見" * 11, EM, 100, COMFORTABLE) == Row(text="見" * 11, scale=90)


def test_text_much_too_long_is_not_condensed_beyond_the_limit() -> None:
    assert condensed(FONT, "見" * 12, EM, 100, COMFORTABLE) is None
    assert condensed(FONT, "見" * 14, EM, 100, TIGHTEST) == Row(text="見" * 14, scale=71)


BREAKS = {
    "at a space": ("見本県見本市 見本マンション館", ["見本県見本市", "見本マンション館"]),
    "at a wide space": ("見本県見本市　見本マンション館", ["見本県見本市", "見本マンション館"]),
    "before a number": ("見本県見本市見本町12-345号室", ["見本県見本市見本町", "12-345号室"]),
    "never inside a number": ("見本県見本市見本123456789", ["見本県見本市見本", "123456789"]),
    "never before a small kana": ("ドミホァァァァァァハイツ", ["ドミホァァァァァァ", "ハイツ"]),
    "after a middle dot rather than inside a word": (
        "ジャンバティ・エマニュエル",
        ["ジャンバティ・", "エマニュエル"],
    ),
    "never so that an honorific stands alone": (
        "株式会社見本製作研究所　御中",
        ["株式会社", "見本製作研究所　御中"],
    ),
    "never behind an opening bracket": ("見本見本見本（見本見本見本）", ["見本見本見本", "（見本見本見本）"]),
}


@pytest.mark.parametrize(("text", "rows"), BREAKS.values(), ids=BREAKS.keys())
def test_text_is_broken_at_a_good_place(text: str, rows: list[str]) -> None:
    found = wrapped(FONT, text, EM, 100, COMFORTABLE)
    assert found is not None
    assert [row.text for row in found] == rows


def test_text_that_three_rows_do_not_hold_is_refused() -> None:
    assert wrapped(FONT, "見" * 60, EM, 100, COMFORTABLE) is None


@given(ADDRESSES, st.sampled_from([COMFORTABLE, TIGHTEST]))
def test_no_row_is_wider_than_the_room_and_nothing_but_spaces_is_lost(text: str, least: int) -> None:
    rows = wrapped(FONT, text, EM, 150, least)
    if rows is not None:
        assert "".join("".join(row.text for row in rows).split()) == "".join(text.split())
        assert all(FONT.width(row.text) * EM / 1000 * row.scale / 100 <= 150 for row in rows)
        assert all(least <= row.scale <= 100 for row in rows)


@given(ADDRESSES)
def test_no_row_starts_or_ends_with_what_must_not_stand_there(text: str) -> None:
    rows = wrapped(FONT, text, EM, 150, COMFORTABLE) or []
    for before, after in pairwise(rows):
        assert before.text[-1:] != "（"
        assert after.text[:1] not in set("ー、）々ァッ-")
