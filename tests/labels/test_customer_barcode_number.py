"""The address display number, against the manual's examples and the rules."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_labels.customer_barcode import address_number, symbol

DATA = Path(__file__).parent.parent / "data"
SIGNS = "120３-－番号のノFfAｂ&・./一十百二〇万ーⅤ①é線(, \u3000"
PARTS = st.sampled_from([*SIGNS, "丁目", "地割", "AB", "ビル"])
ADDRESSES = st.lists(PARTS, max_size=25).map("".join) | st.text()


def rows() -> list[dict[str, str]]:
    found = []
    for name in ("customer_barcode_cases.csv", "customer_barcode_hard_cases.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            found += [row for row in csv.DictReader(file) if row.get("kind", "extract") == "extract"]
    return found


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in rows()])
def test_an_example_gives_the_recorded_number_and_bars(row: dict[str, str]) -> None:
    number = address_number(row["address_b"])
    made = symbol(row["postal_code"], number)
    assert (number, " ".join(made.payload), made.check_digit, made.bars) == (
        row["address_number"],
        row["payload20"],
        row["check_digit"],
        row["bars"],
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("5ABC6", "5-6", id="a run of letters is a hyphen"),
        pytest.param("3F301", "3-301", id="a floor before something is a hyphen"),
        pytest.param("3.F", "3", id="B2 comes before the floor"),
        pytest.param("10FA", "10", id="a run is no floor"),
        pytest.param("3階F号", "3F", id="an F that is no floor"),
        pytest.param("PH-F", "F", id="an F after a run"),
        pytest.param("2-3-6 F棟101", "2-3-6F101", id="an F after a blank"),
        pytest.param("12C号室", "12C", id="any other letter after a digit"),
        pytest.param("A-B棟101", "AB101", id="hyphens between letters"),
        pytest.param("1,234番地", "1-234", id="a comma"),
        pytest.param("Aé", "A", id="a foreign letter is no neighbour"),
        pytest.param("ß5", "5", id="B1 knows ASCII letters alone"),
        pytest.param("一万二千番地", "2000", id="万 is text"),
        pytest.param("〇一号", "01", id="leading zeros stay"),
        pytest.param("二三十番", "", id="a malformed numeral is text"),
        pytest.param("三 丁目5", "5", id="a blank before 丁目"),
        pytest.param("第二地方5", "5", id="地 alone is not 地割"),
        pytest.param("三ﾉ坪", "3", id="half-width ノ"),
        pytest.param("三番目5", "3-5", id="番 counts in any word"),
        pytest.param("無番地", "", id="no number"),
        pytest.param("コーポー", "", id="no hyphen at the end"),
        pytest.param("2-3-6-", "2-3-6", id="a typed hyphen at the end"),
        pytest.param("-5", "5", id="a hyphen at the front"),
        pytest.param("K.K.ビル", "", id="dots closed before judging runs"),
        pytest.param("", "", id="nothing"),
        pytest.param("百二十三番地の四", "123", id="a numeral at the end is text"),
        pytest.param("千の杜201", "1000-201", id="the signs of S1 count in names"),
        pytest.param("一之宮12", "12", id="之 is not among them"),
        pytest.param("メゾン一番街 B-203", "1B203", id="番 of 番街"),
        pytest.param("十条通5-1", "5-1", id="条 is not among them"),
        pytest.param("三棟505", "505", id="棟 is not among them"),
        pytest.param("二〇一号室", "201", id="a numeral by position"),
        pytest.param("5-3A5号", "5-3A5", id="a letter between digits"),
        pytest.param("2-3-6 ABC123", "2-3-6-123", id="a run before digits"),
        pytest.param("2-3-6/101", "2-3-6101", id="a slash closes the gap"),
        pytest.param("①棟202", "202", id="a circled digit is text"),
        pytest.param("地番1234番2", "1234-2", id="地番"),
        pytest.param("甲1234番地乙", "1234", id="lot letters in kanji"),
        pytest.param("2-3-6　Ａ－１０１", "2-3-6A101", id="full width throughout"),
        pytest.param("2-3-6 1F～3F", "2-3-6-1-3", id="a range of floors"),
    ],
)
def test_a_rule_is_kept(text: str, number: str) -> None:
    assert address_number(text) == number


@given(ADDRESSES)
def test_a_number_holds_digits_single_hyphens_and_capitals_alone(text: str) -> None:
    number = address_number(text)
    assert re.fullmatch(r"[0-9A-Z]*(-[0-9A-Z]+)*", number)
    assert not re.search(r"-[A-Z]|[A-Z]-", number)


@given(ADDRESSES)
def test_every_number_can_be_encoded(text: str) -> None:
    assert len(symbol("1500002", address_number(text)).bars) == 67


@given(ADDRESSES)
def test_plain_text_behind_changes_nothing(text: str) -> None:
    assert address_number(text + " ビル") == address_number(text)


@given(st.from_regex(r"[1-9][0-9]{0,3}(-[1-9][0-9]{0,3}){0,3}", fullmatch=True))
def test_a_plain_number_is_its_own_extraction(number: str) -> None:
    assert address_number(number) == number


@given(st.lists(st.integers(1, 9999), min_size=1, max_size=4))
def test_full_width_digits_and_kana_hyphens_are_the_same_number(parts: list[int]) -> None:
    wide = "ー".join(str(part) for part in parts).translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    )
    assert address_number(wide) == "-".join(str(part) for part in parts)
