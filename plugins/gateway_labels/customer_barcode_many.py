"""Customer barcodes of many addresses at once: what ``barcode_for`` says of each, in a quarter of the time.

The rules are those of the modules for one address; here each is applied to all texts joined by line feeds, and check
digits are summed as columns. Whatever is not an ordinary town address goes the long way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gateway.api import Address
from gateway_labels.customer_barcode import Reason, barcode_for
from gateway_labels.customer_barcode_number import NOT_EXTRACTED, address_number, fold_width, read_numerals
from gateway_labels.customer_barcode_symbol import ALPHABET, FILLER, LETTERS, START, STOP

_BETWEEN_LINES = re.compile(NOT_EXTRACTED.replace("[^0-9A-Z]", r"[^0-9A-Z\n]"))
_HYPHENS_AT_LETTER = re.compile(r"-?([A-Z])-?")
_CAPITAL = re.compile("[A-Z]")
_PLACES = 20

_VALUES = np.zeros(128, dtype=np.int64)
_VALUES[np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)] = range(len(ALPHABET))
_CHECKS = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)
_DIGITS_PER_SYMBOL = 2 * (_PLACES + 3)


def barcodes_for(addresses: Sequence[Address]) -> tuple[list[str], list[Reason]]:
    """Return the symbols as hexadecimal digits of PDF strings, and the reason wherever there is none.

    Both lists are as long as ``addresses``; a symbol is empty where there is a reason.
    """
    symbols, reasons = [""] * len(addresses), [""] * len(addresses)
    plain: list[int] = []
    texts: list[str] = []
    for place, address in enumerate(addresses):
        code = address.postal_code
        if (
            address.postal_kind == "town"
            and (address.town or address.after_town)
            and len(code) == 7
            and code.isascii()
            and code.isdigit()
        ):
            plain.append(place)
            texts.append(
                f"{address.after_town} {address.building}" if address.building else address.after_town
            )
        else:
            barcode = barcode_for(address)
            reasons[place] = barcode.reason
            if barcode.symbol:
                symbols[place] = barcode.symbol.characters.encode("ascii").hex()
    codes = [addresses[place].postal_code for place in plain]
    for place, digits in zip(plain, _symbols(codes, address_numbers(texts)), strict=True):
        symbols[place] = digits
    return symbols, reasons  # type: ignore[return-value]  # the reasons are those of barcode_for, or empty


def address_numbers(texts: Sequence[str]) -> list[str]:
    """Return what ``address_number`` says of each text."""
    joined = "\n".join(map(fold_width, texts))
    if joined.count("\n") != len(texts) - 1:
        return [address_number(text) for text in texts]
    joined = _BETWEEN_LINES.sub("-", read_numerals(joined))
    joined = f"\n{joined}\n".replace("-\n", "\n").replace("\n-", "\n")[1:-1]
    if _CAPITAL.search(joined):
        joined = _HYPHENS_AT_LETTER.sub(r"\1", joined)
    return joined.split("\n")


def _symbols(codes: Sequence[str], numbers: Sequence[str]) -> list[str]:
    """Encode codes and numbers as ``symbol`` does, as the digits of PDF strings."""
    if not codes:
        return []
    payloads = [
        (code + number)[:_PLACES].ljust(_PLACES, FILLER) for code, number in zip(codes, numbers, strict=True)
    ]
    joined = "".join(payloads)
    if _CAPITAL.search(joined):
        joined = "".join(
            (code + number.translate(LETTERS))[:_PLACES].ljust(_PLACES, FILLER)
            for code, number in zip(codes, numbers, strict=True)
        )
    table = np.empty((len(codes), _PLACES + 3), dtype=np.uint8)
    table[:, 0], table[:, -1] = ord(START), ord(STOP)
    table[:, 1:-2] = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, _PLACES)
    table[:, -2] = _CHECKS[-_VALUES[table[:, 1:-2]].sum(axis=1) % len(ALPHABET)]
    digits = table.tobytes().hex()
    return [digits[at : at + _DIGITS_PER_SYMBOL] for at in range(0, len(digits), _DIGITS_PER_SYMBOL)]
