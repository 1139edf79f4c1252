"""Line breaking: nothing lost, nothing too wide, no forbidden beginnings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents.wrap import wrap
from gateway.pdf.truetype import text_width

LETTERS = st.sampled_from("あ漢字、。ー（）「」っabcXYZ019-/ \u3000")


@given(text=st.text(LETTERS, max_size=80), width=st.integers(30, 200))
@settings(deadline=None)
def test_no_character_but_blanks_is_lost(text: str, width: int) -> None:
    assert "".join(wrap(text, width, 10.0)).replace(" ", "") == text.replace(" ", "")


@given(text=st.text(LETTERS, max_size=80), width=st.integers(60, 200))
@settings(deadline=None)
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    assert all(text_width(line.rstrip(), 10.0) <= width + 1e-6 for line in wrap(text, width, 10.0))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("あいうえ。お", ["あいう", "え。お"]),
        ("あいう（えお）", ["あいう", "（えお）"]),
        ("あいabcdう", ["あい", "abcdう"]),
        ("あ\nい", ["あ", "い"]),
        ("", [""]),
    ],
    ids=["full_stop", "opening_bracket", "word", "newline", "nothing"],
)
def test_lines_break_where_a_reader_expects(text: str, lines: list[str]) -> None:
    assert wrap(text, 40.0, 10.0) == lines
