"""Fold postal codes to seven digits; anything else is missing."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.people.folding import fold_width

_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_NO_DIGIT = re.compile(r"[^0-9]+")
_PLACEHOLDERS = {"1234567", "0123456"}
_IN_ADDRESS = re.compile(
    r"^\s*(?:〒|郵便番号)?[:\s]*([0-9]{3})\s*[-‐‑‒–—―−─━⁃˗﹘ー]?\s*([0-9]{4})(?![0-9])[\s,]*|^\s*〒\s*"
)


@lru_cache(maxsize=1 << 16)
def fold_postal_code(text: str) -> str:
    """Return seven digits, or an empty string; a zero that a spreadsheet ate is put back.

    Former three- and five-digit codes and placeholders (000-0000) count as missing.
    """
    digits = _NO_DIGIT.sub("", fold_width(text).translate(_DIGITS).removesuffix(".0"))
    if len(digits) == 6:
        digits = "0" + digits
    if len(digits) != 7 or len(set(digits)) == 1 or digits in _PLACEHOLDERS:
        return ""
    return digits


def cut_postal_code(address: str) -> tuple[str, str]:
    """Split a postal code off the front of an address: (seven digits or empty, the rest)."""
    found = _IN_ADDRESS.match(address)
    if found is None:
        return "", address
    return fold_postal_code((found[1] or "") + (found[2] or "")), address[found.end() :]
