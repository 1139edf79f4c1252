"""Which addresses get a customer barcode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import Address
from gateway.postal import split_address
from gateway_labels.customer_barcode import barcode_for, box_number, symbol


def test_a_town_address_is_printed_with_its_number() -> None:
    made = barcode_for(split_address("100-0013", "東京都千代田区霞が関1丁目3番2号", "郵便プラザ503室"))
    assert (made.status, made.reason, made.address_number) == ("printed", "", "1-3-2-503")
    assert made.symbol == symbol("1000013", "1-3-2-503")


def test_a_building_is_kept_apart_from_the_house_number() -> None:
    made = barcode_for(split_address("1000013", "東京都千代田区霞が関1-3", "503"))
    assert made.address_number == "1-3-503"


def test_an_address_without_a_number_is_printed_all_the_same() -> None:
    made = barcode_for(split_address("1000013", "東京都千代田区霞が関無番地"))
    assert (made.status, made.address_number) == ("printed", "")


def test_an_individual_number_is_printed_without_address() -> None:
    made = barcode_for(split_address("1518600", "東京都渋谷区上原3-6-6", "101"))
    assert (made.status, made.address_number) == ("code_only", "")
    assert made.symbol == symbol("1518600", "")


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("仙台中央郵便局私書箱215号", ""),
        ("私書箱第２１５号", ""),
        ("215", ""),
        ("仙台中央郵便局", "P.O. Box 215"),
    ],
)
def test_a_box_at_a_collective_code_is_printed_with_the_box_number(text: str, building: str) -> None:
    made = barcode_for(split_address("9808691", text, building))
    assert (made.status, made.address_number) == ("printed", "215")


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        pytest.param("0600000", "北海道札幌市中央区1条1-1", "representative_code", id="representative code"),
        pytest.param("123", "東京都渋谷区渋谷1-2", "invalid_code", id="too short"),
        pytest.param("", "東京都渋谷区渋谷1-2", "invalid_code", id="no code"),
        pytest.param("2280024", "神奈川県座間市入谷6丁目3454", "unknown_code", id="abolished"),
        pytest.param(
            "9808691", "宮城県仙台市青葉区一番町1-2-3", "unknown_code", id="collective code, no box"
        ),
        pytest.param("1500002", "東京都渋谷区神南1-2-3", "town_mismatch", id="another town"),
        pytest.param("1500002", "", "town_mismatch", id="no address"),
    ],
)
def test_a_barcode_that_might_be_wrong_is_not_printed(code: str, text: str, reason: str) -> None:
    made = barcode_for(split_address(code, text))
    assert (made.status, made.reason, made.symbol) == ("none", reason, None)


@pytest.mark.parametrize("text", ["12345", "私書箱12345号", "1-2", "", "ビル215"])
def test_what_is_no_box_number_is_not_taken_for_one(text: str) -> None:
    assert box_number(text) == ""


@given(st.sampled_from(["1500002", "0600000", "1518600", "9808691", "2280024", ""]), st.text(), st.text())
def test_every_address_gets_an_answer(code: str, text: str, building: str) -> None:
    made = barcode_for(split_address(code, text, building))
    assert (made.symbol is None) == (made.status == "none") == bool(made.reason)


def test_a_barcode_does_not_show_the_address() -> None:
    address = Address(postal_code="1500002", postal_kind="town", text="", town="渋谷", after_town="987-654")
    assert "987" not in repr(barcode_for(address))
