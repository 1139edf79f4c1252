"""Write the labels of a delivery: sheet after sheet to ``labels.pdf``, or to numbered volumes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count, islice
from typing import BinaryIO

from gateway.api import Batch, Line
from gateway.pdf.bar_font import BarFont
from gateway.pdf.grid import MILLIMETRE, STEP, number, steps
from gateway.pdf.text_font import TextFont
from gateway.pdf.writer import PdfWriter
from gateway_labels.compose import Composer
from gateway_labels.layout import Plan, plan
from gateway_labels.options import LabelOptions
from gateway_labels.sheets import Sheet, bar_grid, find_sheet

PAPER_EDGE = 5.0
"""Millimetres at the paper's edge that many printers cannot reach."""

_HAIR = 0.0001
"""Points off the page's sides: renderers round the page up to whole pixels and would stretch it by one."""

_CHUNK = 128


def render(batch: Batch[LabelOptions]) -> None:
    """Print every line of the batch that can be printed, in order, and refuse the others with their reason."""
    job = _Job(batch)
    lines = iter(batch)
    for volume in count(1):
        start = batch.options.start - 1 if volume == 1 else 0
        font = TextFont(batch.options.font)
        labels = job.labels(lines, font, start)
        first = next(labels, None)
        if first is None:
            return
        with batch.open_binary(job.file_name(volume)) as file:
            job.write(file, chain((first,), labels), font, start)


class _Job:
    """What stays the same from volume to volume."""

    def __init__(self, batch: Batch[LabelOptions]) -> None:
        options = batch.options
        self._batch = batch
        self._options = options
        self._sheet = find_sheet(options.sheet)
        self._plan = plan(self._sheet, None if options.barcode == "none" else bar_grid(self._sheet))
        self._origins = [_origin(self._sheet, options, place) for place in range(self._sheet.labels)]
        self._near_edge = [
            _is_near_edge(self._sheet, options, self._plan, p) for p in range(self._sheet.labels)
        ]
        self._outlines = _outlines(self._sheet, options) if options.outlines else ""
        self._capacity = options.sheets_per_file * self._sheet.labels
        self._in_volumes = 0 < self._capacity < len(batch) + options.start - 1

    def file_name(self, volume: int) -> str:
        """Name a volume; a delivery that fits one file has no number."""
        return f"labels-{volume:03d}.pdf" if self._in_volumes else "labels.pdf"

    def labels(self, lines: Iterator[Line], font: TextFont, start: int) -> Iterator[str]:
        """Compose the labels of one volume chunk by chunk, refusing what cannot be printed.

        No more lines are taken than the volume has places, so that the next volume goes on where this one ends.
        """
        composer = Composer(self._plan, self._options, font, self._batch.report)
        places = self._capacity - start if self._in_volumes else len(self._batch)
        while places and (chunk := list(islice(lines, min(places, _CHUNK)))):
            labels = composer.labels(chunk, self._batch.refuse)
            places -= len(labels)
            yield from labels

    def write(self, file: BinaryIO, labels: Iterator[str], font: TextFont, start: int) -> None:
        """Write one volume: its sheets, then the fonts."""
        width, height = (side * STEP - _HAIR for side in _page(self._sheet))
        writer = PdfWriter(file, width=width, height=height)
        printed = near_edge = 0
        while page := [
            f"{origin}{label}" for origin, label in zip(self._origins[start:], labels, strict=False)
        ]:
            writer.add_page(f"{self._outlines}BT\n{''.join(page)}ET".encode("ascii"))
            near_edge += sum(self._near_edge[start : start + len(page)])
            printed += len(page)
            self._batch.progress(len(page))
            start = 0
        bar_font = BarFont(
            self._plan.grid.name if self._plan.grid else "g8",
            module=self._plan.module,
            height=self._plan.code_height,
        )
        writer.close(
            fonts={"T": font.embed(writer), "B": bar_font.embed(writer)},
            title=f"Address labels, delivery {self._batch.order.delivery}",
        )
        if near_edge:
            self._batch.report("bars_near_paper_edge", near_edge)
        if self._sheet.grid is None and self._options.barcode == "auto":
            self._batch.report("no_barcode:sheet_too_narrow", printed)


def _page(sheet: Sheet) -> tuple[int, int]:
    return steps(sheet.page_width), steps(sheet.page_height)


def _origin(sheet: Sheet, options: LabelOptions, place: int) -> str:
    """Return the operator that moves to a label's lower left corner, on the printing grid."""
    left, top = sheet.corner(place)
    x = steps(left + options.offset_x)
    y = _page(sheet)[1] - steps(top + sheet.height + options.offset_y)
    return f"1 0 0 1 {number(x * STEP)} {number(y * STEP)} Tm\n"


def _is_near_edge(sheet: Sheet, options: LabelOptions, layout: Plan, place: int) -> bool:
    """Tell whether a label's customer barcode lies where many printers do not print."""
    if layout.bars is None or layout.grid is None:
        return False
    left = sheet.corner(place)[0] + options.offset_x + layout.bars[0] / MILLIMETRE
    bottom = sheet.corner(place)[1] + sheet.height + options.offset_y - layout.bars[1] / MILLIMETRE
    right_rest = sheet.page_width - left - layout.grid.width
    return min(left, right_rest, sheet.page_height - bottom) < PAPER_EDGE


def _outlines(sheet: Sheet, options: LabelOptions) -> str:
    """Return the operators that draw the edges of all labels as hairlines."""
    operators = ["0.24 w\n"]
    for place in range(sheet.labels):
        left, top = sheet.corner(place)
        x = (left + options.offset_x) * MILLIMETRE
        y = _page(sheet)[1] * STEP - (top + options.offset_y) * MILLIMETRE
        right, bottom = x + sheet.width * MILLIMETRE, y - sheet.height * MILLIMETRE
        corners = [(x, y), (right, y), (right, bottom), (x, bottom), (x, y)]
        moves = [f"{number(a)} {number(b)}" for a, b in corners]
        operators.append(f"{moves[0]} m {' '.join(f'{move} l' for move in moves[1:])} S\n")
    return "".join(operators)
