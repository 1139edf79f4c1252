"""Cut a TrueType font down to the glyphs that a document uses; outlines stay the bytes that they are."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from fontTools.ttLib.sfnt import SFNTWriter

from gateway.pdf.borrowed import Borrowed, DrawnGlyph, as_truetype
from gateway.pdf.font_file import FontFile, open_table

_AS_THEY_ARE = ("cvt ", "fpgm", "prep")
"""What hinted outlines refer to."""

_HEAD_LONG_OFFSETS, _HHEA_METRICS, _MAXP_GLYPHS = 50, 34, 4
_WORDS, _SCALE, _MORE, _TWO_SCALES, _MATRIX = 0x01, 0x08, 0x20, 0x40, 0x80


def subset(
    file: FontFile, glyphs: Mapping[int, int], borrowed: Mapping[int, Borrowed]
) -> tuple[bytes, dict[int, int]]:
    """Return a TrueType program and the place in it of each character identifier (PDF 32000-1, 9.7.4.2).

    ``glyphs`` maps identifiers to the font's own glyphs, ``borrowed`` to glyphs of other fonts. Glyph 0 is
    ``.notdef``.
    """
    with open_table(file) as font:
        units = font["head"].unitsPerEm
        outlines = _Outlines(font)
        places = outlines.take([0, *(glyphs[identifier] for identifier in sorted(glyphs))])
        identifiers = {identifier: places[glyph] for identifier, glyph in glyphs.items()}
        drawn = as_truetype([borrowed[identifier] for identifier in sorted(borrowed)], units)
        for identifier, glyph in zip(sorted(borrowed), drawn, strict=True):
            identifiers[identifier] = outlines.add(glyph)
        return _program(font, outlines, drawn), identifiers


class _Outlines:
    """The outlines taken so far, with their widths and bearings, in the order of the new font."""

    def __init__(self, font: Any) -> None:
        raw = font.reader["loca"]
        long_offsets = font["head"].indexToLocFormat
        self._offsets = np.frombuffer(raw, ">u4" if long_offsets else ">u2").astype(np.int64)
        if not long_offsets:
            self._offsets *= 2
        self._glyf = font.reader["glyf"]
        self._metrics, self._order = font["hmtx"].metrics, font.getGlyphOrder()
        self.outlines: list[bytes] = []
        self.metrics: list[tuple[int, int]] = []
        self._places: dict[int, int] = {}

    def take(self, wanted: Sequence[int]) -> dict[int, int]:
        """Take glyphs over, the parts that they are composed of included; return their new places."""
        waiting = list(dict.fromkeys(wanted))
        while waiting:
            for glyph in waiting:
                self._places.setdefault(glyph, len(self._places))
            parts = [part for glyph in waiting for _, part in _parts(self._outline(glyph))]
            waiting = [part for part in dict.fromkeys(parts) if part not in self._places]
        for glyph in self._places:
            self.outlines.append(self._renumbered(self._outline(glyph)))
            self.metrics.append(self._metrics[self._order[glyph]])
        return self._places

    def add(self, glyph: DrawnGlyph) -> int:
        """Add a glyph of another font; return its place."""
        self.outlines.append(glyph.outline)
        self.metrics.append((glyph.advance, glyph.bearing))
        return len(self.outlines) - 1

    def _outline(self, glyph: int) -> bytes:
        return bytes(self._glyf[self._offsets[glyph] : self._offsets[glyph + 1]])

    def _renumbered(self, outline: bytes) -> bytes:
        changed = bytearray(outline)
        for at, part in _parts(outline):
            struct.pack_into(">H", changed, at, self._places[part])
        return bytes(changed)


def _parts(outline: bytes) -> Iterator[tuple[int, int]]:
    """Yield where a composite outline names its parts, and which they are (OpenType, table ``glyf``)."""
    if len(outline) < 10 or outline[0] < 0x80:
        return
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, part = struct.unpack_from(">HH", outline, at)
        yield at + 2, part
        at += 4 + (4 if flags & _WORDS else 2)
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0


def _program(font: Any, taken: _Outlines, drawn: Sequence[DrawnGlyph]) -> bytes:
    """Put the tables together that a PDF's TrueType program needs."""
    count = len(taken.outlines)
    padded = [outline + b"\0" * (-len(outline) % 4) for outline in taken.outlines]
    offsets = np.cumsum([0, *map(len, padded)])
    tables = {tag: bytes(font.reader[tag]) for tag in _AS_THEY_ARE if tag in font.reader}
    tables |= {
        "head": _with_short(bytes(font.reader["head"]), _HEAD_LONG_OFFSETS, 1),
        "hhea": _with_short(bytes(font.reader["hhea"]), _HHEA_METRICS, count),
        "maxp": _maximum_profile(bytes(font.reader["maxp"]), count, drawn),
        "hmtx": b"".join(struct.pack(">Hh", *metric) for metric in taken.metrics),
        "loca": offsets.astype(">u4").tobytes(),
        "glyf": b"".join(padded),
    }
    output = BytesIO()
    writer = SFNTWriter(output, len(tables), "\0\1\0\0")
    for tag in sorted(tables):
        writer[tag] = tables[tag]
    writer.close()
    return output.getvalue()


def _with_short(table: bytes, offset: int, value: int) -> bytes:
    return table[:offset] + struct.pack(">H", value) + table[offset + 2 :]


def _maximum_profile(table: bytes, count: int, drawn: Sequence[DrawnGlyph]) -> bytes:
    """Return ``maxp`` with the number of glyphs, and room for the largest outline that was added."""
    points, contours = struct.unpack_from(">HH", table, _MAXP_GLYPHS + 2)
    points = max([points, *(glyph.points for glyph in drawn)])
    contours = max([contours, *(glyph.contours for glyph in drawn)])
    return table[:_MAXP_GLYPHS] + struct.pack(">HHH", count, points, contours) + table[_MAXP_GLYPHS + 6 :]
