"""Spell out what a reader of the PDF has to get of a label, by means of its own."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.api import Line
from gateway_labels.customer_barcode import barcode_for


def characters(line: Line) -> str:
    """Return the characters of the customer barcode; empty where there is none."""
    assert line.address is not None
    symbol = barcode_for(line.address).symbol
    return symbol.characters if symbol else ""


def label_text(line: Line, rows: Sequence[str]) -> str:
    """Return a label's text without white space: the Code128's check symbol and stop follow its text."""
    assert line.address is not None
    code = line.address.postal_code
    values = [104, *(ord(character) - 32 for character in line.code)]
    check = (104 + sum(weight * value for weight, value in enumerate(values[1:], start=1))) % 103
    shown = "\u2420" if check == 0 else chr(check + 32) if check < 95 else chr(0x2460 + check - 95)
    label = [f"〒{code[:3]}-{code[3:]}", *rows, characters(line), f"⑩{line.code}{shown}⑫", line.code]
    return "".join("".join(label).split())
