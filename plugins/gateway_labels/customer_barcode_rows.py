"""Judge one row of ``gateway barcode``: an address, a number that is already extracted, or raw symbol data."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.postal import kind_of_code, postal_digits
from gateway_labels.customer_barcode import (
    Barcode,
    address_number,
    barcode_of_code,
    box_number,
    raw_symbol,
    symbol,
)

ADDED_COLUMNS = ("status", "reason", "address_number", "payload20", "check_digit", "bars")

_KINDS_OF_ADDRESSES = ("extract", "office", "pobox", "no_print")
"""Values of a column ``kind`` whose rows give an address, even an empty one; ``symbol`` rows give a number."""

_INVALID = Barcode("none", "invalid_code")


def columns_after(columns: list[str]) -> list[str]:
    """Return the columns of the output: those of the input, then the added ones that are not among them."""
    return columns + [column for column in ADDED_COLUMNS if column not in columns]


def judged(row: Mapping[str, str], *, strict: bool) -> dict[str, str]:
    """Return the row with the added columns, which replace columns of the same name."""
    found = _barcode_of_row(row, strict=strict)
    made = found.symbol
    added = (
        found.status,
        found.reason,
        found.address_number,
        " ".join(made.payload) if made else "",
        made.check_digit if made else "",
        made.bars if made else "",
    )
    return {**row, **dict(zip(ADDED_COLUMNS, added, strict=True))}


def _barcode_of_row(row: Mapping[str, str], *, strict: bool) -> Barcode:
    """Tell what the row gives: ``kind`` decides where it is given, else the columns that are filled.

    An ``address_number`` beside an ``address_b`` is an earlier result and is made anew.
    """
    code, address_b, kind = row.get("postal_code", ""), row.get("address_b", ""), row.get("kind", "")
    number = "" if kind in _KINDS_OF_ADDRESSES else row.get("address_number", "").strip()
    if address_b.strip() or not number:
        if "postal_code" not in row:
            return _of_data(row.get("data", ""))
        return _of_address(postal_digits(code), address_b, box=kind == "pobox", strict=strict)
    if kind == "raw_symbol" or not code.strip():
        return _of_data(number)
    return _of_number(postal_digits(code), number, judge=kind != "symbol", strict=strict)


def _of_data(data: str) -> Barcode:
    """Encode symbol data as they stand; the postal code, if there is one, is part of them."""
    try:
        data = _capitals(data.strip())
        return Barcode("printed", "", data, raw_symbol(data))
    except ValueError:
        return _INVALID


def _of_number(code: str, number: str, *, judge: bool, strict: bool) -> Barcode:
    """Encode a number that is already extracted; a row of kind ``symbol`` is not looked up in the tables."""
    decided = _decided_by_tables(code, strict=strict) if judge else None
    if decided is not None:
        return decided
    try:
        return Barcode("printed", "", number, symbol(code, _capitals(number)))
    except ValueError:
        return _INVALID


def _of_address(code: str, address_b: str, *, box: bool, strict: bool) -> Barcode:
    """Take the box number under a collective code or where the row says so (N5), else extract."""
    if not code:
        return _INVALID
    number = box_number(address_b) if box or kind_of_code(code) == "pobox" else ""
    if not number:
        decided = _decided_by_tables(code, strict=strict)
        if decided is not None:
            return decided
        number = address_number(address_b)
    return Barcode("printed", "", number, symbol(code, number))


def _decided_by_tables(code: str, *, strict: bool) -> Barcode | None:
    decided = barcode_of_code(code)
    if decided is None and strict and kind_of_code(code) in ("unknown", "pobox"):
        return Barcode("none", "unknown_code")
    return decided


def _capitals(text: str) -> str:
    """Capitalise ASCII letters alone: ß would become two letters."""
    return text.upper() if text.isascii() else text
