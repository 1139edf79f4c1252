"""The same labels drawn with fpdf2 as its manual teaches it: a peer of the label benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.labels_drawing import code128_bars, customer_bars, text_rows
from gateway.api import Line
from gateway.pdf.faces import face_path
from gateway.pdf.grid import MILLIMETRE
from gateway_labels.layout import Plan
from gateway_labels.sheets import Sheet


def write(path: Path, lines: Iterable[Line], sheet: Sheet, plan: Plan) -> None:
    """Write all labels to one file: text by ``text``, both barcodes by ``rect``."""
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format=(sheet.page_width * MILLIMETRE, sheet.page_height * MILLIMETRE))
    pdf.set_auto_page_break(auto=False)
    pdf.add_font("noto", fname=face_path())
    for place, line in enumerate(lines):
        if place % sheet.labels == 0:
            pdf.add_page()
        left, top = (side * MILLIMETRE for side in sheet.corner(place % sheet.labels))
        bottom = top + sheet.height * MILLIMETRE
        for x, y, size, text in text_rows(line, plan):
            pdf.set_font("noto", size=size)
            pdf.text(left + x, bottom - y, text)
        for x, y, width, height in (*customer_bars(line, plan), *code128_bars(line, plan)):
            pdf.rect(left + x, bottom - y - height, width, height, style="F")
    pdf.output(str(path))
