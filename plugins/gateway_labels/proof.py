"""Sheets to print before the stock is used: outlines of all labels, and rulers that tell how far a printer is off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from gateway.pdf.grid import MILLIMETRE, STEP, number, steps
from gateway.pdf.text_font import TextFont
from gateway.pdf.writer import PdfWriter
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.stationery import sheet_lines

_SIZE = 7.0
_RULER = 10
"""Millimetres that a ruler reaches to both sides of its middle."""

_TICKS = {True: 3.0, False: 1.5}
_TENTH = 0.12


def write_proof(file: BinaryIO, options: LabelOptions) -> None:
    """Write a sheet with outlines, the labels' numbers and measures, and crosses in the middle of the labels."""
    job = Job(replace(options, outlines=True))
    sheet = job.sheet
    font = TextFont(job.typeface)
    shown = [sheet_lines(sheet, job.options)]
    for place in range(sheet.labels):
        x, y = job.corners[place]
        middle = x + sheet.width * MILLIMETRE / 2, y + sheet.height * MILLIMETRE / 2
        shown += _cross(*middle)
        about = f"{place + 1}　{sheet.width:g} x {sheet.height:g} mm"
        shown.append(_text(font, about, x + 6, y + sheet.height * MILLIMETRE - 12))
    told = f"{sheet.name}　100 %（拡大縮小なし）で印刷し、ラベル用紙に重ねて透かして見てください。"
    shown.append(_text(font, told, 30, 8))
    _write(file, job, font, "".join(shown), "Proof")


def write_calibration(file: BinaryIO, options: LabelOptions) -> None:
    """Write a sheet with rulers of 0.5 mm at the edges of the first and the last label.

    Laid over the stock, the label's edge meets a ruler where the printer is off: right and down are positive, as in
    ``[formats.labels.printers.NAME]``; the amount read has the opposite sign there.
    """
    job = Job(options)
    sheet = job.sheet
    font = TextFont(job.typeface)
    shown = [f"{number(_TENTH)} w\n"]
    for place in sorted({0, sheet.columns - 1, sheet.labels - sheet.columns, sheet.labels - 1}):
        x, y = job.corners[place]
        width, height = sheet.width * MILLIMETRE, sheet.height * MILLIMETRE
        shown += _ruler_x(font, x if place % sheet.columns == 0 else x + width, y + height / 2)
        shown += _ruler_y(font, x + width / 2, y + height if place < sheet.columns else y)
    first_x, first_y = job.corners[0]
    x, y = options.offset
    told = (
        f"{sheet.name}　プリンター {options.printer or '-'}　現在の補正 x={x:g} y={y:g} mm",
        "拡大縮小なしで印刷し、ラベル用紙に重ねて透かします。",
        "用紙の端が目盛りの +a にあれば x または y に a を加え、-a なら a を引きます。",
    )
    for row, text in enumerate(told):
        shown.append(_text(font, text, first_x + 40, first_y + 30 - row * 9))
    _write(file, job, font, "".join(shown), "Calibration")


def _ruler_x(font: TextFont, x: float, y: float) -> Iterator[str]:
    """Draw a horizontal ruler whose zero is where a vertical edge should be."""
    for half in range(-2 * _RULER, 2 * _RULER + 1):
        at, tick = x + half * MILLIMETRE / 2, _TICKS[half % 2 == 0] * (1.6 if half == 0 else 1)
        yield _line(at, y, at, y + tick * MILLIMETRE)
        if half % 4 == 0:
            yield _text(font, f"{half // 2:+d}" if half else "0", at - 3, y - 6, 4.5)


def _ruler_y(font: TextFont, x: float, y: float) -> Iterator[str]:
    """Draw a vertical ruler whose zero is where a horizontal edge should be; down is positive."""
    for half in range(-2 * _RULER, 2 * _RULER + 1):
        at, tick = y - half * MILLIMETRE / 2, _TICKS[half % 2 == 0] * (1.6 if half == 0 else 1)
        yield _line(x, at, x + tick * MILLIMETRE, at)
        if half % 4 == 0:
            yield _text(font, f"{half // 2:+d}" if half else "0", x - 9, at - 1.5, 4.5)


def _cross(x: float, y: float) -> Iterator[str]:
    yield _line(x - 6, y, x + 6, y)
    yield _line(x, y - 6, x, y + 6)


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f"{number(x)} {number(y)} m {number(to_x)} {number(to_y)} l S\n"


def _text(font: TextFont, text: str, x: float, y: float, size: float = _SIZE) -> str:
    return f"BT /T {number(size)} Tf {number(x)} {number(y)} Td <{font.encode(text)}>Tj ET\n"


def _write(file: BinaryIO, job: Job, font: TextFont, content: str, title: str) -> None:
    width, height = (steps(side) * STEP for side in (job.sheet.page_width, job.sheet.page_height))
    writer = PdfWriter(file, width=width, height=height)
    writer.add_page(content.encode("ascii"))
    writer.close(fonts={"T": font.embed(writer)}, title=title)
