"""Extract the address display number (住所表示番号) from what follows the town (manual p19)."""

from __future__ import annotations

import re

from gateway.postal import KANJI_NUMERALS, read_numeral

_WIDTHS: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_WIDTHS |= {0x3000: " ", ord("･"): "・", ord("ﾉ"): "ノ"}
_CAPITALS = {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyz"}
_REMOVED = dict.fromkeys(map(ord, "&/・."))

PREPARED = {
    **_CAPITALS,
    **_REMOVED,
    **{code: None if ord(to) in _REMOVED else to.upper() for code, to in _WIDTHS.items() if to},
}
"""Width (rule E1), capitals (B1) and removed signs (B2) in one step; NFKC would turn Ⅴ into V and ① into 1."""

_PLAIN = re.compile(r"[0-9]+(?:-[0-9]+)*")
"""By far the most frequent shape, which is its own address number."""

_NEEDS_PREPARING = re.compile("[a-z&/・.\uff01-\uff5e\u3000･ﾉ]")
_NUMERAL = re.compile(f"[{KANJI_NUMERALS}]+(?=丁|番|号|地割|線|の|ノ)")
_NOT_EXTRACTED = re.compile(r"(?:[A-Z]{2,}|(?<=[0-9])F|[^0-9A-Z]+)+")
"""What becomes one hyphen (B4 to B6, S2, S3)."""

_HYPHENS_AT_LETTER = re.compile(r"-?([A-Z])-?")


def address_number(after_town: str) -> str:
    """Return the address display number in full, before the cut to 13 places; empty if there is none.

    Digits, hyphens and single letters are extracted, anything else between them becomes one hyphen (B3 to B6);
    kanji numerals count in front of 丁目, 丁, 番地, 番, 号, 地割, 線, の, ノ (S1), an F after a digit is a floor and
    does not (S2, S3), and no hyphen stands beside a letter (S4, S5).
    """
    if _PLAIN.fullmatch(after_town):
        return after_town
    text = _NUMERAL.sub(_arabic, fold_width(after_town))
    text = _NOT_EXTRACTED.sub("-", text).strip("-")
    return _HYPHENS_AT_LETTER.sub(r"\1", text) if text.isupper() else text


def fold_width(text: str) -> str:
    """Apply the preparation and the first two basic rules (E1, B1, B2)."""
    return text.translate(PREPARED) if _NEEDS_PREPARING.search(text) else text


def _arabic(numeral: re.Match[str]) -> str:
    """Read a numeral; a malformed one stays text."""
    return read_numeral(numeral[0]) or numeral[0]
