"""What stays the same for all labels of a delivery: sheet, layout, typeface, places, constant parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

from gateway.api import Line, WrongUsage
from gateway.i18n import _
from gateway.pdf.bar_grid import GRIDS, BarGrid
from gateway.pdf.grid import MILLIMETRE, STEP, number, steps
from gateway.pdf.text_font import TextFont
from gateway.pdf.typeface import Typeface, typeface
from gateway_labels.compose import Composer, Printed
from gateway_labels.layout import COMFORTABLE, COMPACT, Plan, aside_room, plan, room_of
from gateway_labels.options import LabelOptions
from gateway_labels.sheets import Sheet, bar_grid
from gateway_labels.stationery import (
    FootRow,
    aside_rows,
    foot_height,
    foot_rows,
    height,
    label_operators,
    sheet_lines,
)
from gateway_labels.vertical import VerticalComposer, VerticalPlan, turned, vertical_plan

PAPER_EDGE = 5.0
"""Millimetres at the paper's edge that many printers cannot reach."""

_FEWEST_ROWS = 2


class LabelComposer(Protocol):
    """Turns lines into labels."""

    def labels(self, lines: Sequence[Line], refuse: Callable[[Line, str], None]) -> Printed:
        """Return the labels of all lines but those refused."""


class Job:
    """The job that the options describe; raises ``WrongUsage`` for fonts and texts that cannot be used."""

    def __init__(self, options: LabelOptions) -> None:
        self.options = options
        self.sheet: Sheet = options.stock
        self.typeface: Typeface = typeface(options.font, options.font_file, options.fallback_fonts)
        self.plans: tuple[Plan, ...] = self._plans()
        self.vertical: VerticalPlan | None = (
            vertical_plan(self.sheet, options, foot_height(self._foot(TextFont(self.typeface))))
            if options.writing == "vertical"
            else None
        )
        self.grid: BarGrid | None = self.vertical.grid if self.vertical else self.plans[0].grid
        self.corners = [self._corner(place) for place in range(self.sheet.labels)]
        self.origins = [f"1 0 0 1 {number(x)} {number(y)} Tm\n" for x, y in self.corners]

    @property
    def plan(self) -> Plan | VerticalPlan:
        """The layout that is preferred."""
        return self.vertical or self.plans[0]

    @property
    def lines(self) -> str:
        """The operators for outlines and crop marks of a sheet."""
        return sheet_lines(self.sheet, self.options)

    def composer(self, font: TextFont, report: Callable[[str, int], None]) -> LabelComposer:
        """Return what composes the labels with a font of the job's typeface."""
        if self.vertical:
            return VerticalComposer(self.vertical, self.options, font, report)
        return Composer(self.plans, self.options, font, report)

    def constant(self, font: TextFont) -> str:
        """Return the operators for what is the same on all labels."""
        return label_operators(self.plans[0], self._foot(font), self._aside(font), self.options, font)

    def at(self, place: int, operators: str) -> str:
        """Return a label's operators with what depends on its place."""
        return turned(operators, *self.corners[place], self.vertical) if self.vertical else operators

    @cached_property
    def near_edge(self) -> list[bool]:
        """Whether the customer barcode of each place lies where many printers do not print."""
        return [self._is_near_edge(place) for place in range(self.sheet.labels)]

    def _plans(self) -> tuple[Plan, ...]:
        """Return the layouts with the largest customer barcode that leaves room for an address."""
        for grid in self._grids():
            self._rooms = room_of(self.sheet, grid), aside_room(self.sheet, grid)
            font = TextFont(self.typeface)
            foot, aside = foot_height(self._foot(font)), height(self._aside(font))
            mark = self.options.postage != "none"
            plans = tuple(
                plan(self.sheet, grid, foot=foot, mark=mark, aside=aside, density=density)
                for density in (COMFORTABLE, COMPACT)
            )
            if plans[-1].rows_that_fit(plans[-1].body_sizes[-1]) >= _FEWEST_ROWS:
                return plans
        if self.options.writing == "vertical":
            return plans
        raise WrongUsage(
            "does_not_fit",
            _("sheet {sheet}: no room is left for addresses beside what all labels bear").format(
                sheet=self.sheet.name
            ),
            hint=_("choose larger labels, fewer rows of sender, or for the notice notice=enclosed"),
        )

    def _grids(self) -> tuple[BarGrid | None, ...]:
        """Return the customer barcodes that are narrow enough, the largest first, or none."""
        widest = None if self.options.barcode == "none" else bar_grid(self.sheet)
        if widest is None:
            return (None,)
        return tuple(grid for grid in reversed(GRIDS.values()) if grid.width <= widest.width)

    def _foot(self, font: TextFont) -> list[FootRow]:
        return foot_rows(self.options, font, self._rooms[0])

    def _aside(self, font: TextFont) -> list[FootRow]:
        return aside_rows(self.options, font, self._rooms[1])

    def _corner(self, place: int) -> tuple[float, float]:
        """Return a label's lower left corner in points, on the printing grid."""
        left, top = self.sheet.corner(place)
        x, y = self.options.offset
        bottom = steps(self.sheet.page_height) - steps(top + self.sheet.height + y)
        return steps(left + x) * STEP, bottom * STEP

    def _is_near_edge(self, place: int) -> bool:
        bars, grid = self.plan.bars, self.grid
        if bars is None or grid is None:
            return False
        x, y = (side / MILLIMETRE for side in self.corners[place])
        left, bottom = x + bars[0] / MILLIMETRE, y + bars[1] / MILLIMETRE
        width, height = (grid.height, grid.width) if self.vertical else (grid.width, grid.height)
        if self.vertical:
            left -= width
        right, top = self.sheet.page_width - left - width, self.sheet.page_height - bottom - height
        return min(left, right, bottom, top) < PAPER_EDGE
