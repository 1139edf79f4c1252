"""The same labels drawn with fpdf2 as its manual teaches it: a peer of the label benchmark, where it is installed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.labels_peer import SPANS, text_rows
from gateway.api import Line
from gateway.pdf import code128
from gateway.pdf.faces import face_path
from gateway.pdf.grid import MILLIMETRE, STEP
from gateway_labels.customer_barcode import barcode_for
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
        assert line.address is not None  # every line of the benchmark has one
        symbol = barcode_for(line.address).symbol
        if plan.bars and symbol:
            for bar, state in enumerate(symbol.bars):
                low, high = SPANS[state]
                x, y = left + plan.bars[0] + bar * 11 * STEP, bottom - plan.bars[1] - high * STEP
                pdf.rect(x, y, 6 * STEP, (high - low) * STEP, style="F")
        _line_code(pdf, line, plan, left, bottom)
    pdf.output(str(path))


def _line_code(pdf: object, line: Line, plan: Plan, left: float, bottom: float) -> None:
    x, module = left + plan.code[0], plan.module * 0.06
    height = plan.code_height * STEP
    for value in code128.values(line.code):
        for place, run in enumerate(code128.patterns()[value]):
            if place % 2 == 0:
                pdf.rect(x, bottom - plan.code[1] - height, run * module, height, style="F")  # type: ignore[attr-defined]  # fpdf2 may not be installed
            x += run * module
