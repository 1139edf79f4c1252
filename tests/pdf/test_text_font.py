"""The text font: what it refuses, what it embeds, what a reader gets back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from gateway.pdf.faces import face_path
from gateway.pdf.font_file import FontFile, open_font
from gateway.pdf.text_font import MissingGlyph, TextFont, Texts
from gateway.pdf.typeface import typeface
from gateway.pdf.writer import PdfWriter
from tests.pdf.resources import fonts_of, resolved

STYLES: tuple[Literal["gothic", "mincho"], ...] = ("gothic", "mincho")


def _document(path: Path, font: TextFont, *texts: str) -> Path:
    with path.open("wb") as file:
        writer = PdfWriter(file, width=595.2, height=841.92)
        rows = "".join(f"<{font.encode(text)}>Tj T* " for text in texts)
        writer.add_page(f"BT /T 12 Tf 20 TL 40 800 Td {rows}ET".encode("ascii"))
        writer.close(fonts={"T": font.embed(writer)})
    return path


def _text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def test_a_character_without_glyph_is_found_before_anything_is_encoded() -> None:
    font = TextFont()
    assert font.missing("見本\U000e0001\ue000見\ue000") == ("\U000e0001", "\ue000")
    with pytest.raises(MissingGlyph):
        font.encode("見本\ue000")


def test_the_message_of_a_missing_glyph_does_not_quote_the_text() -> None:
    with pytest.raises(MissingGlyph) as refusal:
        TextFont().width("見本\ue000")
    assert str(refusal.value) == "1 characters have no glyph"


@pytest.mark.parametrize("texts", [("見本", "\ue000"), ("\ue000", "見本")], ids=["last", "first"])
def test_nothing_is_remembered_of_texts_of_which_one_is_refused(
    tmp_path: Path, texts: tuple[str, str]
) -> None:
    font = TextFont()
    with pytest.raises(MissingGlyph):
        font.encode_all(texts)
    _document(tmp_path / "a.pdf", font, "山")
    _document(tmp_path / "b.pdf", TextFont(), "山")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


@pytest.mark.parametrize("style", STYLES)
def test_text_is_read_back_as_it_was_written(tmp_path: Path, style: Literal["gothic", "mincho"]) -> None:
    texts = ["𠮷野家の髙島﨑太郎", "𡈽屋濵邉𣘺德", "ABC 123-4567", "（株）見本ー・々"]
    path = _document(tmp_path / "a.pdf", TextFont(style), *texts)
    assert _text(path).split("\r\n")[: len(texts)] == texts


def test_characters_that_share_a_glyph_are_read_back_apart(tmp_path: Path) -> None:
    face = open_font(FontFile(path=face_path()))
    by_glyph: dict[int, list[str]] = {}
    for character, glyph in face.glyphs.items():
        by_glyph.setdefault(glyph, []).append(character)
    shared = "".join(c for group in by_glyph.values() if len(group) > 1 for c in group if c >= "\u4e00")[:40]
    assert _text(_document(tmp_path / "a.pdf", TextFont(), shared)).strip() == shared


def test_a_variation_selector_chooses_another_form_and_is_read_back(tmp_path: Path) -> None:
    font, chosen = TextFont(), "葛\U000e0100"
    assert font.encode(f"{chosen}城")[4:] == font.encode("城")
    assert font.encode(chosen) != font.encode("葛")
    assert font.width(chosen) == font.width("葛")
    assert _text(_document(tmp_path / "a.pdf", font, f"{chosen}城")).strip() == f"{chosen}城"


def test_a_selector_that_the_face_does_not_know_is_dropped(tmp_path: Path) -> None:
    font = TextFont()
    assert font.encode("見\U000e01ef\ufe0f本") == font.encode("見本")
    assert _text(_document(tmp_path / "a.pdf", font, "見\U000e01ef本")).strip() == "見本"


@pytest.mark.parametrize("style", STYLES)
def test_the_font_is_embedded_and_no_other_is_named(
    tmp_path: Path, style: Literal["gothic", "mincho"]
) -> None:
    path = _document(tmp_path / "a.pdf", TextFont(style), "見本")
    fonts = fonts_of(path)
    descendant = resolved(resolved(fonts["/T"])["/DescendantFonts"][0])
    assert list(fonts) == ["/T"]
    assert descendant["/FontDescriptor"]["/FontFile3"]["/Subtype"] == "/CIDFontType0C"
    assert b"Helvetica" not in path.read_bytes()


@pytest.mark.parametrize("style", STYLES)
def test_outlines_and_widths_are_those_of_the_face(
    tmp_path: Path, style: Literal["gothic", "mincho"]
) -> None:
    text = "東京都渋谷区0123ABCgjｱあア、。（）〒𠮷髙﨑様"
    path = _document(tmp_path / "a.pdf", TextFont(style), text)
    descendant = resolved(resolved(fonts_of(path)["/T"])["/DescendantFonts"][0])
    embedded = CFFFontSet()
    embedded.decompile(BytesIO(descendant["/FontDescriptor"]["/FontFile3"].get_data()), None)
    outlines = embedded[0].CharStrings
    face, stand_ins = open_font(FontFile(path=face_path(style))), typeface(style).stand_ins
    with TTFont(face_path(style)) as original:
        glyphs, table = original.getGlyphSet(), original.getBestCmap()
        for character in text:
            expected, found = RecordingPen(), RecordingPen()
            glyphs[table[ord(character)]].draw(expected)
            outlines[f"cid{ord(stand_ins.get(character, character)):05d}"].draw(found)
            assert found.value == expected.value
            assert face.widths[character] == glyphs[table[ord(character)]].width


@pytest.mark.parametrize("style", STYLES)
def test_all_printable_ascii_can_be_printed(style: Literal["gothic", "mincho"]) -> None:
    assert TextFont(style).missing("".join(map(chr, range(32, 127)))) == ()


def test_texts_are_measured_together_as_they_are_one_by_one() -> None:
    font = TextFont()
    texts = ["見本123", "", "𠮷\U000e0100ｱ", "見本" * 40 + "\ue000", "\ud842", "Ю⸺"]
    widths = font.widths(Texts.of(texts)).tolist()
    assert widths[:3] == [font.width(text) for text in texts[:3]]
    assert [width < 0 for width in widths] == [False, False, False, True, True, False]


def test_texts_looked_up_together_stay_what_they_are() -> None:
    texts = ["見本123", "", "𠮷\U000e0100ｱ", "\ud842"]
    looked_up = Texts.of(texts)
    assert [looked_up[place] for place in range(len(looked_up))] == texts


def test_columns_are_encoded_as_texts_are() -> None:
    font = TextFont()
    points = np.array([list(map(ord, text)) for text in ("〒1", "𠮷様")], dtype=np.uint32)
    assert [row.tobytes().hex() for row in font.columns(points)] == font.encode_all(["〒1", "𠮷様"])
    with pytest.raises(MissingGlyph):
        font.columns(np.array([[0xE000]], dtype=np.uint32))


@pytest.mark.parametrize("texts", [[], [""]], ids=["no text", "an empty one"])
def test_nothing_at_all_is_measured_and_encoded_as_nothing(texts: list[str]) -> None:
    font = TextFont()
    assert font.widths(Texts.of(texts)).tolist() == [0] * len(texts)
    assert font.encode_all(texts) == texts


@given(st.text(alphabet=sorted(open_font(FontFile(path=face_path())).glyphs), max_size=30))
def test_any_text_of_known_characters_has_two_bytes_a_character(text: str) -> None:
    assert len(TextFont().encode(text)) == 4 * sum(c not in "\u200b\u200d\ufeff" for c in text)
