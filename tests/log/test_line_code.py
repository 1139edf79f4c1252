"""Line codes stand for delivery and line, and say nothing about their neighbours."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from gateway.errors import WrongUsage
from gateway.log.line_code import (
    MAX_DELIVERIES,
    MAX_LINES,
    LineCodes,
    delivery_id,
    delivery_serial,
    normal_form,
)

CODES = LineCodes(bytes(range(32)))
serials = st.integers(0, MAX_DELIVERIES - 1)
numbers = st.integers(0, MAX_LINES - 1)


@given(serials, numbers)
def test_a_code_leads_back_to_its_delivery_and_line(serial: int, number: int) -> None:
    (code,) = CODES.encode(serial, [number])
    assert CODES.decode(code) == (serial, number)


@given(serials, numbers)
def test_a_code_has_twelve_characters_and_a_standard_check_character(serial: int, number: int) -> None:
    (code,) = CODES.encode(serial, [number])
    assert len(code) == 12
    assert code[0] == "G"
    assert mod_37_36.is_valid(code)


@given(st.lists(st.tuples(serials, numbers), max_size=20))
def test_many_codes_are_read_at_once_as_each_alone(lines: list[tuple[int, int]]) -> None:
    codes = [code for serial, number in lines for code in CODES.encode(serial, [number])]
    found = CODES.decode_many(codes)
    assert list(zip(*(values.tolist() for values in found), strict=True)) == lines


@given(serials, numbers, st.integers(0, 12), st.text(max_size=2))
def test_among_many_only_codes_just_as_issued_are_read(
    serial: int, number: int, place: int, instead: str
) -> None:
    (code,) = CODES.encode(serial, [number])
    changed = code[:place] + instead + code[place + 1 :]
    serials_found, numbers_found = CODES.decode_many([code, changed])
    assert (serials_found[0], numbers_found[0]) == (serial, number)
    if changed != code:
        try:
            same = normal_form(changed) == changed and CODES.decode(changed)
        except WrongUsage:
            same = False
        assert (serials_found[1], numbers_found[1]) == (same or (-1, -1))


def test_the_codes_of_a_delivery_are_all_different() -> None:
    assert len(set(CODES.encode(7, range(100_000)))) == 100_000


def test_neighbours_differ_in_most_of_their_characters() -> None:
    codes = CODES.encode(7, range(1000))
    differing = [sum(a != b for a, b in zip(x, y, strict=True)) for x, y in pairwise(codes)]
    assert sum(differing) / len(differing) > 9


def test_another_key_gives_other_codes() -> None:
    assert LineCodes(bytes(32)).encode(7, [1]) != CODES.encode(7, [1])


@given(serials, numbers, st.integers(1, 11), st.integers(1, 31))
def test_a_mistyped_character_is_noticed(serial: int, number: int, place: int, shift: int) -> None:
    (code,) = CODES.encode(serial, [number])
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    if code[place] not in alphabet:
        return
    wrong = code[:place] + alphabet[(alphabet.index(code[place]) + shift) % 32] + code[place + 1 :]
    with pytest.raises(WrongUsage):
        CODES.decode(wrong)


def test_a_code_is_read_as_people_type_it() -> None:
    (code,) = CODES.encode(1, [2])
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    assert normal_form(f" {wide[:4]}-{wide[4:]} ") == code


@given(serials)
def test_a_delivery_number_leads_back_to_its_serial(serial: int) -> None:
    assert delivery_serial(delivery_id(serial)) == serial


def test_a_wrong_delivery_number_is_refused() -> None:
    with pytest.raises(WrongUsage):
        delivery_serial(delivery_id(1)[:-1] + "?")
