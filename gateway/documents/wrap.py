"""Break Japanese text into lines that fit a width."""

from __future__ import annotations

import re
from itertools import pairwise

from gateway.pdf.truetype import text_width

_WORD = re.compile(r"[!-~]+|\s|.", re.DOTALL)
_NEVER_FIRST = frozenset("、。，．・：；？！ー～）」』】〕〉》々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％%)]}")
_NEVER_LAST = frozenset("（「『【〔〈《〒([{")
_CHARACTERS_CARRIED = 3


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break ``text`` into lines of at most ``width`` points; newlines are kept, runs of ASCII stay together.

    A line never starts with closing marks or small kana nor ends with an opening bracket (禁則, JIS X 4051), unless
    the width leaves no choice. A run of ASCII wider than the line, such as a hash, is cut anywhere.
    """
    return [line for paragraph in text.split("\n") for line in _wrap_paragraph(paragraph, width, size)]


def _wrap_paragraph(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    current, filled = "", 0.0
    for piece in _pieces(text, width, size):
        advance = text_width(piece, size)
        if current and filled + advance > width:
            kept, carried = _split_for_kinsoku(current, piece)
            lines.append(kept.rstrip(" "))
            current = (carried + piece).lstrip(" ")
            filled = text_width(current, size)
        else:
            current += piece
            filled += advance
    return [*lines, current]


def _pieces(text: str, width: float, size: float) -> list[str]:
    pieces: list[str] = []
    for word in _WORD.findall(text):
        pieces.extend([word] if text_width(word, size) <= width else word)
    return pieces


def _split_for_kinsoku(line: str, following: str) -> tuple[str, str]:
    """Decide how many last characters of a full line move down together with what follows it."""
    for carried in range(min(_CHARACTERS_CARRIED, len(line) - 1) + 1):
        cut = len(line) - carried
        first = (line[cut:] + following)[0]
        if first not in _NEVER_FIRST and line[cut - 1] not in _NEVER_LAST and not _splits_word(line, cut):
            return line[:cut], line[cut:]
    return line, ""


def _splits_word(line: str, cut: int) -> bool:
    return any(
        "!" <= left <= "~" and "!" <= right <= "~" for left, right in pairwise(line[cut - 1 : cut + 1])
    )
