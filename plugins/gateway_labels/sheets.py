"""The catalogue of label sheets: measures of what stationers sell, checked when they are read."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from gateway.i18n import _
from gateway.pdf.bar_grid import CLEAR_ZONE, GRIDS, BarGrid, GridName

_TOLERANCE = 0.05
_GRID_NAMES: dict[str, GridName] = {grid.name: grid.name for grid in GRIDS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of equal labels; all measures in millimetres, ``left`` and ``top`` are those of the first label."""

    name: str
    page_width: float
    page_height: float
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap_x: float
    gap_y: float
    grid: GridName | None

    @property
    def labels(self) -> int:
        """The number of labels on the sheet."""
        return self.columns * self.rows

    def corner(self, position: int) -> tuple[float, float]:
        """Return left and top of the label at a position, counted from 0 along the rows."""
        row, column = divmod(position, self.columns)
        return self.left + column * (self.width + self.gap_x), self.top + row * (self.height + self.gap_y)


@cache
def sheets() -> dict[str, Sheet]:
    """Return the packaged catalogue by name; raise ``ValueError`` where an entry cannot be right."""
    text = files("gateway_labels").joinpath("sheets.csv").read_text(encoding="utf-8")
    return {sheet.name: sheet for sheet in read_sheets(text)}


def read_sheets(text: str) -> Iterator[Sheet]:
    """Read sheets from CSV text with a header; raise ``ValueError`` naming the line that cannot be right."""
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            sheet = _read(row)
            check(sheet, labels=int(row["faces"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"label sheets, line {line}: {error}") from None
        yield sheet


def check(sheet: Sheet, *, labels: int) -> None:
    """Raise ``ValueError`` unless there are ``labels`` labels that have a size, do not overlap and lie on the page."""
    if sheet.labels != labels:
        raise ValueError("columns and rows do not make the number of labels")
    if min(sheet.columns, sheet.rows, sheet.width, sheet.height) <= 0:
        raise ValueError("a label has no size")
    if min(sheet.left, sheet.top, sheet.gap_x, sheet.gap_y) < 0:
        raise ValueError("labels overlap or lie off the page")
    left, top = sheet.corner(sheet.labels - 1)
    if (
        left + sheet.width > sheet.page_width + _TOLERANCE
        or top + sheet.height > sheet.page_height + _TOLERANCE
    ):
        raise ValueError("labels run off the page")
    if sheet.grid and GRIDS[sheet.grid].width + 2 * CLEAR_ZONE > sheet.width + _TOLERANCE:
        raise ValueError("the barcode is wider than the label")


def find_sheet(name: str) -> Sheet:
    """Return a sheet by its name, such as ``A-one 28366``, or by its part number alone where that is enough.

    Raise ``ValueError`` naming the nearest sheet.
    """
    wanted = name.strip().casefold()
    by_name = {sheet.name.casefold(): sheet for sheet in sheets().values()}
    if wanted in by_name:
        return by_name[wanted]
    matching = [sheet for known, sheet in by_name.items() if known.rsplit(" ", 1)[-1] == wanted]
    if len(matching) == 1:
        return matching[0]
    nearest = get_close_matches(wanted, by_name, n=1, cutoff=0.0)
    raise ValueError(
        _("no sheet of that name; the nearest is {sheet}").format(sheet=by_name[nearest[0]].name)
    )


def bar_grid(sheet: Sheet) -> BarGrid | None:
    """Return the measures of the customer barcode that the sheet has room for, if it has."""
    return GRIDS[sheet.grid] if sheet.grid else None


def _read(row: Mapping[str, str]) -> Sheet:
    grid = row["grid_barcode"]
    return Sheet(
        name=f"{row['vendor']} {row['part']}",
        page_width=float(row["page_w"]),
        page_height=float(row["page_h"]),
        columns=int(row["cols"]),
        rows=int(row["rows"]),
        width=float(row["label_w"]),
        height=float(row["label_h"]),
        left=float(row["left"]),
        top=float(row["top"]),
        gap_x=float(row["gap_x"]),
        gap_y=float(row["gap_y"]),
        grid=None if grid == "none" else _GRID_NAMES[grid],
    )
