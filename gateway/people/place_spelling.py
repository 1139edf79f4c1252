"""Fold the spelling of addresses: one form for towns and for what people write.

Nothing here knows a town. Numerals become digits, ケ ノ ツ between kanji and 字 go, 番丁 is 番町, kana is katakana:
what differs between two honest spellings disappears, and the towns of the index are folded by the same function.
"""

from __future__ import annotations

import re

from gateway.people.folding import LOST, fold_kanji, fold_width, has_variant, mark_lost, to_katakana
from gateway.people.numerals import BOUNDARY, fold_numerals

_SLIPS = str.maketrans("巳斑飽脊冶釡釜祇鷆鷏鷄炮巿", "己班鉋背治竃竃祗鷏鷏鶏砲市")
"""Characters confused in place names only, on top of the variants folded everywhere."""

_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_K = r"0-9㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff" + LOST
_ONE_AS_HYPHEN = re.compile(r"(?<=[0-9])一(?=[0-9])")
_HYPHENS = re.compile("[-‐‑‒–—―−─━⁃˗﹘]")
_HYPHENS_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])\s*[ー~〜・･.ノ之]\s*(?=[0-9])")
_AROUND_HYPHEN = re.compile(r"\s*-[\s-]*")
_PUNCTUATION = re.compile(r"[,、。;:'\"「」『』【】\[\]{}<>/_]+")
_BLANK_BETWEEN_DIGITS = re.compile(r"(?<=[0-9]) (?=[0-9])")
_NTH = re.compile(r"第(?=[0-9])")
_AZA = re.compile(r"大字|小字|字")
_KE = re.compile(
    rf"(?<=[ア-ヴ{_K}])[ケガ箇](?=[{_K}])(?!部?-?(?:[0-9]|$))|(?<=[{_K}])カ(?=[{_K}])(?!部?-?(?:[0-9]|$))"
)
_TSU = re.compile(rf"(?<=[{_K}])ツ(?=[{_K}])(?!部?-?(?:[0-9]|$))")
_NO = re.compile(rf"(?<=[{_K}])[ノ之乃](?=[{_K}])(?!部?-?(?:[0-9]|$))")
_UNIT_NO = re.compile(r"(番地|番|丁目|号)ノ(?=[0-9])")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_WORK = re.compile(
    "[ぁ-ゖァィゥェォッャュョヮヵヶケガ箇カツノ之乃字第々〻仝ヽヾa-z〇零一二三四五六七八九十百千壱弐参拾‐‑‒–—―−─━⁃˗﹘ー~〜・･. ,、。;:'\"「」『』【】"
    "\\[\\]{}<>/_" + "".join(chr(code) for code in _SLIPS) + r"]|^-|-$|--|\|\||番丁|(?<![0-9])0"
)
"""Whatever may need folding: most texts come out of the first pass without any."""
_BOUNDARIES = re.compile(r"\|+")


def fold_place(text: str) -> str:
    """Return an address, or a part that begins where a place name may begin, in folded spelling.

    A boundary sign stays only between two numbers that were written apart.
    """
    text = mark_lost(fold_width(text))
    while _WORK.search(text) or has_variant(text):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    text = _HYPHENS.sub("-", fold_kanji(_ONE_AS_HYPHEN.sub("-", text)).translate(_SLIPS))
    text = fold_numerals(to_katakana(text).translate(_SMALL).upper())
    text = _HYPHENS_BETWEEN_DIGITS.sub("-", text)
    text = _AROUND_HYPHEN.sub("-", _PUNCTUATION.sub(" ", text)).strip(" -")
    text = _BLANK_BETWEEN_DIGITS.sub(BOUNDARY, text).replace(" ", "")
    text = _UNIT_NO.sub(r"\1", text)
    for filler in (_NTH, _AZA, _KE, _TSU, _NO):
        text = filler.sub(_drop, text)
    return _BOUNDARIES.sub(BOUNDARY, _ZEROS.sub("", text.replace("番丁", "番町")))


def _drop(found: re.Match[str]) -> str:
    """Leave a character out, but never let two numbers run together (3-12第2コーポ)."""
    text, start, end = found.string, found.start(), found.end()
    apart = start > 0 and text[start - 1].isdecimal() and text[end : end + 1].isdecimal()
    return BOUNDARY if apart else ""


def fold_town(town: str) -> str:
    """Fold a town's name as it reads after its city: a first character is never alone there."""
    return fold_place("区" + town)[1:]
