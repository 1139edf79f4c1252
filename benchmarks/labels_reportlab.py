"""The same labels drawn with reportlab's canvas as its manual teaches it: the peer that the label writer is measured by."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.labels_drawing import customer_bars, module, text_rows
from gateway.api import Line
from gateway.pdf.grid import MILLIMETRE, STEP, steps
from gateway_labels.layout import Plan
from gateway_labels.sheets import Sheet


def write(path: Path, lines: Iterable[Line], font: str, sheet: Sheet, plan: Plan) -> None:
    """Write all labels to one file: text by ``drawString``, bars by ``rect``, the line code by ``Code128``."""
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.pdfgen.canvas import Canvas

    page = (steps(sheet.page_width) * STEP, steps(sheet.page_height) * STEP)
    canvas = Canvas(str(path), pagesize=page, initialFontName=font)
    for place, line in enumerate(lines):
        if place and place % sheet.labels == 0:
            canvas.showPage()
        left, top = sheet.corner(place % sheet.labels)
        canvas.saveState()
        canvas.translate(left * MILLIMETRE, page[1] - (top + sheet.height) * MILLIMETRE)
        _draw(canvas, line, font, plan)
        code = Code128(line.code, barWidth=module(plan), barHeight=plan.code_height * STEP, quiet=0)
        code.drawOn(canvas, *plan.code)
        canvas.restoreState()
    canvas.save()


def _draw(canvas: Any, line: Line, font: str, plan: Plan) -> None:
    for x, y, size, text in text_rows(line, plan):
        canvas.setFont(font, size)
        canvas.drawString(x, y, text)
    for x, y, width, height in customer_bars(line, plan):
        canvas.rect(x, y, width, height, stroke=0, fill=1)
