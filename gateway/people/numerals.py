"""Write kanji numerals in arabic digits, so that 三丁目, 参丁目 and 3丁目 are one thing."""

from __future__ import annotations

import re

_RUN = re.compile("[〇零一二三四五六七八九十百千壱弐参拾]+")
_DIGITS = str.maketrans("〇零一二三四五六七八九壱弐参", "00123456789123")
_UNITS = {"千": 1000, "百": 100, "十": 10, "拾": 10}
_WITH_UNITS = re.compile("(?:([^千百十拾]?)千)?(?:([^千百十拾]?)百)?(?:([^千百十拾]?)[十拾])?([^千百十拾]?)")
BOUNDARY = "|"
"""Where two numbers touch that were written apart or in two scripts (15番5十五番館, 小百91)."""


def fold_numerals(text: str) -> str:
    """Replace each run of kanji numerals by digits; where it touches arabic digits a boundary is kept."""
    return _RUN.sub(_replace, text)


def _replace(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    before = BOUNDARY if start and text[start - 1].isdecimal() else ""
    after = BOUNDARY if text[end : end + 1].isdecimal() else ""
    return before + read_numeral(found[0]) + after


def read_numeral(run: str) -> str:
    """Read a run of kanji numerals: 二十一 = 21, 三〇一 = 301; an ill-formed run is read piece by piece."""
    if not any(unit in run for unit in _UNITS):
        return run.translate(_DIGITS)
    found = _WITH_UNITS.fullmatch(run)
    if found is None:
        return _piecewise(run)
    thousands, hundreds, tens, ones = found.groups()
    value = sum(
        unit * int((digit or "一").translate(_DIGITS))
        for unit, digit in ((1000, thousands), (100, hundreds), (10, tens))
        if digit is not None
    )
    return str(value + int((ones or "〇").translate(_DIGITS)))


def _piecewise(run: str) -> str:
    return "".join(str(_UNITS[char]) if char in _UNITS else char.translate(_DIGITS) for char in run)
