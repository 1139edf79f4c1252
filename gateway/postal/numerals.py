"""Read kanji numerals as Japan Post's rules for the customer barcode use them."""

from __future__ import annotations

import re
from functools import lru_cache

KANJI_NUMERALS = "〇一二三四五六七八九十百千"
"""The characters of a kanji numeral; 万, 零 and the formal 壱 弐 参 are not among them."""

_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_WITH_UNITS = re.compile(
    r"(?P<thousands>[一二三四五六七八九]?千)?(?P<hundreds>[一二三四五六七八九]?百)?"
    r"(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[一二三四五六七八九])?"
)
_UNITS = {"thousands": 1000, "hundreds": 100, "tens": 10}


@lru_cache(maxsize=4096)
def read_numeral(run: str) -> str | None:
    """Return a run of kanji numerals in arabic digits, ``None`` if it is malformed (二三十, 二十〇).

    With 十, 百 or 千 it is read in the ordinary way (二十一 = 21), without them by position, leading zeros kept
    (〇一 = 01).
    """
    if not re.search("[十百千]", run):
        return run.translate(_DIGITS)
    found = _WITH_UNITS.fullmatch(run)
    if found is None:
        return None
    value = int((found["ones"] or "0").translate(_DIGITS))
    for name, unit in _UNITS.items():
        part = found[name]
        if part:
            value += unit * int((part[:-1] or "一").translate(_DIGITS))
    return str(value)
