"""Numbers by their beginnings, against phonenumbers asked for each number."""

from __future__ import annotations

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from gateway_calls.numbers import NumberPlan, e164_of_cell, writers

PLAN = NumberPlan()
WRITE = writers(PLAN)
NATIONAL = st.one_of(
    st.from_regex(r"[1-9][0-9]{8}", fullmatch=True),
    st.from_regex(r"[5-9]0[1-9][0-9]{7}", fullmatch=True),
    st.from_regex(r"(120|990|570)[0-9]{6}|800[0-9]{7}", fullmatch=True),
)


@given(NATIONAL)
def test_beginning_and_length_tell_as_much_as_the_whole_number(national: str) -> None:
    number = "+81" + national
    parsed = phonenumbers.parse(number)
    assert (PLAN.shape(number).kind != "invalid") == phonenumbers.is_valid_number(parsed)
    if not phonenumbers.is_valid_number(parsed):
        return
    assert WRITE["national_hyphen"]([number]) == [
        phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    ]
    assert WRITE["national_digits"]([number]) == ["0" + national]
    assert WRITE["nsn"]([number]) == [national]


@given(NATIONAL)
def test_every_style_can_be_read_back(national: str) -> None:
    number = "+81" + national
    if PLAN.shape(number).kind == "invalid":
        return
    for style, write in WRITE.items():
        assert [e164_of_cell(cell, style) for cell in write([number, ""])] == [number, ""]


@given(st.text(alphabet="+0123456789- ()ａ０", max_size=15))
def test_anything_else_is_invalid_and_never_an_error(text: str) -> None:
    shape = PLAN.shape(text)
    if shape.kind != "invalid":
        assert phonenumbers.is_valid_number(phonenumbers.parse(text))
