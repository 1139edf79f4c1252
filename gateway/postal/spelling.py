"""Compare place names in spite of width, small kana, old characters, blanks, 大字 and the script of numerals."""

from __future__ import annotations

from gateway.postal.numerals import KANJI_NUMERALS, read_numeral

_SAME_CHARACTERS = (
    "ヶケがガｹ", "のノ之ﾉ", "つツッっ", "カヵか", "-−‐－ー―",
    "沢澤", "浜濱濵", "桜櫻", "滝瀧", "竜龍", "条條", "島嶋嶌", "館舘", "広廣", "恵惠", "辺邊邉", "崎﨑嵜", "高髙",
    "国國", "塩鹽", "桧檜", "鉄鐵", "万萬", "斎齋", "斉齊", "薮藪", "渕淵", "涌湧", "曽曾", "祢禰", "賎賤", "芦蘆", "鍛鍜", "竈竃",
)  # fmt: skip
_FOLDS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_FOLDS |= {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyz"}
_FOLDS |= {0xFF41 + place: chr(ord("A") + place) for place in range(26)}
_FOLDS |= {ord("\u3000"): " ", ord("\t"): " "}
_FOLDS |= {ord(other): group[0] for group in _SAME_CHARACTERS for other in group[1:]}

_KANJI = frozenset(KANJI_NUMERALS)
_ARABIC = frozenset("0123456789")


def fold(text: str) -> str:
    """Bring spellings of one place name together; the length stays, so that positions hold in the original."""
    return text.translate(_FOLDS)


def skip_blanks(text: str, start: int) -> int:
    """Return the first place at or after ``start`` that holds no blank."""
    while text.startswith(" ", start):
        start += 1
    return start


def end_of_name(text: str, start: int, name: str) -> int:
    """Return where ``name`` ends in ``text`` if it begins at ``start``, else -1; both are folded.

    A name that begins or ends with an arabic digit never cuts a longer number (浦臼第3 is not in 浦臼第35).
    """
    if name[0] in _ARABIC and start and text[start - 1] in _ARABIC:
        return -1
    if text.startswith(name, start):
        end = start + len(name)
        cuts_number = name[-1] in _ARABIC and text[end : end + 1] in _ARABIC if end < len(text) else False
        return -1 if cuts_number else end
    return _walk(text, start, name)


def _walk(text: str, start: int, name: str) -> int:
    """Compare piece by piece: a numeral in either script, any other character, blanks and 字 left out."""
    place, at = 0, start
    while place < len(name):
        if at > start:
            at = skip_blanks(text, at)
        if at >= len(text):
            return -1
        name_end, text_end = _numeral_end(name, place), _numeral_end(text, at)
        if name_end and text_end and _value(name[place:name_end]) == _value(text[at:text_end]):
            place, at = name_end, text_end
        elif name[place] == text[at]:
            place, at = place + 1, at + 1
        elif at > start and text[at] == "字" and text[at - 1] != "大":
            at += 1
        elif at > start and text.startswith("大字", at):
            at += 2
        else:
            return -1
    return at


def _numeral_end(text: str, start: int) -> int:
    """Return where a run of one script's numerals ends, 0 if none begins here."""
    script = _ARABIC if text[start] in _ARABIC else _KANJI
    end = start
    while end < len(text) and text[end] in script:
        end += 1
    return end if end > start else 0


def _value(run: str) -> str:
    return (run if run[0] in _ARABIC else read_numeral(run) or run).lstrip("0")
