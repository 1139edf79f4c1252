"""Fit text into a row: condense (長体) to 85 %, then wrap at a good place, then condense to 70 %."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.pdf.text_font import TextFont

COMFORTABLE = 85
TIGHTEST = 70
_MOST_ROWS = 3

_NEVER_FIRST = frozenset(
    "ー、。，．,.・)）」』】〕｝]々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ゛゜-－−‐―様"
)
_NEVER_LAST = frozenset("(（「『【〔｛[〒")
_SPACES = " \u3000"


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


def wrapped(font: TextFont, text: str, size: float, room: float, least: int) -> list[Row] | None:
    """Return ``text`` in as few rows as hold it (three at most), broken at the best places, or ``None``."""
    return _wrapped(font, text, size, room, least, _MOST_ROWS)


def _wrapped(font: TextFont, text: str, size: float, room: float, least: int, rows: int) -> list[Row] | None:
    whole = condensed(font, text, size, room, least)
    if whole:
        return [whole]
    for allowed in range(2, rows + 1):
        for first, rest in _breaks(text, allowed):
            head = condensed(font, first, size, room, least)
            tail = _wrapped(font, rest, size, room, least, allowed - 1) if head else None
            if head and tail:
                return [head, *tail]
    return None


def _breaks(text: str, rows: int) -> Iterator[tuple[str, str]]:
    """Yield the ways to break ``text`` in front of its last ``rows - 1`` rows, the best first."""
    middle = len(text) / rows
    places = [place for place in range(1, len(text)) if _may_break(text[place - 1], text[place])]
    places.sort(key=lambda place: (_cost(text[place - 1], text[place]), abs(place - middle)))
    for place in places:
        yield text[:place].rstrip(_SPACES), text[place:].lstrip(_SPACES)


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after in _SPACES:
        return False
    return not (_is_narrow(before) and _is_narrow(after))


def _is_narrow(character: str) -> bool:
    return character.isdecimal() or (character.isascii() and character.isalpha()) or character in "-－−‐"


def _cost(before: str, after: str) -> int:
    """Judge a place: after a space, else in front of a number, else between words, worst behind a number."""
    if before in _SPACES:
        return 0
    if after.isdecimal():
        return 1
    return 3 if before.isdecimal() else 2
