"""Write rectangles as the glyphs of a small TrueType font, one glyph a character code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

Rectangle = tuple[int, int, int, int]
"""Left, bottom, right and top in font units."""


def font_of(
    name: str, units_per_em: int, glyphs: Mapping[int, Sequence[Rectangle]], advances: Mapping[int, int]
) -> bytes:
    """Return the font file that has these glyphs; the same ones give the same bytes."""
    names = {code: f"bars{code:02x}" for code in glyphs}
    builder = FontBuilder(units_per_em, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupGlyf(
        {".notdef": _outline(()), **{names[code]: _outline(shape) for code, shape in glyphs.items()}}
    )
    builder.setupHorizontalMetrics(
        {
            ".notdef": (units_per_em // 2, 0),
            **{names[code]: (advances[code], shape[0][0]) for code, shape in glyphs.items()},
        }
    )
    builder.setupHorizontalHeader(ascent=units_per_em, descent=0)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font["cmap"] = _character_map(names)
    output = BytesIO()
    builder.font.save(output)
    return output.getvalue()


def _outline(rectangles: Sequence[Rectangle]) -> object:
    pen = TTGlyphPen(None)
    for left, bottom, right, top in rectangles:
        pen.moveTo((left, bottom))
        pen.lineTo((left, top))
        pen.lineTo((right, top))
        pen.lineTo((right, bottom))
        pen.closePath()
    return pen.glyph()


def _character_map(names: Mapping[int, str]) -> object:
    """Map codes for a symbolic font twice: readers look for (1, 0) or for (3, 0) at F000 (PDF 32000-1, 9.6.6.4)."""
    table = newTable("cmap")
    table.tableVersion = 0
    macintosh = CmapSubtable.newSubtable(0)
    macintosh.platformID, macintosh.platEncID, macintosh.language, macintosh.cmap = 1, 0, 0, names
    symbol = CmapSubtable.newSubtable(4)
    symbol.platformID, symbol.platEncID, symbol.language = 3, 0, 0
    symbol.cmap = {0xF000 + code: name for code, name in names.items()}
    table.tables = [macintosh, symbol]
    return table
