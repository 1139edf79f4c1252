"""The same labels drawn with reportlab's canvas as its manual teaches it: the peer of the label benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gateway.api import Line
from gateway.pdf.grid import MILLIMETRE, STEP, steps
from gateway.pdf.truetype import register_font
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.layout import Plan
from gateway_labels.sheets import Sheet
from gateway_labels.wording import name_row, postal_row

SPANS = {"F": (0, 33), "A": (11, 33), "D": (0, 22), "T": (11, 22)}


def write(path: Path, lines: Iterable[Line], characters: str, sheet: Sheet, plan: Plan) -> None:
    """Write all labels to one file: text by ``drawString``, bars by ``rect``, the line code by ``Code128``."""
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.pdfgen.canvas import Canvas

    font = register_font(characters, document=path.name)
    page = (steps(sheet.page_width) * STEP, steps(sheet.page_height) * STEP)
    canvas = Canvas(str(path), pagesize=page, initialFontName=font)
    for place, line in enumerate(lines):
        if place and place % sheet.labels == 0:
            canvas.showPage()
        left, top = sheet.corner(place % sheet.labels)
        canvas.saveState()
        canvas.translate(left * MILLIMETRE, page[1] - (top + sheet.height) * MILLIMETRE)
        _draw_text(canvas, line, font, plan)
        if plan.bars:
            _draw_bars(canvas, line, plan.bars)
        code = Code128(line.code, barWidth=plan.module * 0.06, barHeight=plan.code_height * STEP, quiet=0)
        code.drawOn(canvas, *plan.code)
        canvas.restoreState()
    canvas.save()


def text_rows(line: Line, plan: Plan) -> list[tuple[float, float, float, str]]:
    """Return x, y, type size and text of a label's rows, none of them fitted."""
    assert line.address is not None  # every line of the benchmark has one
    rows = [(plan.postal.x, plan.postal.y, plan.postal.size, postal_row(line.address.postal_code))]
    size = plan.body_sizes[0]
    texts = [text for text in (line.address.text, line.address.building) if text]
    rows += [
        (plan.postal.x, y, size, text)
        for y, text in zip(plan.baselines(size, len(texts), 0)[0], texts, strict=True)
    ]
    rows.append((plan.name.x, plan.name.y, plan.name.size, name_row(line, "様")))
    rows.append((plan.code_text.x, plan.code_text.y, plan.code_text.size, line.code))
    return rows


def _draw_text(canvas: object, line: Line, font: str, plan: Plan) -> None:
    for x, y, type_size, text in text_rows(line, plan):
        canvas.setFont(font, type_size)  # type: ignore[attr-defined]  # reportlab has no types
        canvas.drawString(x, y, text)  # type: ignore[attr-defined]  # see above


def _draw_bars(canvas: object, line: Line, origin: tuple[float, float]) -> None:
    assert line.address is not None  # every line of the benchmark has one
    symbol = barcode_for(line.address).symbol
    for place, state in enumerate(symbol.bars if symbol else ""):
        low, high = SPANS[state]
        x, y = origin[0] + place * 11 * STEP, origin[1] + low * STEP
        canvas.rect(x, y, 6 * STEP, (high - low) * STEP, stroke=0, fill=1)  # type: ignore[attr-defined]  # see above
