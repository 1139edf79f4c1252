"""Write finished sheets as a PDF that depends on nothing but what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Protocol

from reportlab.pdfgen.canvas import Canvas

from gateway.documents.sheet import PAGE_HEIGHT, PAGE_WIDTH, POINTS_PER_MM, Bars, Box, Mark, Rule, Sheet, Text
from gateway.pdf.truetype import register_font

_BOLD_STROKE = 0.026
"""Width of the outline that makes a heading bold, in parts of its size: the face has one weight only."""
_FILL_ONLY, _FILL_AND_STROKE = 0, 2


class _Pen(Protocol):
    """The part of reportlab's canvas that marks are drawn with."""

    def setFont(self, name: str, size: float) -> None: ...  # noqa: N802
    def setLineWidth(self, width: float) -> None: ...  # noqa: N802
    def drawString(self, x: float, y: float, text: str, mode: int | None = None) -> None: ...  # noqa: N802
    def line(self, x1: float, y1: float, x2: float, y2: float) -> None: ...
    def rect(
        self, x: float, y: float, width: float, height: float, stroke: int = 1, fill: int = 0
    ) -> None: ...


def write_sheets(path: Path, sheets: Sequence[Sheet], *, title: str, created_at: datetime) -> None:
    """Write an A4 PDF with all fonts embedded.

    ``created_at`` (aware) is the only time in the file and ``title`` names a document, never a person.
    Raises ``Refused`` when a character has no glyph.
    """
    characters = "".join(mark.text for sheet in sheets for mark in sheet.marks if isinstance(mark, Text))
    font = register_font(characters, document=title)
    canvas = Canvas(
        str(path),
        pagesize=(PAGE_WIDTH * POINTS_PER_MM, PAGE_HEIGHT * POINTS_PER_MM),
        pageCompression=1,
        invariant=1,
        initialFontName=font,
        initialFontSize=10,
        lang="ja-JP",
    )
    stamp = created_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
    canvas.setDateFormatter(lambda *_unused: stamp)
    canvas.setTitle(title)
    canvas.setAuthor("delivery-gateway")
    canvas.setCreator("delivery-gateway")
    for sheet in sheets:
        for mark in sheet.marks:
            _draw(canvas, font, mark)
        canvas.showPage()
    canvas.save()


def _draw(pen: _Pen, font: str, mark: Mark) -> None:
    match mark:
        case Text():
            pen.setFont(font, mark.size)
            if mark.bold:
                pen.setLineWidth(mark.size * _BOLD_STROKE)
            pen.drawString(
                _across(mark.x), _up(mark.y), mark.text, mode=_FILL_AND_STROKE if mark.bold else _FILL_ONLY
            )
        case Rule():
            pen.setLineWidth(_across(mark.width))
            pen.line(_across(mark.x), _up(mark.y), _across(mark.to_x), _up(mark.to_y))
        case Box():
            pen.setLineWidth(_across(mark.line))
            pen.rect(_across(mark.x), _up(mark.y + mark.height), _across(mark.width), _across(mark.height))
        case Bars():
            _draw_bars(pen, mark)


def _draw_bars(pen: _Pen, bars: Bars) -> None:
    position = 0
    for module, run in groupby(bars.modules):
        length = len(list(run))
        if module == "1":
            left, width = bars.x + position * bars.module, length * bars.module
            pen.rect(
                _across(left),
                _up(bars.y + bars.height),
                _across(width),
                _across(bars.height),
                stroke=0,
                fill=1,
            )
        position += length


def _across(millimetres: float) -> float:
    return millimetres * POINTS_PER_MM


def _up(millimetres: float) -> float:
    return (PAGE_HEIGHT - millimetres) * POINTS_PER_MM
