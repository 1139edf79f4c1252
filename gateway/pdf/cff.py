"""Cut a CID-keyed CFF font down to the glyphs that a document uses, under character identifiers of our choice.

fontTools' own subsetter decompiles every outline (4 s for 6,000 kanji). Here outlines stay the bytes that they are:
they are only picked, and the subroutines that none of them calls are emptied (0.4 s for the same, exact outlines).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

_RETURN = b"\x0b"
_STEM_OPERATORS = frozenset((1, 3, 18, 23))
_MASK_OPERATORS = frozenset((19, 20))
_CALL_LOCAL, _CALL_GLOBAL, _ESCAPE, _SHORT = 10, 29, 12, 28


def subset(path: Path, glyphs: Mapping[int, int], name: str) -> bytes:
    """Return a bare CFF font that holds ``.notdef`` and, for each item of ``glyphs``, a glyph under a new CID.

    ``glyphs`` maps CID (0 < CID < 65536) to the glyph's index in the font file; several CIDs may share one.
    ``name`` becomes the font's name. The collection is Adobe-Identity (PDF 32000-1, 9.7.4.2).
    """
    with TTFont(path, lazy=True, recalcBBoxes=False) as font:
        fontset = font["CFF "].cff
        top = fontset[0]
        order = [(0, 0), *sorted(glyphs.items())]
        index = top.CharStrings.charStringsIndex
        outlines = [index[glyph] for _, glyph in order]
        selectors = [top.FDSelect[glyph] for _, glyph in order]
        dictionaries = sorted(set(selectors))
        _empty_unused_subroutines(fontset.GlobalSubrs, top.FDArray, dictionaries, outlines, selectors)
        names = [".notdef", *(f"cid{cid:05d}" for cid, _ in order[1:])]
        _replace_items(index, outlines)
        top.CharStrings.charStrings = {glyph_name: place for place, glyph_name in enumerate(names)}
        top.charset = names
        top.numGlyphs = len(names)
        _replace_items(top.FDArray, [top.FDArray[number] for number in dictionaries])
        top.FDSelect.format = None
        top.FDSelect.gidArray = [dictionaries.index(number) for number in selectors]
        top.ROS = ("Adobe", "Identity", 0)
        top.CIDCount = 65536
        fontset.fontNames = [name]
        output = BytesIO()
        fontset.compile(output, font)
    return output.getvalue()


def _replace_items(index: Any, items: list[Any]) -> None:
    index.items = items
    del index.file, index.offsets


def _empty_unused_subroutines(
    shared: Any, dictionaries: Any, used: Sequence[int], outlines: Sequence[Any], selectors: Sequence[int]
) -> None:
    """Replace what no outline calls by a bare return: numbers stay, so no outline has to be rewritten."""
    shared_codes = [shared[number].bytecode for number in range(len(shared))]
    shared_called: set[int] = set()
    for dictionary in used:
        own = getattr(dictionaries[dictionary].Private, "Subrs", ())
        own_codes = [own[number].bytecode for number in range(len(own))]
        own_called: set[int] = set()
        for outline, selector in zip(outlines, selectors, strict=True):
            if selector == dictionary:
                _Calls(own_codes, shared_codes, own_called, shared_called).walk(outline.bytecode)
        for number in range(len(own)):
            if number not in own_called:
                own[number].bytecode = _RETURN
    for number in range(len(shared)):
        if number not in shared_called:
            shared[number].bytecode = _RETURN


class _Calls:
    """The subroutine calls of one outline (Adobe Technical Note 5177), with the state that finding them takes."""

    def __init__(
        self, own: Sequence[bytes], shared: Sequence[bytes], own_called: set[int], shared_called: set[int]
    ) -> None:
        self._own = (own, own_called, _bias(len(own)))
        self._shared = (shared, shared_called, _bias(len(shared)))
        self._stems = 0
        self._operands = 0
        self._last = 0

    def walk(self, code: bytes) -> None:
        """Record every call made by ``code`` and by what it calls."""
        place = 0
        while place < len(code):
            byte = code[place]
            place += 1
            if byte >= 32 or byte == _SHORT:
                place = self._operand(code, byte, place)
            elif byte in (_CALL_LOCAL, _CALL_GLOBAL):
                routines, called, bias = self._own if byte == _CALL_LOCAL else self._shared
                self._operands -= 1
                called.add(self._last + bias)
                self.walk(routines[self._last + bias])
            elif byte in _STEM_OPERATORS or byte in _MASK_OPERATORS:
                self._stems += self._operands // 2
                self._operands = 0
                if byte in _MASK_OPERATORS:
                    place += (self._stems + 7) // 8
            elif byte != _RETURN[0]:
                place += byte == _ESCAPE
                self._operands = 0

    def _operand(self, code: bytes, byte: int, place: int) -> int:
        self._operands += 1
        if byte == _SHORT:
            self._last = int.from_bytes(code[place : place + 2], "big", signed=True)
            return place + 2
        if byte <= 246:
            self._last = byte - 139
            return place
        if byte == 255:
            return place + 4
        offset = (byte - 247) * 256 + 108 if byte <= 250 else -(byte - 251) * 256 - 108
        self._last = offset + code[place] if byte <= 250 else offset - code[place]
        return place + 1


def _bias(count: int) -> int:
    return 107 if count < 1240 else 1131 if count < 33900 else 32768
