"""Read Latin letters as Japanese: Hepburn and Kunrei give the same katakana, long vowels are free (Ohno, Oono, Ono)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_VOWELS = "aiueo"
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾ", "t": "タチツテト",
    "d": "ダジズデド", "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ",
    "r": "ラリルレロ", "w": "ワイウエオ", "v": "バビブベボ",
}  # fmt: skip
_PALATAL = {
    "ky": "キ", "gy": "ギ", "sy": "シ", "sh": "シ", "zy": "ジ", "jy": "ジ", "j": "ジ", "ty": "チ", "cy": "チ", "ch": "チ",
    "ny": "ニ", "hy": "ヒ", "by": "ビ", "py": "ピ", "my": "ミ", "ry": "リ", "dy": "ジ", "y": "",
}  # fmt: skip
_GLIDES = {"a": "ヤ", "i": "", "u": "ユ", "e": "エ", "o": "ヨ"}
_TABLE = {row + vowel: kana for row, line in _ROWS.items() for vowel, kana in zip(_VOWELS, line, strict=True)}
_TABLE |= {
    row + vowel: kana + _GLIDES[vowel]
    for row, kana in _PALATAL.items()
    for vowel in _VOWELS
    if kana + _GLIDES[vowel]
}
_TABLE |= {
    "tsu": "ツ",
    "dzu": "ズ",
    "fu": "フ",
    "fa": "フア",
    "fi": "フイ",
    "fe": "フエ",
    "fo": "フオ",
    "yi": "イ",
}
_SYLLABLE = re.compile("|".join(sorted(_TABLE, key=len, reverse=True)))
_LONG_H = re.compile(f"oh(?![{_VOWELS}y])")
_DOUBLE = re.compile(r"([kgsztdhbpmrjf])(?=\1)|t(?=ch)")
_NASAL = re.compile(f"n'|n-?(?![{_VOWELS}y])|m(?=[bpm])")


_OPEN_NASAL = re.compile(f"(?<=.)n(?=[{_VOWELS}y])")
_MOST_READINGS = 4


@lru_cache(maxsize=1 << 14)
def readings_of_latin(text: str) -> tuple[str, ...]:
    """Return the katakana that a Latin word may read as, none if it is no Japanese word.

    An n before a vowel is read both ways: Shinichi may be シニチ and シンイチ.
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    word = _LONG_H.sub("o", "".join(char for char in decomposed if not unicodedata.combining(char)))
    spellings = [word]
    for place in [found.end() for found in _OPEN_NASAL.finditer(word)][::-1]:
        spellings += [f"{spelling[:place]}'{spelling[place:]}" for spelling in spellings]
    readings = (_read(spelling) for spelling in spellings[:_MOST_READINGS])
    return tuple(dict.fromkeys(reading for reading in readings if reading))


def _read(word: str) -> str:
    kana, place = "", 0
    while place < len(word):
        if nasal := _NASAL.match(word, place):
            kana, place = kana + "ン", nasal.end()
        elif double := _DOUBLE.match(word, place):
            kana, place = kana + "ツ", double.end()
        elif syllable := _SYLLABLE.match(word, place):
            kana, place = kana + _TABLE[syllable[0]], syllable.end()
        else:
            return ""
    return kana
