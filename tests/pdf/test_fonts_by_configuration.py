"""Fonts that the operator names: TrueType and CFF outlines, fallbacks, and fonts that cannot be embedded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import reportlab
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from gateway.errors import WrongUsage
from gateway.pdf.text_font import TextFont
from gateway.pdf.typeface import typeface
from gateway.pdf.writer import PdfWriter
from tests.pdf.resources import fonts_of, resolved

VERA = str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
"""A Latin TrueType font with composite glyphs that comes with reportlab."""

SQUARE, BAR = "字", "一"
"""Characters that the made-up fonts draw as a filled square, and as a bar."""


def _draw(pen: object, left: int, bottom: int, right: int, top: int) -> None:
    pen.moveTo((left, bottom))  # type: ignore[attr-defined]
    for point in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(point)  # type: ignore[attr-defined]
    pen.closePath()  # type: ignore[attr-defined]


def _made_up(path: Path, *, cff: bool, restricted: bool = False, units: int = 1000) -> Path:
    """Make a font with two characters whose outlines are rectangles."""
    boxes = {
        ".notdef": (0, 0, 1, 1),
        "square": (0, 0, units, units),
        "bar": (0, units // 3, units, units // 2),
    }
    builder = FontBuilder(units, isTTF=not cff)
    builder.setupGlyphOrder(list(boxes))
    builder.setupCharacterMap({ord(SQUARE): "square", ord(BAR): "bar"})
    if cff:
        drawn = {}
        for name, box in boxes.items():
            pen = T2CharStringPen(units, None)
            _draw(pen, *box)
            drawn[name] = pen.getCharString()
        builder.setupCFF("MadeUp", {}, drawn, {})
    else:
        glyphs = {}
        for name, box in boxes.items():
            pen = TTGlyphPen(None)
            _draw(pen, *box)
            glyphs[name] = pen.glyph()
        builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(boxes, (units, 0)))
    builder.setupHorizontalHeader(ascent=units, descent=0)
    builder.setupOS2(fsType=2 if restricted else 0)
    builder.setupNameTable({"familyName": "Made Up", "styleName": "Regular", "psName": "MadeUp"})
    builder.setupPost()
    builder.save(path)
    return path


def _document(path: Path, font: TextFont, text: str) -> Path:
    with path.open("wb") as file:
        writer = PdfWriter(file, width=300, height=60)
        writer.add_page(f"BT /T 30 Tf 10 15 Td <{font.encode(text)}>Tj ET".encode("ascii"))
        writer.close(fonts={"T": font.embed(writer)})
    return path


def _text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[0].get_textpage().get_text_range()).strip()
    finally:
        document.close()


def _ink(path: Path) -> list[int]:
    """Return how many of a hundred dots are black in each of the cells of one type size."""
    document = pypdfium2.PdfDocument(path)
    try:
        image = np.asarray(document[0].render(scale=2, grayscale=True).to_numpy()).reshape(120, 600) < 128
    finally:
        document.close()
    cells = (image[30:90, 20 + 60 * place : 80 + 60 * place] for place in range(3))
    return [round(100 * float(cell.mean())) for cell in cells]


@pytest.mark.parametrize("cff", [True, False], ids=["cff", "glyf"])
@pytest.mark.parametrize("units", [1000, 2048])
def test_a_font_by_configuration_is_embedded_and_prints(tmp_path: Path, cff: bool, units: int) -> None:
    made_up = _made_up(tmp_path / "a.font", cff=cff, units=units)
    path = _document(tmp_path / "a.pdf", TextFont(typeface("gothic", str(made_up))), SQUARE + BAR)
    descendant = resolved(resolved(fonts_of(path)["/T"])["/DescendantFonts"][0])
    assert descendant["/Subtype"] == ("/CIDFontType0" if cff else "/CIDFontType2")
    assert ("/FontFile3" if cff else "/FontFile2") in descendant["/FontDescriptor"]
    assert _text(path) == SQUARE + BAR
    assert _ink(path)[0] >= 97
    assert 14 <= _ink(path)[1] <= 20


@pytest.mark.parametrize("cff", [True, False], ids=["cff", "glyf"])
def test_what_a_font_lacks_comes_from_the_own_font_in_the_same_string(tmp_path: Path, cff: bool) -> None:
    made_up = _made_up(tmp_path / "a.font", cff=cff, units=2048)
    font = TextFont(typeface("mincho", str(made_up)))
    path = _document(tmp_path / "a.pdf", font, f"{SQUARE}𠮷{BAR}")
    alone = _document(tmp_path / "b.pdf", TextFont("mincho"), "一𠮷一")
    assert _text(path) == f"{SQUARE}𠮷{BAR}"
    assert abs(_ink(path)[1] - _ink(alone)[1]) <= 1
    assert list(fonts_of(path)) == ["/T"]


def test_fallbacks_stand_in_for_what_the_own_font_lacks(tmp_path: Path) -> None:
    assert TextFont().missing("Ǆ")
    assert typeface("gothic", "", (VERA,)).faces[1].name == "BitstreamVeraSans-Roman"
    made_up = _made_up(tmp_path / "a.font", cff=False)
    font = TextFont(typeface("gothic", "", (str(made_up),)))
    assert font.encode(SQUARE) == TextFont().encode(SQUARE)
    assert font.typeface.face_of(SQUARE) == 0


def test_composite_glyphs_bring_their_parts(tmp_path: Path) -> None:
    font = TextFont(typeface("gothic", VERA))
    path = _document(tmp_path / "a.pdf", font, "éÀç見本")
    bare = _document(tmp_path / "b.pdf", TextFont(typeface("gothic", VERA)), "eAc見本")
    assert _text(path) == "éÀç見本"
    assert sum(_ink(path)) > sum(_ink(bare))


@pytest.mark.parametrize("name", ["missing.otf", "text.ttf", "restricted.ttf", "variable.ttf"])
def test_a_font_that_cannot_be_embedded_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.ttf").write_text("no font at all", encoding="ascii")
    _made_up(tmp_path / "restricted.ttf", cff=False, restricted=True)
    _variable(tmp_path / "variable.ttf")
    with pytest.raises(WrongUsage, match=name) as refusal:
        typeface("gothic", str(tmp_path / name))
    assert refusal.value.code == "unusable_font"


def _variable(path: Path) -> None:
    from fontTools.ttLib import TTFont

    _made_up(path, cff=False)
    with TTFont(path) as font:
        builder = FontBuilder(font=font)
        builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
        builder.save(path)


def test_characters_beyond_the_first_plane_never_run_out_of_codes() -> None:
    face = typeface("gothic")
    assert len(face.stand_ins) + len(face.free) > 40_000


def test_vertical_writing_uses_the_forms_that_the_face_has_for_it(tmp_path: Path) -> None:
    font = TextFont()
    upright = font.encode_upright("ー（東")
    assert [code == font.encode(c) for code, c in zip(upright, "ー（東", strict=True)] == [False, False, True]
    with (tmp_path / "a.pdf").open("wb") as file:
        writer = PdfWriter(file, width=60, height=120)
        shown = "".join(f"0 -30 Td <{code}>Tj " for code in upright)
        writer.add_page(f"BT /T 30 Tf 15 110 Td {shown}ET".encode("ascii"))
        writer.close(fonts={"T": font.embed(writer)})
    assert "".join(_text(tmp_path / "a.pdf").split()) == "ー（東"
