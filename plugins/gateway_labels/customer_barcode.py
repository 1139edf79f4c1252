"""Decide which customer barcode (カスタマバーコード) an address gets, if any (manual p18, p22, p23, p30)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gateway.api import Address, PostalKind
from gateway.postal import kind_of_code
from gateway_labels.customer_barcode_number import address_number, fold_width
from gateway_labels.customer_barcode_symbol import Symbol, raw_symbol, symbol

__all__ = [
    "Barcode",
    "Reason",
    "Status",
    "Symbol",
    "address_number",
    "barcode_for",
    "box_number",
    "raw_symbol",
    "symbol",
]

Status = Literal["printed", "code_only", "none"]
"""With an address number (which may be empty), with the postal code alone, or no barcode."""

Reason = Literal["", "representative_code", "invalid_code", "unknown_code", "town_mismatch"]
"""Why there is no barcode; empty if there is one."""

_BOX = re.compile(r"(?:私書箱|私書函|P ?O ?BOX) *第? *([0-9]{1,4})(?![0-9])")
_BOX_ALONE = re.compile(r"第? *([0-9]{1,4}) *号?")


@dataclass(frozen=True, slots=True)
class Barcode:
    """What is printed for an address, or why nothing is."""

    status: Status
    reason: Reason = ""
    address_number: str = ""
    symbol: Symbol | None = None

    def __repr__(self) -> str:
        return f"Barcode(status={self.status!r}, reason={self.reason!r})"


def barcode_for(address: Address) -> Barcode:
    """Decide on an address that is split; a guessed barcode is never printed, since the discount asks for right ones.

    An individual number is encoded without any address (N3), a collective code with the box number (N5), a
    representative code not at all (N1), nor a code that is malformed, unknown or another town's (N7).
    """
    code, kind = address.postal_code, address.postal_kind
    if kind == "town":
        if not (address.town or address.after_town):
            return Barcode("none", "town_mismatch")
        rest = f"{address.after_town} {address.building}" if address.building else address.after_town
        return _printed(code, address_number(rest))
    if kind == "pobox":
        return _of_box(code, address)
    return barcode_of_code(code, kind) or Barcode(
        "none", "unknown_code" if _is_code(code) else "invalid_code"
    )


def barcode_of_code(code: str, kind: PostalKind | None = None) -> Barcode | None:
    """Decide what the postal code alone decides (N1, N3, N7 for malformed codes); ``None`` if it takes an address."""
    if not _is_code(code):
        return Barcode("none", "invalid_code")
    kind = kind or kind_of_code(code)
    if kind == "office":
        return Barcode("code_only", symbol=symbol(code, ""))
    return Barcode("none", "representative_code") if kind == "representative" else None


def box_number(text: str) -> str:
    """Return the 1 to 4 digits of a post-office box (私書箱215号), or an empty string (N5, manual p22)."""
    folded = fold_width(text).strip()
    found = _BOX_ALONE.fullmatch(folded) or _BOX.search(folded)
    return found[1] if found else ""


def _is_code(text: str) -> bool:
    return len(text) == 7 and text.isascii() and text.isdigit()


def _printed(code: str, number: str) -> Barcode:
    return Barcode("printed", "", number, symbol(code, number))


def _of_box(code: str, address: Address) -> Barcode:
    """Print a box number; with any other address a collective code is just a code that is in no table."""
    number = box_number(address.text) or box_number(address.building)
    return _printed(code, number) if number else Barcode("none", "unknown_code")
