"""Both barcodes as one small TrueType font: a customer barcode and a Code128 are one string each.

Glyphs beat drawn rectangles: a raster fills every pixel that a path touches, so drawn bars grow. The font's text
layer is readable (``[2630023-3-30-8-403dddd5]``), so any reader of the PDF can check what the bars say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from gateway.pdf import code128
from gateway.pdf.bar_grid import GRIDS, BarGrid, GridName
from gateway.pdf.grid import number
from gateway.pdf.unicode_map import to_unicode
from gateway.pdf.writer import PdfWriter
from gateway.postal import derived_cache

FONT_SIZE = 24
"""The only type size at which the bars have their measures: one third of an inch."""

UNITS_PER_EM = 2000
_UNITS_PER_INCH = UNITS_PER_EM * 72 // FONT_SIZE

BASE_FONT = "GWBARS+GatewayBars"
"""The name by which the reader knows the bar font."""

CODE128_BASE = 0x80
"""The character code of Code128 symbol value 0."""

_MODULES_PER_INCH = 1200

CUSTOMER_LENGTH = 23
"""Characters of a customer barcode: start, 20 places, check digit, stop."""

CUSTOMER_BARS = {
    "0": "FTT", "1": "FFT", "2": "FDA", "3": "DFA", "4": "FAD", "5": "FTF", "6": "DAF", "7": "AFD", "8": "ADF",
    "9": "TFF", "-": "TFT", "a": "DAT", "b": "DTA", "c": "ADT", "d": "TDA", "e": "ATD", "f": "TAD", "g": "TTF",
    "h": "FFF", "[": "FD", "]": "DF",
}  # fmt: skip
"""Bars of each character: F long, A and D semi-long up and down, T timing; ``a`` to ``h`` stand for CC1 to CC8."""

_KEPT_VERSION = 1
"""Changes with the measures of the glyphs, or the cache would keep the old ones."""

_Rectangle = tuple[int, int, int, int]


def customer_string(characters: str) -> str:
    """Return a customer barcode as the hexadecimal digits of a PDF string; raise ``ValueError`` unless it is whole.

    ``characters`` are the 23 of the symbol: ``[``, 20 places, the check digit, ``]``, with ``a`` to ``h`` for the
    control codes CC1 to CC8.
    """
    if len(characters) != CUSTOMER_LENGTH:
        raise ValueError("a customer barcode has 23 characters")
    return characters.encode("ascii").hex()


def code128_string(text: str) -> str:
    """Return a Code128 (code set B) as the hexadecimal digits of a PDF string; ``text`` is printable ASCII."""
    return code128_rows((text,)).tobytes().hex()


def code128_rows(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return Code128 of one length as the bytes of PDF strings, one a row; raise ``ValueError`` otherwise."""
    length = len(texts[0])
    if not length or set(map(len, texts)) != {length}:
        raise ValueError("the texts are empty or differ in length")
    symbols = code128.many_values("".join(texts).encode("ascii"), length)
    return (symbols + CODE128_BASE).astype(np.uint8)


class BarFont:
    """The bar font of one document: its grid for the customer barcode, and the measures of its Code128.

    ``module`` is the Code128 module in 1/1200 inch (9, 0.19 mm, is the least that common scanners read),
    ``height`` the Code128 height in 1/300 inch.
    """

    def __init__(self, grid: GridName = "g8", *, module: int = 10, height: int = 43) -> None:
        self.grid = GRIDS[grid]
        self.module = module
        self.height = height

    def embed(self, writer: PdfWriter) -> int:
        """Write the font and return its object number; it is for type size ``FONT_SIZE`` alone."""
        program, advances = _built(self.grid, self.module, self.height)
        font, descriptor, stream, unicode = (writer.allocate() for _ in range(4))
        first, last = min(advances), max(advances)
        widths = " ".join(
            number(advances.get(code, 0) * 1000 / UNITS_PER_EM) for code in range(first, last + 1)
        )
        writer.put(
            font,
            f"<</Type/Font/Subtype/TrueType/BaseFont/{BASE_FONT}/FirstChar {first}/LastChar {last}"
            f"/Widths[{widths}]/FontDescriptor {descriptor} 0 R/ToUnicode {unicode} 0 R>>",
        )
        writer.put(
            descriptor,
            f"<</Type/FontDescriptor/FontName/{BASE_FONT}/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0"
            f"/Ascent 1000/Descent 0/CapHeight 1000/StemV 80/FontFile2 {stream} 0 R>>",
        )
        writer.put_stream(stream, program, entries=f"/Length1 {len(program)}")
        writer.put_stream(unicode, to_unicode(_readable(), code_bytes=1))
        return font


def _readable() -> dict[int, str]:
    """Map character codes to text: set-B characters as they are, functions as circled numbers, a space visibly."""
    readable = {ord(character): character for character in CUSTOMER_BARS}
    for value in range(code128.SYMBOLS):
        shown = chr(value + 32) if value < 95 else chr(0x2460 + value - 95)
        readable[CODE128_BASE + value] = "\u2420" if value == 0 else shown
    return readable


@cache
def _built(grid: BarGrid, module: int, height: int) -> tuple[bytes, dict[int, int]]:
    """Return the font file and the advance of each character code; building takes 40 ms, so it is kept."""
    return derived_cache(
        f"bars-{grid.name}-{module}-{height}", _KEPT_VERSION, lambda: _build(grid, module, height)
    )


def _build(grid: BarGrid, module: int, height: int) -> tuple[bytes, dict[int, int]]:
    from gateway.pdf.bar_outlines import font_of

    glyphs = {code: (rectangles, advance) for code, rectangles, advance in _glyphs(grid, module, height)}
    advances = {code: advance for code, (_, advance) in glyphs.items()}
    shapes = {code: rectangles for code, (rectangles, _) in glyphs.items()}
    return font_of("GatewayBars", UNITS_PER_EM, shapes, advances), advances


def _glyphs(grid: BarGrid, module: int, height: int) -> Iterator[tuple[int, list[_Rectangle], int]]:
    unit = _UNITS_PER_INCH // grid.units_per_inch
    spans = {
        "F": (0, grid.long),
        "A": (grid.long - grid.semi, grid.long),
        "D": (0, grid.semi),
        "T": (grid.long - grid.semi, grid.semi),
    }
    for character, states in CUSTOMER_BARS.items():
        rectangles = [
            (x * grid.pitch * unit, bottom * unit, (x * grid.pitch + grid.bar) * unit, top * unit)
            for x, (bottom, top) in enumerate(map(spans.__getitem__, states))
        ]
        yield ord(character), rectangles, len(states) * grid.pitch * unit
    width, top = module * _UNITS_PER_INCH // _MODULES_PER_INCH, height * _UNITS_PER_INCH // 300
    for value, runs in enumerate(code128.patterns()):
        edges = [sum(runs[:place]) * width for place in range(len(runs) + 1)]
        bars = [(edges[place], 0, edges[place + 1], top) for place in range(0, len(runs), 2)]
        yield CODE128_BASE + value, bars, edges[-1]
