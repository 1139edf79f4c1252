"""Japanese text in a PDF: one embedded font whose character codes are UTF-16 code units.

Because a code does not depend on what was printed before, pages can be written and forgotten, and the font is cut
down to the printed characters at the end. Characters beyond the first plane get a private-use code of their own and
still read as themselves. Variation selectors are dropped: the base character is printed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from fontTools.ttLib import TTFont

from gateway.pdf import cff
from gateway.pdf.faces import Style, face_path
from gateway.pdf.unicode_map import to_unicode
from gateway.pdf.writer import PdfWriter
from gateway.postal import derived_cache

DROPPED = frozenset(
    [*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)), "\u200b", "\u200d", "\ufeff"]
)
"""Characters that are never printed: variation selectors, zero-width space and joiner, byte order mark."""

_CODES = 0x10000
_CODE_POINTS = 0x110000
_LACKING = -(10**9)
"""Stands for the width of a missing glyph: no text is long enough to outweigh it."""

_FIRST_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF


class MissingGlyph(ValueError):
    """The face lacks characters; the message counts them, ``characters`` holds them."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"{len(characters)} characters have no glyph")
        self.characters = characters


_KEPT_VERSION = 2
_Kept = tuple[str, str, tuple[int, ...], tuple[int, ...], tuple[int, int, int, int], tuple[int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """An opened face: for every character its glyph and its width in thousandths of the type size.

    ``stand_ins`` maps characters beyond the first plane to the private-use character under whose code they are shown.
    """

    path: Path
    name: str
    glyphs: Mapping[str, int]
    widths: Mapping[str, int]
    stand_ins: Mapping[str, str]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    capital_height: int


@cache
def open_face(style: Style = "gothic") -> Face:
    """Return a face's characters and widths; reading them takes 0.2 s, so they are kept in the cache folder."""
    path = face_path(style)
    kept = f"face-{style}-{path.stat().st_size}"
    name, characters, glyphs, widths, box, heights = derived_cache(
        kept, _KEPT_VERSION, lambda: _read_face(path)
    )
    by_character = {c: glyph for c, glyph in zip(characters, glyphs, strict=True) if glyph}
    return Face(
        path=path,
        name=name,
        glyphs=by_character,
        widths={**dict(zip(characters, widths, strict=True)), **dict.fromkeys(DROPPED, 0)},
        stand_ins=_stand_ins(by_character),
        box=box,
        ascent=heights[0],
        descent=heights[1],
        capital_height=heights[2],
    )


def _read_face(path: Path) -> _Kept:
    """Return name, characters, their glyphs and widths, bounding box, and ascent, descent and capital height."""
    with TTFont(path, lazy=True) as font:
        order, metrics, table = font.getReverseGlyphMap(), font["hmtx"].metrics, font.getBestCmap()
        scale = 1000 / font["head"].unitsPerEm
        head, extent = font["head"], font["hhea"]
        return (
            font["CFF "].cff.fontNames[0],
            "".join(map(chr, table)),
            tuple(order[glyph] for glyph in table.values()),
            tuple(round(metrics[glyph][0] * scale) for glyph in table.values()),
            (head.xMin, head.yMin, head.xMax, head.yMax),
            (extent.ascent, extent.descent, font["OS/2"].sCapHeight),
        )


def _stand_ins(glyphs: Mapping[str, int]) -> dict[str, str]:
    """Give each character beyond the first plane a fixed private-use character that the face does not use."""
    private = map(chr, range(_FIRST_PRIVATE, _LAST_PRIVATE + 1))
    free = (character for character in private if character not in glyphs)
    return dict(zip((c for c in sorted(glyphs) if c > "\uffff"), free, strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """A face as arrays over all code points: ``shown`` is the code to print, 0 where nothing is; and the widths."""

    shown: npt.NDArray[np.uint16]
    widths: npt.NDArray[np.int32]


@cache
def _tables(style: Style) -> _Tables:
    face = open_face(style)
    tables = _Tables(
        shown=np.zeros(_CODE_POINTS, dtype=np.uint16), widths=np.full(_CODE_POINTS, _LACKING, dtype=np.int32)
    )
    points = np.fromiter(map(ord, face.widths), dtype=np.int64)
    tables.widths[points] = np.fromiter(face.widths.values(), dtype=np.int32)
    points = np.fromiter(map(ord, face.glyphs), dtype=np.int64)
    tables.shown[points] = points
    for character, stand_in in face.stand_ins.items():
        tables.shown[ord(character)] = ord(stand_in)
    tables.shown[list(map(ord, DROPPED))] = 0
    return tables


class TextFont:
    """A face in use by one document: measures and encodes text, and remembers the characters to embed.

    Texts come in lists where speed counts: a list is looked up at once, as an array of its code points.
    """

    def __init__(self, style: Style = "gothic") -> None:
        self.face = open_face(style)
        self._tables = _tables(style)
        self._used = np.zeros(_CODES, dtype=np.bool_)

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of ``text`` that the face lacks, each once, in order."""
        return tuple(dict.fromkeys(c for c in text if c not in self.face.glyphs and c not in DROPPED))

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Return each text's advance in thousandths of the type size, a negative number where a glyph is missing."""
        points = _points("".join(texts))
        reached = np.zeros(len(points) + 1, dtype=np.int64)
        np.cumsum(self._tables.widths[points], out=reached[1:])
        widths: list[int] = np.diff(reached[_bounds(texts)]).tolist()
        return widths

    def width(self, text: str) -> int:
        """Return the advance of ``text`` in thousandths of the type size; raise ``MissingGlyph``."""
        try:
            return sum(map(self.face.widths.__getitem__, text))
        except KeyError:
            raise MissingGlyph(self.missing(text)) from None

    def encode(self, text: str) -> str:
        """Return ``text`` as the hexadecimal digits of a PDF string, two bytes a character; raise ``MissingGlyph``."""
        return self.encode_all((text,))[0]

    def encode_all(self, texts: Sequence[str]) -> list[str]:
        """Encode several texts, or none: raise ``MissingGlyph`` before anything of them is remembered."""
        joined = "".join(texts)
        codes = self._tables.shown[_points(joined)]
        if not codes.all():
            lacking = self.missing(joined)
            if lacking:
                raise MissingGlyph(lacking)
            texts = ["".join(c for c in text if c not in DROPPED) for text in texts]
            codes = self._tables.shown[_points("".join(texts))]
        self._used[codes] = True
        digits = codes.astype(">u2").tobytes().hex()
        return [digits[4 * start : 4 * end] for start, end in pairwise(_bounds(texts))]

    def embed(self, writer: PdfWriter) -> int:
        """Write the font, cut down to the characters encoded so far; return its object number."""
        readings = {ord(stand_in): character for character, stand_in in self.face.stand_ins.items()}
        codes = {code: readings.get(code, chr(code)) for code in np.flatnonzero(self._used).tolist()}
        tag = _tag("".join(codes.values()).encode("utf-32-be"))
        name = f"{tag}+{self.face.name}"
        outlines = cff.subset(self.face.path, {code: self.face.glyphs[c] for code, c in codes.items()}, name)
        font, descendant, descriptor, program, unicode = (writer.allocate() for _ in range(5))
        writer.put(
            font,
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {unicode} 0 R>>",
        )
        writer.put(
            descendant,
            f"<</Type/Font/Subtype/CIDFontType0/BaseFont/{name}"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {descriptor} 0 R/DW 1000/W[{self._width_array(codes)}]>>",
        )
        box = " ".join(map(str, self.face.box))
        writer.put(
            descriptor,
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
            f"/Ascent {self.face.ascent}/Descent {self.face.descent}/CapHeight {self.face.capital_height}"
            f"/StemV 80/FontFile3 {program} 0 R>>",
        )
        writer.put_stream(program, outlines, entries="/Subtype/CIDFontType0C")
        writer.put_stream(unicode, to_unicode(codes, code_bytes=2))
        return font

    def _width_array(self, codes: Mapping[int, str]) -> str:
        widths = self.face.widths
        return "".join(f"{code}[{widths[c]}]" for code, c in sorted(codes.items()) if widths[c] != 1000)


def _points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of ``text``; a lone surrogate is one, so that it is found to be missing."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _bounds(texts: Sequence[str]) -> list[int]:
    """Return where each text begins in all of them joined, and where the last ends."""
    return list(accumulate(map(len, texts), initial=0))


def _tag(data: bytes) -> str:
    """Return the six capitals that mark a subset (PDF 32000-1, 9.6.4), made from what it holds."""
    digest = zlib.crc32(data)
    return "".join(chr(65 + (digest // 26**place) % 26) for place in range(6))
