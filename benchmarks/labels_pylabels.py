"""The same labels drawn with pylabels as its manual teaches it: a peer of the label benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.labels_drawing import code128_bars, customer_bars, text_rows
from gateway.api import Line
from gateway_labels.layout import Plan
from gateway_labels.sheets import Sheet


def write(path: Path, lines: Iterable[Line], font: str, sheet: Sheet, plan: Plan) -> None:
    """Write all labels to one file: one drawing a label, of strings and rectangles."""
    import labels  # type: ignore[import-untyped]
    from reportlab.graphics import shapes

    def draw(drawing: Any, _width: float, _height: float, line: Line) -> None:
        for x, y, size, text in text_rows(line, plan):
            drawing.add(shapes.String(x, y, text, fontName=font, fontSize=size))
        for rectangle in (*customer_bars(line, plan), *code128_bars(line, plan)):
            drawing.add(shapes.Rect(*rectangle, strokeWidth=0, strokeColor=None))

    specification = labels.Specification(
        sheet.page_width,
        sheet.page_height,
        sheet.columns,
        sheet.rows,
        sheet.width,
        sheet.height,
        left_margin=sheet.left,
        top_margin=sheet.top,
        column_gap=sheet.gap_x,
        row_gap=sheet.gap_y,
    )
    printed = labels.Sheet(specification, draw)
    printed.add_labels(lines)
    printed.save(str(path))
