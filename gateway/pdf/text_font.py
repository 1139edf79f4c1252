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
from pathlib import Path

from fontTools.ttLib import TTFont

from gateway.pdf import cff
from gateway.pdf.faces import Style, face_path
from gateway.pdf.unicode_map import to_unicode
from gateway.pdf.writer import PdfWriter

DROPPED = frozenset(
    [*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)), "\u200b", "\u200d", "\ufeff"]
)
"""Characters that are never printed: variation selectors, zero-width space and joiner, byte order mark."""

WIDEST = 1010
"""The greatest width taken, in thousandths of the type size: without the two- and three-em dashes, which no name or
address holds, a text's length alone tells that it fits."""

_FIRST_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF


class MissingGlyph(ValueError):
    """The face lacks characters; the message counts them, ``characters`` holds them."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"{len(characters)} characters have no glyph")
        self.characters = characters


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
    """Read a face's characters and widths; takes 0.1 s once per process."""
    path = face_path(style)
    with TTFont(path, lazy=True) as font:
        order = font.getReverseGlyphMap()
        metrics = font["hmtx"].metrics
        table = font.getBestCmap()
        scale = 1000 / font["head"].unitsPerEm
        widths = {chr(code): round(metrics[glyph][0] * scale) for code, glyph in table.items()}
        widths = {character: width for character, width in widths.items() if width <= WIDEST}
        glyphs = {
            chr(code): order[glyph] for code, glyph in table.items() if order[glyph] and chr(code) in widths
        }
        widths.update(dict.fromkeys(DROPPED, 0))
        head, heights = font["head"], font["OS/2"]
        return Face(
            path=path,
            name=font["CFF "].cff.fontNames[0],
            glyphs=glyphs,
            widths=widths,
            stand_ins=_stand_ins(glyphs),
            box=(head.xMin, head.yMin, head.xMax, head.yMax),
            ascent=font["hhea"].ascent,
            descent=font["hhea"].descent,
            capital_height=heights.sCapHeight,
        )


def _stand_ins(glyphs: Mapping[str, int]) -> dict[str, str]:
    """Give each character beyond the first plane a fixed private-use character that the face does not use."""
    private = map(chr, range(_FIRST_PRIVATE, _LAST_PRIVATE + 1))
    free = (character for character in private if character not in glyphs)
    return dict(zip((c for c in sorted(glyphs) if c > "\uffff"), free, strict=False))


class TextFont:
    """A face in use by one document: encodes text and remembers the characters to embed."""

    def __init__(self, style: Style = "gothic") -> None:
        self.face = open_face(style)
        self._plain: set[str] = set()
        self._used: set[str] = set()

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of ``text`` that the face lacks, each once, in order."""
        if self._plain.issuperset(text):
            return ()
        lacking = (c for c in text if c not in self.face.glyphs and c not in DROPPED)
        return tuple(dict.fromkeys(lacking))

    def width(self, text: str) -> int:
        """Return the advance of ``text`` in thousandths of the type size; raise ``MissingGlyph``."""
        try:
            return sum(map(self.face.widths.__getitem__, text))
        except KeyError:
            raise MissingGlyph(self.missing(text)) from None

    def encode(self, text: str) -> str:
        """Return ``text`` as the hexadecimal digits of a PDF string, two bytes a character; raise ``MissingGlyph``.

        Nothing is remembered of a text that is refused.
        """
        if not self._plain.issuperset(text):
            text = self._admit(text)
        return text.encode("utf-16-be").hex()

    def encode_all(self, texts: Sequence[str]) -> list[str]:
        """Encode several texts, or none: raise ``MissingGlyph`` before anything of them is remembered."""
        joined = "".join(texts)
        if self._plain.issuperset(joined):
            return [text.encode("utf-16-be").hex() for text in texts]
        lacking = self.missing(joined)
        if lacking:
            raise MissingGlyph(lacking)
        return [self.encode(text) for text in texts]

    def embed(self, writer: PdfWriter) -> int:
        """Write the font, cut down to the characters encoded so far; return its object number."""
        characters = sorted(self._used)
        codes = {ord(self.face.stand_ins.get(character, character)): character for character in characters}
        tag = _tag("".join(characters).encode("utf-32-be"))
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

    def _admit(self, text: str) -> str:
        lacking = self.missing(text)
        if lacking:
            raise MissingGlyph(lacking)
        kept = [character for character in text if character not in DROPPED]
        self._used.update(kept)
        self._plain.update(character for character in kept if character not in self.face.stand_ins)
        return "".join(self.face.stand_ins.get(character, character) for character in kept)

    def _width_array(self, codes: Mapping[int, str]) -> str:
        widths = self.face.widths
        return "".join(f"{code}[{widths[c]}]" for code, c in sorted(codes.items()) if widths[c] != 1000)


def _tag(data: bytes) -> str:
    """Return the six capitals that mark a subset (PDF 32000-1, 9.6.4), made from what it holds."""
    digest = zlib.crc32(data)
    return "".join(chr(65 + (digest // 26**place) % 26) for place in range(6))
