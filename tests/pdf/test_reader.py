"""The reader finds every code and refuses what it cannot answer for."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from gateway.errors import Failed
from gateway.pdf.bar_font import BarFont, code128_string
from gateway.pdf.reader import line_codes
from gateway.pdf.text_font import TextFont
from gateway.pdf.writer import PdfWriter

CODES = ["G7K2M9XQ4T1C", "G00000000000", "GZZZZZZZZZZZ"]
CUSTOMER = "[15000021-2-3dddddddd6]"


def _file(path: Path, *pages: str) -> Path:
    font = TextFont()
    font.encode("様")
    with path.open("wb") as file:
        writer = PdfWriter(file, width=595.2, height=841.92)
        for page in pages:
            writer.add_page(page.encode("latin-1"))
        writer.close(fonts={"T": font.embed(writer), "B": BarFont().embed(writer)})
    return path


def _page(*strings: str) -> str:
    shown = "".join(f"0 -24 Td <{string}>Tj\n" for string in strings)
    return f"BT\n/T 9 Tf 48 720 Td <69d8>Tj\n/B 24 Tf {shown}/T 6 Tf 0 -9 Td <69d8>Tj\nET"


def _customer(text: str = CUSTOMER) -> str:
    return text.encode("ascii").hex()


def test_codes_come_in_the_order_of_pages_and_labels(tmp_path: Path) -> None:
    first = _page(_customer(), code128_string(CODES[0]), code128_string(CODES[1]))
    path = _file(tmp_path / "a.pdf", first, _page(code128_string(CODES[2])))
    assert list(line_codes(path)) == CODES


def test_a_doubled_code_comes_twice(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.pdf", _page(code128_string(CODES[0]), code128_string(CODES[0])))
    assert list(line_codes(path)) == [CODES[0]] * 2


def test_a_code_drawn_in_the_text_font_is_not_seen(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.pdf", f"BT\n/T 9 Tf 48 720 Td <{code128_string(CODES[0])}>Tj\nET")
    assert list(line_codes(path)) == []


def test_codes_of_different_lengths_are_read(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.pdf", _page(code128_string("AB"), code128_string("ABCDEFGHIJKLMNOPQRSTUVWX")))
    assert list(line_codes(path)) == ["AB", "ABCDEFGHIJKLMNOPQRSTUVWX"]


GOOD = code128_string(CODES[0])
BAD_PAGES = {
    "one bar glyph changed": _page(GOOD[:4] + "a5" + GOOD[6:]),
    "stop symbol missing": _page(GOOD[:-2]),
    "customer barcode with a wrong check digit": _page(_customer(CUSTOMER.replace("6]", "5]"))),
    "bars that are neither": _page("3132"),
    "half a byte too much": _page(GOOD + "0", GOOD + "0"),
    "no bars at all in a string": _page(GOOD, ""),
    "string in capitals": _page(GOOD.upper()),
    "literal string": f"BT\n/B 24 Tf 9 9 Td ({bytes.fromhex(GOOD).decode('latin-1')})Tj\nET",
    "array of strings": f"BT\n/B 24 Tf 9 9 Td [<{GOOD}>]TJ\nET",
    "invisible text": f"BT 3 Tr\n/B 24 Tf 9 9 Td <{GOOD}>Tj\nET",
    "white text": f"1 1 1 rg BT\n/B 24 Tf 9 9 Td <{GOOD}>Tj\nET",
    "font restored": f"BT\n/B 24 Tf 9 9 Td q /T 9 Tf Q <{GOOD}>Tj\nET",
    "picture": "/B Do",
}


@pytest.mark.parametrize("page", BAD_PAGES.values(), ids=BAD_PAGES.keys())
def test_what_the_writer_would_not_write_is_refused_with_the_page(tmp_path: Path, page: str) -> None:
    path = _file(tmp_path / "a.pdf", _page(GOOD), page)
    with pytest.raises(Failed, match="page 2") as refusal:
        list(line_codes(path))
    assert refusal.value.code == "unreadable_labels"


def test_a_byte_changed_inside_a_page_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.pdf", _page(GOOD))
    data = bytearray(path.read_bytes())
    data[data.index(b"stream\n") + 20] ^= 0x40
    path.write_bytes(data)
    with pytest.raises(Failed):
        list(line_codes(path))


@pytest.mark.parametrize("cut", [0, 10, 400, -3], ids=["empty", "head", "half", "tail"])
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, cut: int) -> None:
    path = _file(tmp_path / "a.pdf", _page(GOOD))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Failed):
        list(line_codes(path))


def test_something_appended_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.pdf", _page(GOOD))
    path.write_bytes(path.read_bytes() + b"\n1 0 obj\n<<>>\nendobj\n")
    with pytest.raises(Failed):
        list(line_codes(path))


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(40, 700, CODES[0])
    canvas.save()
    with pytest.raises(Failed):
        list(line_codes(tmp_path / "a.pdf"))
