"""What is the same on all labels of a delivery: free line, sender, notice, the mark of postage paid; outlines.

It is drawn once a file and shown on every sheet, so that it costs neither time nor space.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.api import WrongUsage
from gateway.i18n import _
from gateway.pdf.grid import MILLIMETRE, STEP, number, steps
from gateway.pdf.text_font import MissingGlyph, TextFont
from gateway_labels.fit import TIGHTEST, Row, wrapped
from gateway_labels.layout import ASIDE_AIR, FALL, FOOT_MARGIN, MARK, Plan
from gateway_labels.options import LabelOptions
from gateway_labels.sheets import Sheet

_FREE_SIZE, _SENDER_SIZE, _NOTICE_SIZE, _SMALL_NOTICE = 6.5, 6.0, 5.0, 4.5
_ROW = 1.18
_SMALL_SHEET = 30.0
_MARK_SIZE, _OFFICE_SIZE = 8.0, 6.0
_HAIR = 0.24
_CROP = 4.0
"""Length of a crop mark in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootRow:
    """A row below the barcode and its type size."""

    row: Row
    size: float


def foot_rows(options: LabelOptions, font: TextFont, room: float) -> list[FootRow]:
    """Return the rows that every label bears at its lower edge; raise ``WrongUsage`` where they do not fit.

    ``room`` is the width of a row in points. Where there is a mark of postage paid, free line and sender stand beside
    it instead (``aside_rows``).
    """
    notice = options.notice_text if options.notice == "print" else ""
    size = _NOTICE_SIZE if options.stock.height >= _SMALL_SHEET else _SMALL_NOTICE
    rows = [] if options.postage != "none" else _own_rows(options, font, room)
    return [*rows, *_fitted("notice_text", notice, size, font, room)] if notice else rows


def aside_rows(options: LabelOptions, font: TextFont, room: float) -> list[FootRow]:
    """Return the rows that stand at the left of the mark of postage paid, if there is one."""
    return _own_rows(options, font, room) if options.postage != "none" else []


def _own_rows(options: LabelOptions, font: TextFont, room: float) -> list[FootRow]:
    rows: list[FootRow] = []
    if options.free_line:
        rows += _fitted("free_line", options.free_line, _FREE_SIZE, font, room)
    for each in options.sender:
        rows += _fitted("sender", each, _SENDER_SIZE, font, room)
    return rows


def _fitted(name: str, text: str, size: float, font: TextFont, room: float) -> Iterator[FootRow]:
    try:
        rows = wrapped(font, text, size, room, TIGHTEST)
    except MissingGlyph as error:
        raise WrongUsage(
            "missing_glyph",
            _("{option}: the font has no glyph for {codes}").format(
                option=name, codes=" ".join(f"U+{ord(each):04X}" for each in error.characters)
            ),
        ) from None
    if rows is None:
        raise WrongUsage(
            "does_not_fit",
            _("{option}: the text is too long for this sheet").format(option=name),
            hint=_("shorten it, choose larger labels, or for the notice set notice=enclosed"),
        )
    yield from (FootRow(row=row, size=size) for row in rows)


def foot_height(rows: list[FootRow]) -> float:
    """Return the height in points that the rows take, their margin below included."""
    return FOOT_MARGIN * MILLIMETRE + height(rows) if rows else 0.0


def height(rows: list[FootRow]) -> float:
    """Return the height in points of the rows alone."""
    return sum(each.size * _ROW for each in rows)


def label_operators(
    plan: Plan, rows: list[FootRow], aside: list[FootRow], options: LabelOptions, font: TextFont
) -> str:
    """Return the operators for one label, relative to its lower left corner; empty where there is nothing."""
    shown = list(_row_operators(plan.postal.x, foot_height(rows), rows, font))
    if plan.mark:
        left, bottom = plan.mark
        shown += _row_operators(plan.postal.x, plan.code_text.y - ASIDE_AIR, aside, font)
        shown += _mark_operators(left, bottom, options, font)
    return "".join(shown)


def _row_operators(x: float, top: float, rows: list[FootRow], font: TextFont) -> Iterator[str]:
    y = top
    for each in rows:
        y -= each.size * _ROW
        yield _text(font, each.row, x, y + each.size * (FALL + (_ROW - 1) / 2), each.size)


def _mark_operators(left: float, bottom: float, options: LabelOptions, font: TextFont) -> Iterator[str]:
    """Draw the mark of postage paid: a square of 20 mm with the office above and the kind of payment below it."""
    side = MARK * MILLIMETRE
    yield f"0.7 w {_box(left, bottom, left + side, bottom + side)}"
    rule = bottom + side * 0.62
    yield f"{number(left)} {number(rule)} m {number(left + side)} {number(rule)} l S\n"
    office = options.postage_office
    texts = [(f"{options.postage}", _MARK_SIZE, 0.34), ("郵便", _MARK_SIZE, 0.14)]
    if office:
        texts.append((office, _OFFICE_SIZE, 0.76))
    for text, size, height in texts:
        (row,) = _fitted_to(text, size, font, side - 6)
        width = font.width(text) * size / 1000 * row.scale / 100
        yield _text(font, row, left + (side - width) / 2, bottom + side * height, size)


def _fitted_to(text: str, size: float, font: TextFont, room: float) -> list[Row]:
    width = font.width(text) * size / 1000
    if width > room / (TIGHTEST / 100):
        raise WrongUsage("does_not_fit", _("postage_office: the text is too long for the mark"))
    return [Row(text=text, scale=100 if width <= room else int(100 * room / width))]


def _text(font: TextFont, row: Row, x: float, y: float, size: float) -> str:
    shown = f"<{font.encode(row.text)}>Tj"
    if row.scale != 100:
        shown = f"{row.scale} Tz{shown}"
    return f"BT /T {number(size)} Tf {number(round(x, 2))} {number(round(y, 2))} Td {shown} ET\n"


def sheet_lines(sheet: Sheet, options: LabelOptions) -> str:
    """Return the operators that draw the edges of all labels and crop marks as hairlines, as far as asked for."""
    operators = []
    if options.outlines:
        operators += [_box(*corners) for corners in _labels(sheet, options)]
    if options.crop_marks:
        operators += _crop_marks(sheet, options)
    return f"{_HAIR} w\n{''.join(operators)}" if operators else ""


def _labels(sheet: Sheet, options: LabelOptions) -> Iterator[tuple[float, float, float, float]]:
    """Yield left, bottom, right and top of each label in points."""
    x, y = options.offset
    for place in range(sheet.labels):
        left, top = sheet.corner(place)
        right, bottom = left + sheet.width, top + sheet.height
        page = steps(sheet.page_height) * STEP
        yield (
            (left + x) * MILLIMETRE,
            page - (bottom + y) * MILLIMETRE,
            (right + x) * MILLIMETRE,
            page - (top + y) * MILLIMETRE,
        )


def _crop_marks(sheet: Sheet, options: LabelOptions) -> Iterator[str]:
    """Draw marks outside the outermost labels, at every edge where a knife goes."""
    edges = list(_labels(sheet, options))
    mark = _CROP * MILLIMETRE
    left, bottom = min(e[0] for e in edges), min(e[1] for e in edges)
    right, top = max(e[2] for e in edges), max(e[3] for e in edges)
    for x in sorted({round(side, 2) for e in edges for side in (e[0], e[2])}):
        for start, end in ((top + 2, top + 2 + mark), (bottom - 2, bottom - 2 - mark)):
            yield f"{number(x)} {number(start)} m {number(x)} {number(end)} l S\n"
    for y in sorted({round(side, 2) for e in edges for side in (e[1], e[3])}):
        for start, end in ((right + 2, right + 2 + mark), (left - 2, left - 2 - mark)):
            yield f"{number(start)} {number(y)} m {number(end)} {number(y)} l S\n"


def _box(left: float, bottom: float, right: float, top: float) -> str:
    corners = ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))
    moves = [f"{number(x)} {number(y)}" for x, y in corners]
    return f"{moves[0]} m {' '.join(f'{move} l' for move in moves[1:])} S\n"
