"""The TrueType conversion: complete, cached, harmless without a cache, searchable beyond U+FFFF."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from gateway.errors import Refused
from gateway.pdf import truetype
from gateway.pdf.truetype import missing_characters, register_font, text_width, without_selectors


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GATEWAY_CACHE_DIR", str(tmp_path / "cache"))
    yield
    truetype._open_store.cache_clear()


def _pdf_with(text: str) -> bytes:
    out = BytesIO()
    name = register_font(text, document="test")
    canvas = Canvas(out, invariant=1, initialFontName=name)
    canvas.setFont(name, 20)
    canvas.drawString(50, 700, text)
    canvas.save()
    return out.getvalue()


def _text_of(pdf: bytes) -> str:
    text: str = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    return text


def _ink_of(pdf: bytes) -> bytes:
    data: bytes = pypdfium2.PdfDocument(pdf)[0].render(scale=2, grayscale=True).to_pil().tobytes()
    return data


@pytest.mark.parametrize(
    "text", ["納品番号 D000123G", "髙﨑彅德濵邉", "𠮷𣘺𡈽"], ids=["usual", "rare", "beyond_bmp"]
)
def test_text_reads_back_as_it_was_written(text: str) -> None:
    assert _text_of(_pdf_with(text)) == text


def test_a_second_document_has_its_own_characters() -> None:
    _pdf_with("あいう")
    name = register_font("えおR", document="test")
    assert {ord(each) for each in "えおR"} <= pdfmetrics.getFont(name).face.charToGlyph.keys()


def test_a_character_without_glyph_is_refused_by_its_code_point() -> None:
    with pytest.raises(Refused, match=r"U\+3479") as refusal:
        register_font("青㑹", document="test")
    assert refusal.value.code == "missing_glyph"


def test_missing_characters_are_named_once_in_order() -> None:
    assert missing_characters("a\U0010fffd㑹a㑹") == "\U0010fffd㑹"


def test_a_variation_selector_is_dropped() -> None:
    assert without_selectors("葛\U000e0100飾") == "葛飾"


def test_a_wide_character_is_one_em() -> None:
    assert text_width("納品", 10.0) == pytest.approx(20.0)


def test_the_file_depends_on_the_characters_only() -> None:
    first = _pdf_with("納品書")
    register_font("まったく別の文字", document="test")
    truetype._open_store.cache_clear()
    assert _pdf_with("納品書") == first


def test_the_cache_file_spares_opening_the_face(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = _pdf_with("記録")
    truetype._open_store.cache_clear()
    monkeypatch.setattr(truetype, "_Source", None)
    assert _pdf_with("記録") == expected


def test_a_folder_that_cannot_be_made_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("GATEWAY_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert _text_of(_pdf_with("記録")) == "記録"


@pytest.mark.parametrize("content", [b"", b"\xe9\x02", b"noise"], ids=["empty", "cut", "noise"])
def test_a_damaged_cache_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    expected = _pdf_with("記録")
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(content)
    truetype._open_store.cache_clear()
    assert _pdf_with("記録") == expected


def test_the_outline_is_the_face_s_own() -> None:
    """Every used glyph leaves ink, and none is the blank box of ``.notdef``."""
    box = _ink_of(_pdf_with("□"))
    blank = _ink_of(_pdf_with("\u3000"))
    assert all(_ink_of(_pdf_with(character)) not in {box, blank} for character in "納品書オ1A𠮷")
