"""Running text and tables that go on over as many pages as they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.documents.frame import BOTTOM, MARGIN, TOP, WIDTH
from gateway.documents.sheet import BODY, Align, Sheet, leading_of, lines_of

_PAD = 1.6
_HEADING = 11.5
_ROOM_AFTER_HEADING = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: ``width`` in millimetres, ``size`` of its text in points."""

    title: str
    width: float
    size: float = BODY
    align: Align = "left"


Mark = Callable[[Sheet, float, float], None]
"""Draw something into a cell: sheet, left edge, baseline of its first line."""

Cell = str | Mark


@dataclass(slots=True)
class Flow:
    """A document under construction: the sheets so far and how far the last one is filled."""

    sheets: list[Sheet] = field(default_factory=lambda: [Sheet()])
    y: float = TOP

    @property
    def sheet(self) -> Sheet:
        """The sheet being filled."""
        return self.sheets[-1]

    def need(self, height: float) -> bool:
        """Begin a new page unless ``height`` millimetres are left; tell whether it did."""
        if self.y + height <= BOTTOM or self.y == TOP:
            return False
        self.sheets.append(Sheet())
        self.y = TOP
        return True

    def heading(self, text: str) -> None:
        """Put a heading, never at the end of a page without what it heads."""
        self.need(_ROOM_AFTER_HEADING)
        self.sheet.text(MARGIN, self.y + 7.2, text, _HEADING, bold=True)
        self.y += 10.0

    def paragraph(self, text: str, size: float = BODY, *, hanging: float = 0.0, mark: str = "") -> None:
        """Put text over the whole width; with ``hanging`` the mark stands alone on its left."""
        for number, line in enumerate(lines_of(text, WIDTH - hanging, size)):
            self.need(leading_of(size))
            baseline = self.y + size * 0.3
            if mark and number == 0:
                self.sheet.text(MARGIN, baseline, mark, size)
            self.sheet.text(MARGIN + hanging, baseline, line, size)
            self.y += leading_of(size)

    def gap(self, height: float) -> None:
        """Leave room."""
        self.y += height

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Put a table; its header is repeated on each page and a row too long for one page goes on on the next."""
        titles: list[Cell] = [column.title for column in columns]
        header = [Column(title="", width=column.width, align="centre") for column in columns]
        headed = any(column.title for column in columns)
        self.need(_ROOM_AFTER_HEADING)
        if headed:
            self._row(header, titles)
        for row in rows:
            self._whole_row(columns, row, (lambda: self._row(header, titles)) if headed else None)
        self.y += 1.5

    def _whole_row(
        self, columns: Sequence[Column], row: Sequence[Cell], head: Callable[[], None] | None
    ) -> None:
        cells = [_lines_of_cell(column, cell) for column, cell in zip(columns, row, strict=True)]
        if self.need(_height(columns, cells)) and head:
            head()
        while True:
            room = BOTTOM - self.y - 2 * _PAD
            now = [lines[: _fitting(column, room)] for column, lines in zip(columns, cells, strict=True)]
            self._put_row(columns, now)
            cells = [lines[len(done) :] for lines, done in zip(cells, now, strict=True)]
            if not any(cells):
                return
            self.need(BOTTOM)
            if head:
                head()

    def _row(self, columns: Sequence[Column], row: Sequence[Cell]) -> None:
        self._put_row(
            columns, [_lines_of_cell(column, cell) for column, cell in zip(columns, row, strict=True)]
        )

    def _put_row(self, columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> None:
        height = _height(columns, cells)
        x = MARGIN
        for column, lines in zip(columns, cells, strict=True):
            self.sheet.box(x, self.y, column.width, height)
            for number, line in enumerate(lines):
                baseline = self.y + _PAD + leading_of(column.size) * number + column.size * 0.34
                if isinstance(line, str):
                    self.sheet.text(_anchor(column, x), baseline, line, column.size, align=column.align)
                else:
                    line(self.sheet, x, baseline)
            x += column.width
        self.y += height


def _lines_of_cell(column: Column, cell: Cell) -> list[Cell]:
    if isinstance(cell, str):
        return list(lines_of(cell, column.width - 2 * _PAD, column.size))
    return [cell]


def _height(columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> float:
    tallest = max(
        (leading_of(column.size) * len(lines) for column, lines in zip(columns, cells, strict=True)),
        default=0,
    )
    return tallest + 2 * _PAD - 0.6


def _fitting(column: Column, room: float) -> int:
    return max(1, int(room / leading_of(column.size)))


def _anchor(column: Column, x: float) -> float:
    match column.align:
        case "left":
            return x + _PAD
        case "centre":
            return x + column.width / 2
        case "right":
            return x + column.width - _PAD
