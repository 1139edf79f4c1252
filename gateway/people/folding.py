"""Fold characters: width, invisible marks, kanji variants, iteration marks, lost characters.

Variants come from a reviewed table (``kanji_folds.tsv``) and never from a transitive closure of somebody's data:
a closure chains through rare characters and merges surnames that differ (片山, 村山).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

LOST = "〓"
"""What every character that a code conversion has lost becomes; it stands for exactly one character."""

_LOOSE_VOICING = str.maketrans({"゛": "\u3099", "゜": "\u309a", "ﾞ": "\u3099", "ﾟ": "\u309a"})
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff]"
)
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2800]+")
_LOOSE_MARKS = re.compile("[\u0300-\u036f\u3099\u309a]+")
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_LOST = re.compile("[〓□■●◆○◯▯�?*]")
_ITERATION = re.compile("(.)([々〻仝])")
_KANA_ITERATION = re.compile("(.)([ゝヽゞヾ])")
_REPEATS = re.compile("[々〻仝ゝヽゞヾ]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_VOICED = dict(zip(
    "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ",
    "がぎぐげござじずぜぞだぢづでどばびぶべぼガギグゲゴザジズゼゾダヂヅデドバビブベボ", strict=True,
))  # fmt: skip
_PLAIN = {voiced: plain for plain, voiced in _VOICED.items()}
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}

_SUPPLEMENT = (
    "狀状 壽寿 吳呉 瀨瀬 橫横 曆暦 歷歴 鍊錬 絛条 眾衆 敎教 緖緒 彥彦 寬寛 渴渇 頰頬 賴頼 卽即 旣既 槪概 鄕郷 淸清 靑青 眞真 愼慎 籔薮 "
    "藪薮 飮飲 巢巣 溫温 揭掲 擊撃 徵徴 鬭闘 麵麺 蔣蒋 吞呑 嚙噛 焰焔 繡繍 萊莱 蠟蝋 軀躯 醬醤 醱醗 鹼鹸 潑溌 瀆涜 吿告 栅柵 姬姫 宫宮 "
    "⻆角 幷并"
)
"""Everyday old forms that the table leaves alone or maps to the rarer side."""


def fold_width(text: str) -> str:
    """Apply NFKC, delete what cannot be seen and make every blank one space; variation selectors go too."""
    if text.isascii():
        return _BLANKS.sub(" ", text).strip()
    if max(text) > "\uffff":
        text = "".join(char for char in text if not 0xE0100 <= ord(char) <= 0xE01EF)
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_LOOSE_VOICING))
    return _BLANKS.sub(" ", _LOOSE_MARKS.sub("", _INVISIBLE.sub("", text))).strip()


def strip_accents(text: str) -> str:
    """Write accented Latin letters plainly (Ōno = Ono); kana keep their voicing."""
    if not _ACCENTED.search(text):
        return text
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFKD", found[0])[0], text)


def fold_kanji(text: str) -> str:
    """Replace kanji variants by their representative and write iteration marks out (佐々木 = 佐佐木)."""
    if _REPEATS.search(text):
        text = write_out_iteration(text)
    return text.translate(_kanji_table()) if has_variant(text) else text


def has_variant(text: str) -> bool:
    """Tell whether a kanji variant is in the text: far quicker than translating the many texts without one."""
    return _variants().search(text) is not None or _ASTRAL.search(text) is not None


def write_out_iteration(text: str) -> str:
    """Replace 々 ゝ ヽ ゞ ヾ by the character they repeat."""
    while True:
        written = _KANA_ITERATION.sub(_repeat_kana, _ITERATION.sub(r"\1\1", text))
        if written == text:
            return text
        text = written


def mark_lost(text: str) -> str:
    """Bring the signs that code conversions leave for a lost character to one sign."""
    return _LOST.sub(LOST, text)


def to_katakana(text: str) -> str:
    """Turn hiragana into katakana."""
    return text.translate(_HIRAGANA)


def _repeat_kana(found: re.Match[str]) -> str:
    char, mark = found.groups()
    plain = _PLAIN.get(char, char)
    return char + (_VOICED.get(plain, plain) if mark in "ゞヾ" else plain)


@cache
def _variants() -> re.Pattern[str]:
    """Match a variant of the basic plane; a class that reached beyond it would be searched one by one."""
    return re.compile("[" + "".join(chr(code) for code in _kanji_table() if code <= 0xFFFF) + "]")


@cache
def _kanji_table() -> dict[int, str]:
    """Read the reviewed table; a variant whose representative is itself a variant ends at the last one."""
    text = files("gateway.people").joinpath("kanji_folds.tsv").read_text(encoding="utf-8")
    pairs = dict(line.split("\t") for line in text.splitlines()[1:])
    pairs = {
        unicodedata.normalize("NFKC", variant): unicodedata.normalize("NFKC", common)
        for variant, common in pairs.items()
    }
    representative = {variant: common for variant, common in pairs.items() if variant != common}
    for pair in _SUPPLEMENT.split():
        _merge(representative, pair[0], pair[1])
    return {ord(variant): _last(representative, common) for variant, common in representative.items()}


def _merge(representative: dict[str, str], variant: str, common: str) -> None:
    one, other = _last(representative, variant), _last(representative, common)
    if one != other:
        representative[one] = other


def _last(representative: dict[str, str], char: str) -> str:
    while char in representative:
        char = representative[char]
    return char
