"""Many customer barcodes at once are those of one by one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.api import Address
from gateway.postal import kind_of_code
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.customer_barcode_many import address_numbers, barcodes_for
from gateway_labels.customer_barcode_number import address_number
from tests.labels.batch import address

PIECES = st.lists(
    st.sampled_from(
        [
            *"0123456789-－ー1２ＡＢaFＦ/&.・ 　\n号番丁目の地割線一二十百壱号棟ロイヤルA5F,（）",
            "10F",
            "ABC",
            "二十三番地",
            "第3",
            "F棟",
            "\r",
            "\x0b",
            "\u2028",
            "㎡",
            "Ⅴ",
            "é",
        ]
    ),
    max_size=14,
).map("".join)


@given(st.lists(PIECES, max_size=8))
def test_display_numbers_are_the_same(texts: list[str]) -> None:
    assert address_numbers(texts) == [address_number(text) for text in texts]


ADDRESSES = st.builds(
    lambda after, building, code: replace(
        address(after, building=building, postal_code=code), postal_kind=kind_of_code(code)
    ),
    PIECES,
    PIECES,
    st.sampled_from(["1500002", "1500000", "1008798", "9999999", "150", "", "１５００００２"]),
) | st.builds(
    lambda text: Address(postal_code="1638691", postal_kind="pobox", text=f"新宿郵便局私書箱{text}号"), PIECES
)


@given(st.lists(ADDRESSES, max_size=6))
def test_symbols_and_reasons_are_the_same(addresses: list[Address]) -> None:
    symbols, reasons = barcodes_for(addresses)
    alone = [barcode_for(each) for each in addresses]
    assert reasons == [each.reason for each in alone]
    assert [symbol.tobytes().rstrip(b"\0").decode("ascii") for symbol in symbols] == [
        each.symbol.characters if each.symbol else "" for each in alone
    ]
