"""What a cell may hold: nothing that breaks a row, nothing that a spreadsheet program would run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_TRIGGERS = frozenset("=+-@＝＋－＠\t\r\n")
_BLANKS = frozenset(chr(code) for code in range(0x3001) if chr(code).isspace())
_BEGINNINGS = _TRIGGERS | _BLANKS
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")


def starts_formula(cell: str) -> bool:
    """Tell whether Excel or another program may take a cell for a formula, full-width signs and blanks included."""
    return cell[:1] in _BEGINNINGS and (cell[:1] in "\t\r\n" or cell.lstrip()[:1] in _TRIGGERS)


def may_start_formulas(cells: Sequence[str]) -> bool:
    """Tell quickly whether any of many cells may start a formula; most columns hold no such sign anywhere."""
    whole = "".join(cells)
    if not any(sign in whole for sign in _TRIGGERS):
        return False
    return not _BEGINNINGS.isdisjoint({cell[:1] for cell in cells})


def all_plain(cells: Iterable[str]) -> bool:
    """Tell quickly whether no cell holds anything but printable characters and ideographic spaces."""
    return "".join(cells).replace("\u3000", "").isprintable()


def unprintable(cell: str) -> str:
    """Return why a cell cannot leave: ``control_character`` or ``private_character``; empty when it can.

    Format characters (bidirectional, zero-width, byte order marks), line separators and lone surrogates count as control
    characters: they are invisible, and some programs break rows at them.
    """
    found = ""
    for character in cell:
        if character.isprintable():
            continue
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Zl", "Zp", "Cs") or _is_no_character(ord(character)):
            return "control_character"
        if category == "Co":
            found = "private_character"
    return found


def escaped(cell: str) -> str:
    """Return ``forbidden_character`` for ``_x0041_``: some readers of workbooks take it for a character, others do not."""
    return "forbidden_character" if _ESCAPED.search(cell) else ""


def _is_no_character(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
