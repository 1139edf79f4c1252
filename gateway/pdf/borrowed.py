"""Draw a glyph of one font anew in the outlines of another, so that a document needs one font only.

Fallback characters are few: drawing one takes about a millisecond, and every text stays one string.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.pdf.font_file import FontFile, open_table

if TYPE_CHECKING:
    from fontTools.misc.psCharStrings import T2CharString

_MAXIMUM_ERROR = 0.0005
"""How far a quadratic outline may lie from the cubic one, in ems: invisible at any print size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """A glyph of another font file; lengths are scaled to the borrowing font's ``units`` an em."""

    file: FontFile
    glyph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnGlyph:
    """A TrueType outline with what the font's tables have to know of it."""

    outline: bytes
    advance: int
    bearing: int
    points: int
    contours: int


def as_charstrings(borrowed: Sequence[Borrowed], units: int) -> list[T2CharString]:
    """Draw glyphs as CFF outlines."""
    if not borrowed:
        return []
    from fontTools.pens.t2CharStringPen import T2CharStringPen

    drawn = []
    for each in borrowed:
        with open_table(each.file) as font:
            pen = T2CharStringPen(None, None)
            _draw(font, each.glyph, pen, units)
            drawn.append(pen.getCharString())
    return drawn


def as_truetype(borrowed: Sequence[Borrowed], units: int) -> list[DrawnGlyph]:
    """Draw glyphs as TrueType outlines."""
    if not borrowed:
        return []
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    drawn = []
    for each in borrowed:
        with open_table(each.file) as font:
            pen = TTGlyphPen(None)
            advance = _draw(font, each.glyph, Cu2QuPen(pen, _MAXIMUM_ERROR * units), units)
            glyph = pen.glyph()
            drawn.append(
                DrawnGlyph(
                    outline=glyph.compile(None),
                    advance=advance,
                    bearing=getattr(glyph, "xMin", 0),
                    points=len(getattr(glyph, "coordinates", ())),
                    contours=max(0, glyph.numberOfContours),
                )
            )
    return drawn


def _draw(font: Any, glyph: int, pen: Any, units: int) -> int:
    """Draw a glyph scaled to ``units`` an em; return its advance."""
    from fontTools.misc.transform import Scale
    from fontTools.pens.transformPen import TransformPen

    scale: float = units / font["head"].unitsPerEm
    name = font.getGlyphOrder()[glyph]
    outline = font.getGlyphSet()[name]
    outline.draw(TransformPen(pen, Scale(scale)))
    width: float = outline.width
    return round(width * scale)
