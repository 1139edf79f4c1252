"""The same labels set by typst from a table of their data: a peer of the label benchmark."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.labels_drawing import code128_bars, customer_bars, text_rows
from gateway.api import Line
from gateway.pdf.faces import face_path
from gateway.pdf.grid import MILLIMETRE
from gateway_labels.layout import Plan
from gateway_labels.sheets import Sheet

_SCRIPT = """
#let sheet = json("sheet.json")
#set page(width: sheet.page_width * 1mm, height: sheet.page_height * 1mm, margin: 0pt)
#set text(font: "Noto Sans JP", top-edge: "baseline", bottom-edge: "baseline")
#for page in json("pages.json") {
  for label in page {
    for (x, y, size, shown) in label.texts {
      place(top + left, dx: x * 1pt, dy: y * 1pt, text(size: size * 1pt, shown))
    }
    for (x, y, width, height) in label.bars {
      place(top + left, dx: x * 1pt, dy: y * 1pt, rect(width: width * 1pt, height: height * 1pt, fill: black))
    }
  }
  pagebreak(weak: true)
}
"""


def write(path: Path, lines: Iterable[Line], sheet: Sheet, plan: Plan) -> None:
    """Write all labels to one file: every string and every bar is placed."""
    import typst

    pages: list[list[dict[str, object]]] = []
    for place, line in enumerate(lines):
        if place % sheet.labels == 0:
            pages.append([])
        pages[-1].append(_label(line, sheet, plan, place % sheet.labels))
    folder = path.parent
    (folder / "pages.json").write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
    measures = {"page_width": sheet.page_width, "page_height": sheet.page_height}
    (folder / "sheet.json").write_text(json.dumps(measures), encoding="utf-8")
    (folder / "labels.typ").write_text(_SCRIPT, encoding="utf-8")
    typst.compile(str(folder / "labels.typ"), output=str(path), font_paths=[str(face_path().parent)])


def _label(line: Line, sheet: Sheet, plan: Plan, place: int) -> dict[str, object]:
    """Return texts and bars in points from the upper left corner of the page."""
    left, top = (side * MILLIMETRE for side in sheet.corner(place))
    bottom = top + sheet.height * MILLIMETRE
    return {
        "texts": [(left + x, bottom - y, size, text) for x, y, size, text in text_rows(line, plan)],
        "bars": [
            (left + x, bottom - y - height, width, height)
            for x, y, width, height in (*customer_bars(line, plan), *code128_bars(line, plan))
        ],
    }
