"""The page writer: a sound file, the same bytes for the same calls."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from gateway.pdf.bar_font import BarFont
from gateway.pdf.text_font import TextFont
from gateway.pdf.writer import PdfWriter
from tests.pdf.resources import fonts_of, resolved


def _write(path: Path, pages: int, created: datetime | None = None) -> Path:
    font, bars = TextFont(), BarFont()
    with path.open("wb") as file:
        writer = PdfWriter(file, width=595.2, height=841.92)
        for number in range(pages):
            writer.add_page(f"BT /T 12 Tf 40 800 Td <{font.encode(f'頁 {number}')}>Tj ET".encode("ascii"))
        writer.close(
            fonts={"T": font.embed(writer), "B": bars.embed(writer)}, title="Labels (1)", created=created
        )
    return path


@pytest.mark.parametrize("pages", [1, 256, 257, 700])
def test_pages_are_found_in_order_whatever_their_number(tmp_path: Path, pages: int) -> None:
    document = pypdfium2.PdfDocument(_write(tmp_path / "a.pdf", pages))
    assert len(document) == pages
    for number in {0, pages // 2, pages - 1}:
        assert document[number].get_textpage().get_text_range() == f"頁 {number}"
    document.close()


def test_another_reader_finds_nothing_to_repair(tmp_path: Path) -> None:
    reader = pypdf.PdfReader(_write(tmp_path / "a.pdf", 3), strict=True)
    assert [page.mediabox.width for page in reader.pages] == [595.2] * 3


def test_the_same_calls_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = _write(tmp_path / "a.pdf", 3), _write(tmp_path / "b.pdf", 3)
    assert first.read_bytes() == second.read_bytes()


def test_viewers_are_told_not_to_scale(tmp_path: Path) -> None:
    root = pypdf.PdfReader(_write(tmp_path / "a.pdf", 1)).root_object
    assert resolved(root["/ViewerPreferences"])["/PrintScaling"] == "/None"


def test_metadata_holds_the_title_and_a_date_only_if_given(tmp_path: Path) -> None:
    plain = pypdf.PdfReader(_write(tmp_path / "a.pdf", 1)).metadata
    dated = pypdf.PdfReader(_write(tmp_path / "b.pdf", 1, datetime(2026, 4, 1, 9, tzinfo=UTC))).metadata
    assert plain == {"/Title": "Labels (1)", "/Producer": "delivery-gateway"}
    assert dated is not None
    assert dated.creation_date == datetime(2026, 4, 1, 9, tzinfo=UTC)


def test_both_fonts_are_embedded_and_no_other_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.pdf", 1)
    text, bars = (resolved(font) for _, font in sorted(fonts_of(path).items(), reverse=True))
    assert "/FontFile3" in resolved(text["/DescendantFonts"][0])["/FontDescriptor"]
    assert "/FontFile2" in bars["/FontDescriptor"]
    assert b"Helvetica" not in path.read_bytes()
