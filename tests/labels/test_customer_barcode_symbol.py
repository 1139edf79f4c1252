"""The symbol of the customer barcode, against published vectors and an unrelated encoder."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
import zint
from hypothesis import given
from hypothesis import strategies as st

from gateway_labels.customer_barcode import raw_symbol, symbol

DATA = Path(__file__).parent.parent / "data"
VALUES = {**{str(digit): digit for digit in range(10)}, "-": 10, **{f"CC{n}": 10 + n for n in range(1, 9)}}
NUMBERS = st.text("0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=20)
CODES = st.from_regex(r"[0-9]{7}", fullmatch=True)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def zint_states(data: str) -> str:
    """Read the bars of zint's symbol: one bit a module, upper and lower thirds in rows 0 and 2."""
    encoder = zint.Symbol()
    encoder.symbology = zint.Symbology.JAPANPOST
    encoder.encode(data)
    packed = encoder.encoded_data.tolist()
    upper, lower = bytes(packed[0]), bytes(packed[2])
    names = {(1, 1): "F", (1, 0): "A", (0, 1): "D", (0, 0): "T"}
    return "".join(
        names[upper[x >> 3] >> (x & 7) & 1, lower[x >> 3] >> (x & 7) & 1] for x in range(0, encoder.width, 2)
    )


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["data"]) for row in rows("customer_barcode_symbols.csv")]
)
def test_a_symbol_for_each_check_value_is_as_recorded(row: dict[str, str]) -> None:
    made = symbol(row["data"][:7], row["data"][7:])
    assert (" ".join(made.payload), made.check_digit, made.bars) == (
        row["payload20"],
        row["check_digit"],
        row["bars"],
    )


def test_zint_draws_the_same_bars_for_two_thousand_symbols() -> None:
    choose = random.Random(20261001)
    seen_check_digits = set()
    for _ in range(2000):
        number, places = "", choose.randrange(14)
        while places:
            character = choose.choice("0123456789-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if character.isalpha() and places == 1:
                continue
            number += character
            places -= 2 if character.isalpha() else 1
        code = f"{choose.randrange(10_000_000):07}"
        made = symbol(code, number)
        seen_check_digits.add(made.check_digit)
        assert made.bars == zint_states(code + number)
    assert len(seen_check_digits) == 19


def test_a_letter_cut_in_two_keeps_its_control_code() -> None:
    made = symbol("9100067", "3-80-25J1-2B")
    assert made.payload[-2:] == ("2", "CC1")
    assert made.bars[:59] == zint_states("91000673-80-25J1-2")[:59]


def test_the_characters_are_one_a_place() -> None:
    assert symbol("1000013", "1-3-2-5B").characters == "[10000131-3-2-5a1dddd0]"


@given(CODES, NUMBERS)
def test_a_symbol_always_has_67_bars(code: str, number: str) -> None:
    bars = symbol(code, number).bars
    assert len(bars) == 67
    assert set(bars) <= set("FATD")
    assert (bars[:2], bars[-2:]) == ("FD", "DF")


@given(CODES, NUMBERS)
def test_the_check_digit_makes_the_sum_a_multiple_of_19(code: str, number: str) -> None:
    made = symbol(code, number)
    assert len(made.payload) == 20
    assert sum(VALUES[place] for place in (*made.payload, made.check_digit)) % 19 == 0


@given(CODES, NUMBERS)
def test_the_payload_begins_with_the_postal_code(code: str, number: str) -> None:
    assert "".join(symbol(code, number).payload[:7]) == code


@pytest.mark.parametrize("code", ["", "150000", "15000022", "150-0002", "１５００００２", "1500002\n"])
def test_a_malformed_postal_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        symbol(code, "1")


@pytest.mark.parametrize("number", ["a", "１", "1 2", "d", "1\n", "号"])
def test_other_characters_are_refused(number: str) -> None:
    with pytest.raises(ValueError, match="can be encoded"):
        raw_symbol(number)
