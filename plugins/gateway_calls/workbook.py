"""A workbook whose cells are all text, so that no program takes numbers for numbers or blocks for dates."""

from __future__ import annotations

from contextlib import ExitStack

import xlsxwriter

from gateway.api import Batch
from gateway_calls.compose import Composed
from gateway_calls.options import CallOptions
from gateway_calls.profile import Profile

SHEET = "calls"
_WIDEST = 40


class Workbook:
    """One worksheet under way; rows go to the disk as they come."""

    def __init__(self, book: xlsxwriter.Workbook, profile: Profile) -> None:
        """Write the header."""
        self._sheet = book.add_worksheet(SHEET)
        self._text = book.add_format({"num_format": "@"})
        self._next = 0
        for place, column in enumerate(profile.columns):
            self._sheet.set_column(place, place, min(_WIDEST, 2 * len(column.name) + 10), self._text)
        if profile.header:
            self._append(tuple(column.name for column in profile.columns))
            self._sheet.freeze_panes(1, 0)

    def write(self, rows: Composed) -> None:
        """Append rows."""
        for row in zip(*rows.cells, strict=True):
            self._append(row)

    def _append(self, row: tuple[str, ...]) -> None:
        for place, cell in enumerate(row):
            if cell:
                self._sheet.write_string(self._next, place, cell, self._text)
        self._next += 1


def open_workbook(stack: ExitStack, batch: Batch[CallOptions], profile: Profile, name: str) -> Workbook:
    """Open a workbook of the package; it is complete when the stack closes. Its scratch files stay in the package's folder."""
    path = batch.path(name)
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
    )
    stack.callback(book.close)
    book.set_properties({"created": batch.order.created_at.replace(tzinfo=None)})
    return Workbook(book, profile)
