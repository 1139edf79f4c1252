"""Label sheets: the catalogue of what stationers sell, an operator's own, and gLabels' templates; all are checked."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path

from gateway.i18n import _
from gateway.pdf.bar_grid import CLEAR_ZONE, GRIDS, BarGrid, GridName

GLABELS = "glabels:"
_TOLERANCE = 0.05
_LARGEST_PAGE = 1200.0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSheet:
    """A sheet as described in ``[formats.labels.sheets.NAME]``: millimetres, A4 unless the page is given."""

    columns: int
    rows: int
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0
    page_width: float = 210.0
    page_height: float = 297.0

    def __post_init__(self) -> None:
        """Refuse measures that cannot be right."""
        self.named("")

    def named(self, name: str) -> Sheet:
        """Return the sheet under its name, with the barcode that it has room for."""
        sheet = Sheet(
            name=name,
            page_width=self.page_width,
            page_height=self.page_height,
            columns=self.columns,
            rows=self.rows,
            width=self.width,
            height=self.height,
            left=self.left,
            top=self.top,
            gap_x=self.gap_x,
            gap_y=self.gap_y,
            grid=grid_for(self.width),
        )
        check(sheet, labels=sheet.labels)
        return sheet


def grid_for(width: float) -> GridName | None:
    """Return the largest customer barcode, its clear zones included, that a label of ``width`` has room for."""
    fitting = [grid.name for grid in GRIDS.values() if grid.width + 2 * CLEAR_ZONE <= width + _TOLERANCE]
    return fitting[-1] if fitting else None


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
        raise ValueError(_("columns and rows do not make the number of labels"))
    if min(sheet.columns, sheet.rows, sheet.width, sheet.height) <= 0:
        raise ValueError(_("a label has no size"))
    if min(sheet.left, sheet.top, sheet.gap_x, sheet.gap_y) < 0:
        raise ValueError(_("labels overlap or lie off the page"))
    if max(sheet.page_width, sheet.page_height) > _LARGEST_PAGE:
        raise ValueError(_("the page is larger than any printer's (measures are millimetres)"))
    left, top = sheet.corner(sheet.labels - 1)
    if (
        left + sheet.width > sheet.page_width + _TOLERANCE
        or top + sheet.height > sheet.page_height + _TOLERANCE
    ):
        raise ValueError(_("labels run off the page"))
    if sheet.grid and GRIDS[sheet.grid].width + 2 * CLEAR_ZONE > sheet.width + _TOLERANCE:
        raise ValueError(_("the barcode is wider than the label"))


def find_sheet(name: str, own: Mapping[str, OwnSheet] | None = None) -> Sheet:
    """Return a sheet by its name, such as ``A-one 28366``, or by its part number alone where that is enough.

    ``own`` sheets come first; ``glabels:/path/templates.xml#Brand/Part`` names one of gLabels. Raise ``ValueError``
    naming the nearest sheet, or what is wrong with the file.
    """
    wanted = name.strip().casefold()
    for known, sheet in (own or {}).items():
        if known.casefold() == wanted:
            return sheet.named(known)
    if wanted.startswith(GLABELS):
        from gateway_labels.glabels import read_template

        path, _mark, part = name.strip()[len(GLABELS) :].partition("#")
        return read_template(Path(path), part)
    by_name = {sheet.name.casefold(): sheet for sheet in sheets().values()}
    if wanted in by_name:
        return by_name[wanted]
    matching = [sheet for known, sheet in by_name.items() if known.rsplit(" ", 1)[-1] == wanted]
    if len(matching) == 1:
        return matching[0]
    nearest = get_close_matches(wanted, [*by_name, *map(str.casefold, own or {})], n=1, cutoff=0.0)[0]
    shown = by_name[nearest].name if nearest in by_name else nearest
    raise ValueError(_("no sheet of that name; the nearest is {sheet}").format(sheet=shown))


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
