"""Code128 in code set B against its definition and an independent encoder."""

from __future__ import annotations

import pytest
from barcode.codex import Code128
from hypothesis import given
from hypothesis import strategies as st

from gateway.pdf import code128

PRINTABLE = st.text(alphabet=[chr(code) for code in range(32, 127)], min_size=1, max_size=24)


@given(PRINTABLE)
def test_what_was_encoded_is_decoded(text: str) -> None:
    assert code128.text_of(code128.values(text)) == text


@given(PRINTABLE, st.data())
def test_one_changed_symbol_is_noticed(text: str, data: st.DataObject) -> None:
    values = list(code128.values(text))
    place = data.draw(st.integers(0, len(values) - 2))
    values[place] = data.draw(st.integers(0, 105).filter(lambda value: value != values[place]))
    assert code128.text_of(tuple(values)) is None


@given(st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=12))
def test_letters_give_the_modules_of_python_barcode(text: str) -> None:
    modules = "".join(
        "".join("10"[place % 2] * width for place, width in enumerate(code128.patterns()[value]))
        for value in code128.values(text)
    )
    assert modules == Code128(text).build()[0]


def test_the_width_counts_all_modules() -> None:
    modules = sum(sum(code128.patterns()[value]) for value in code128.values("G7K2M9XQ4T1C"))
    assert code128.modules_wide(12) == modules


@pytest.mark.parametrize("text", ["", "様", "a\nb"], ids=["empty", "kanji", "control"])
def test_other_than_printable_ascii_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ASCII|ascii"):
        code128.values(text)
