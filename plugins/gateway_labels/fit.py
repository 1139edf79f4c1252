"""Fit text into a row: condense (長体) to 85 %, then wrap at a good place, then condense to 70 %."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from gateway.pdf.text_font import TextFont

COMFORTABLE = 85
TIGHTEST = 70
INSIDE_WORDS, WORST = 6, 9
_MOST_ROWS = 3

_NEVER_FIRST = frozenset(
    "ー、。，．,.・)）」』】〕｝]々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜-－−‐―!?！？:：;；様"
)
_NEVER_LAST = frozenset("(（「『【〔｛[〒")
"""What may not stand at the beginning and at the end of a row (禁則)."""

_NEVER_ALONE = frozenset(("様", "御中", "殿", "先生", "各位", "氏"))
"""What must not be all of a row: an honorific stays with a part of the name."""

_LEGAL_FORMS = ("株式会社", "有限会社", "合同会社", "法人")
"""What often begins a firm's name; the name itself may well begin a row."""

_SPACES = " \u3000"
_AREAS = "都道府県市区町村郡"
_AFTER_NUMBER = "階号番丁Ff"
_WORDLIKE = {
    "KATAKANA": "ア",
    "LATIN": "A",
    "FULLWIDTH LATIN": "A",
    "HIRAGANA": "あ",
    "CJK": "漢",
    "DIGIT": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of text and its horizontal scale in per cent."""

    text: str
    scale: int = 100


def condensed(font: TextFont, text: str, size: float, room: float, least: int) -> Row | None:
    """Return ``text`` in one row of ``room`` points, condensed to no less than ``least`` per cent, if that is enough."""
    width = font.width(text) * size / 1000
    if width <= room:
        return Row(text=text)
    scale = int(100 * room / width)
    return Row(text=text, scale=scale) if scale >= least else None


def wrapped(
    font: TextFont,
    text: str,
    size: float,
    room: float,
    least: int,
    most: int = _MOST_ROWS,
    worst: int = WORST,
) -> list[Row] | None:
    """Return ``text`` in as few rows as hold it (``most`` at most), broken at the best places, or ``None``.

    ``worst`` is the cost up to which places are taken; ``INSIDE_WORDS - 1`` keeps katakana and Latin words whole.
    """
    whole = condensed(font, text, size, room, least)
    if whole:
        return [whole]
    for allowed in range(2, most + 1):
        for first, rest in _breaks(text, allowed, worst):
            head = condensed(font, first, size, room, least)
            tail = wrapped(font, rest, size, room, least, allowed - 1, worst) if head else None
            if head and tail:
                return [head, *tail]
    return None


def _breaks(text: str, rows: int, worst: int) -> Iterator[tuple[str, str]]:
    """Yield the ways to break ``text`` in front of its last ``rows - 1`` rows, the best first."""
    middle = len(text) / rows
    places = [
        place
        for place in range(1, len(text))
        if _may_break(text[place - 1], text[place]) and not leaves_honorific(text, place)
    ]
    costs = {place: break_cost(text, place) for place in places}
    places.sort(key=lambda place: (costs[place], abs(place - middle)))
    for place in places:
        if costs[place] > worst:
            return
        yield text[:place].rstrip(_SPACES), text[place:].lstrip(_SPACES)


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after in _SPACES:
        return False
    if unicodedata.category(after) in ("Mn", "Mc"):
        return False
    return not (_is_narrow(before) and _is_narrow(after))


def leaves_honorific(text: str, place: int) -> bool:
    """Tell whether an honorific alone would follow a break."""
    return text[place:].strip(_SPACES) in _NEVER_ALONE


def _is_narrow(character: str) -> bool:
    return character.isdecimal() or (character.isascii() and character.isalpha()) or character in "-－−‐"


def break_cost(text: str, place: int) -> int:
    """Judge a place, the lower the better.

    After a space or a legal form; before a building or room; behind an area or between words; behind a number; inside
    a word. A building's name follows the block number in another script (17番25号|メゾン), a room is a number that ends the
    text (壱番館|１２０５号室).
    """
    before, after = text[place - 1], text[place]
    if before in _SPACES or text.endswith(_LEGAL_FORMS, 0, place):
        return 0
    kinds = _kind(before), _kind(after)
    if after.isdecimal():
        return 1
    if before in "号番" and kinds[1] != "1" and after not in "室棟館地":
        return 1
    if kinds[0] == kinds[1] and kinds[0] in "アA":
        return INSIDE_WORDS
    if before.isdecimal():
        return 5 if after in _AFTER_NUMBER else 3
    ends_area = before in _AREAS and after not in _AREAS
    return 2 if kinds[0] != kinds[1] or ends_area else 4


@cache
def _kind(character: str) -> str:
    """Return a character that stands for the script: ア, A, あ, 漢, 1, or - for anything else."""
    if character == "・":
        return "-"
    if character == "ー":
        return "ア"
    if character.isdecimal():
        return "1"
    name = unicodedata.name(character, "")
    return next((kind for start, kind in _WORDLIKE.items() if name.startswith(start)), "-")
