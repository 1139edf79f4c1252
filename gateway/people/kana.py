"""Fold readings: one spelling of a reading, one of its long vowels, and one without voicing for the keys."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.people.folding import fold_width, to_katakana, write_out_iteration

_NOT_KANA = re.compile("[^ア-ヴー]+")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶヂヅヲヰヱ", "アイウエオツヤユヨワカケジズオイエ")
_VU = re.compile("ヴ([アイエオユ]?)")
_VU_ROWS = {"": "ブ", "ア": "バ", "イ": "ビ", "エ": "ベ", "オ": "ボ", "ユ": "ビユ"}
_O_ROW = "オコゴソゾトドノホボポモヨロ"
_U_ROW = "ウクグスズツヌフブプムユル"
_LONG_O = re.compile(f"([{_O_ROW}])[ウオー]+")
_LONG_U = re.compile(f"([{_U_ROW}])[ウー]+")
_A_ROW = "アカガサザタダナハバパマヤラワ"
_I_ROW = "イキギシジチニヒビピミリ"
_E_ROW = "エケゲセゼテデネヘベペメレ"
_LONG_A = re.compile(f"([{_A_ROW}])[アー]+")
_LONG_I = re.compile(f"([{_I_ROW}])[イー]+")
_LONG_E = re.compile(f"([{_E_ROW}])[イエー]+")
_LONG = re.compile("ー+")
_LENGTHENED = re.compile(f"(?<=[{_A_ROW}])ア+|(?<=[{_I_ROW}])イ+|(?<=[{_E_ROW}])[イエ]+")
_VOICELESS = str.maketrans(
    "ガギグゲゴザジズゼゾダデドバビブベボパピプペポ", "カキクケコサシスセソタテトハヒフヘホハヒフヘホ"
)


def fold_kana(text: str) -> str:
    """Return a reading in large katakana without blanks or anything that is not kana."""
    kana = to_katakana(write_out_iteration(fold_width(text))).translate(_SMALL)
    return _VU.sub(lambda found: _VU_ROWS[found[1]], _NOT_KANA.sub("", kana))


@lru_cache(maxsize=1 << 16)
def mark_long_vowels(kana: str) -> str:
    """Write every long o and u with ー, so that ヨウコ, ヨオコ and ヨーコ agree and オオノ, オノ do not."""
    return _LONG.sub("ー", _LONG_U.sub(r"\1ー", _LONG_O.sub(r"\1ー", kana)))


@lru_cache(maxsize=1 << 16)
def spell_long_vowels(kana: str) -> str:
    """Write ー after a, i and e as a vowel, so that ケーコ is ケイコ."""
    marked = _LONG_A.sub(r"\1ア", mark_long_vowels(kana))
    return _LONG_E.sub(r"\1イ", _LONG_I.sub(r"\1イ", marked))


def drop_long_vowels(kana: str) -> str:
    """Make long vowels short: タロウ, タロー = タロ."""
    return mark_long_vowels(kana).replace("ー", "")


@lru_cache(maxsize=1 << 16)
def sound_of(kana: str) -> str:
    """Return the loosest form, for keys and voicing: no long vowels, no voicing (ヤマザキ = ヤマサキ)."""
    return _LENGTHENED.sub("", drop_long_vowels(kana)).translate(_VOICELESS)
