"""What goes where on one label: worked out once a sheet, in points from the label's lower left corner.

Postal code at the top left, line code as Code128 at the top right, address and firm below, the addressee large above
the customer barcode, which keeps its clear zone on all sides; below it what is the same on all labels. Labels too
narrow for that carry the Code128 at the foot; where the mark of postage paid is printed, it takes the top right.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.pdf import code128
from gateway.pdf.bar_grid import CLEAR_ZONE, BarGrid
from gateway.pdf.grid import MILLIMETRE, STEP, snap, steps
from gateway_labels.sheets import Sheet

LINE_CODE_LENGTH = 12
MODULES = (12, 10, 9)
"""Code128 modules to choose from, in 1/1200 inch: 0.25, 0.21 and 0.19 mm."""

MARK = 20.0
"""Side of the mark of postage paid in millimetres; 20 to 30 are allowed."""

CAPITAL = 0.733
"""Height of digits and capitals in parts of the type size; both faces have it to two digits."""

LEADING = 1.22
RISE, FALL = 0.88, 0.12
"""How far kanji reach above and below the baseline, in parts of the type size."""

FOOT_MARGIN = 1.2
"""Millimetres below what is the same on all labels."""

ASIDE_AIR = 2.5
"""Points between the line code and the rows at the left of a mark."""

_MOST_AIR = 5.0
_CODE_AIR = 2.2
_HEADER_AIR = 2.4
_BODY_STEPS = (1.0, 0.92, 0.84, 0.77, 0.7)
_NAME_STEPS = (1.0, 0.85, 0.7, 0.6)
_SMALLEST_BODY = 6.0
_POSTAL_WIDTH = 5.5
"""Width of 〒 and a postal code in parts of the type size, at most."""

_CODE_TEXT_WIDTH = 7.0
"""Width of a line code in parts of the type size, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a piece of text begins, and its type size."""

    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """How close rows stand: size of the name in parts of the body's, air above it, distance of rows, air on top."""

    name: float
    name_air: float
    leading: float
    header_air: float


COMFORTABLE = Density(name=1.55, name_air=0.4, leading=LEADING, header_air=_HEADER_AIR)
COMPACT = Density(name=1.2, name_air=0.25, leading=1.1, header_air=1.2)
"""For labels with more rows than the comfortable layout has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The layout of a sheet's labels; lengths in points, ``module`` in 1/1200 and ``code_height`` in 1/300 inch."""

    room: float
    postal: Spot
    code: tuple[float, float]
    code_text: Spot
    name: Spot
    name_sizes: tuple[float, ...]
    bars: tuple[float, float] | None
    body_top: float
    body_bottom: float
    body_sizes: tuple[float, ...]
    leading: float
    module: int
    code_height: int
    grid: BarGrid | None
    mark: tuple[float, float] | None

    def rows_that_fit(self, size: float, raised: float = 0.0) -> int:
        """Return how many rows of a type size the body holds above a name that takes ``raised`` points more."""
        free = self.body_top - self.body_bottom - raised
        return int((free - size) / (size * self.leading) + 1 + 1e-6)

    def baselines(
        self, size: float, upper: int, lower: int, raised: float = 0.0
    ) -> tuple[list[float], list[float]]:
        """Return the baselines of address rows, from the top, and of the firm's rows, down to the name."""
        leading = size * self.leading
        free = self.body_top - self.body_bottom - raised - size - (upper + lower - 1) * leading
        top = self.body_top - min(free / 3, _MOST_AIR) - size * RISE
        bottom = self.body_bottom + raised + size * FALL
        return (
            [top - row * leading for row in range(upper)],
            [bottom + row * leading for row in reversed(range(lower))],
        )


def margin_of(sheet: Sheet, grid: BarGrid | None) -> float:
    """Return the blank space in millimetres left and right of what is printed on a label."""
    return _between(2.0, (sheet.width - grid.width) / 2 if grid else sheet.width * 0.06, 5.0)


def room_of(sheet: Sheet, grid: BarGrid | None) -> float:
    """Return the width in points that rows of text have."""
    return (sheet.width - 2 * margin_of(sheet, grid)) * MILLIMETRE


def aside_room(sheet: Sheet, grid: BarGrid | None) -> float:
    """Return the width in points that rows at the left of a mark have."""
    return room_of(sheet, grid) - (MARK + 1) * MILLIMETRE


def plan(
    sheet: Sheet,
    grid: BarGrid | None,
    *,
    foot: float = 0.0,
    mark: bool = False,
    aside: float = 0.0,
    density: Density = COMFORTABLE,
) -> Plan:
    """Lay out a label of ``sheet``; ``grid`` is the customer barcode's, ``None`` where none is printed.

    ``foot`` points at the lower edge are kept for what is the same on all labels, its margin included; ``mark`` keeps
    the top right for the mark of postage paid, ``aside`` points of height at its left for rows of text.
    """
    margin_y = _between(1.2, sheet.height * 0.065, 4.0)
    room, left = room_of(sheet, grid), _snapped(margin_of(sheet, grid) * MILLIMETRE)
    body = _half_points(_between(7.0, min(sheet.height * 0.27, sheet.width * 0.137), 12.0))
    name_size, postal_size, small = (
        _half_points(body * density.name),
        body + 1,
        _half_points(_between(5.0, body * 0.6, 7.0)),
    )
    code_height = steps(_between(3.0, sheet.height * 0.105, 5.0))
    beside_postal = None if mark else _module_for(room - (postal_size * _POSTAL_WIDTH + 3 * MILLIMETRE))
    stacked = _module_for(room - (MARK + 3) * MILLIMETRE) if mark else None
    module = beside_postal or stacked or _module_for(room) or MODULES[-1]
    code_width = code128.modules_wide(LINE_CODE_LENGTH) * module * 0.06

    top = sheet.height * MILLIMETRE - snap(margin_y)
    lowest = snap(CLEAR_ZONE) + _snapped_up(foot) if foot else snap(max(margin_y, CLEAR_ZONE))
    bars = (left, lowest) if grid else None
    below = foot + 2.0 if foot else snap(margin_y)
    base = bars[1] + (grid.height + CLEAR_ZONE) * MILLIMETRE if bars and grid else below
    block = code_height * STEP + small * CAPITAL + _CODE_AIR
    if beside_postal:
        code = (_snapped(left + room - code_width), _snapped(top - code_height * STEP))
        postal_y = top - (code_height * STEP + postal_size * CAPITAL) / 2
        header = min(top - block, postal_y)
    elif mark:
        postal_y = top - postal_size * CAPITAL - 1
        code = (left, _snapped(postal_y - postal_size * 0.6 - code_height * STEP))
        beneath = code[1] - small * CAPITAL - _CODE_AIR
        header = min(beneath - (aside + ASIDE_AIR if aside else 0.0), top - MARK * MILLIMETRE)
    else:
        code = (left, _snapped(base + small * CAPITAL + _CODE_AIR))
        postal_y = header = top - postal_size * CAPITAL
        base = code[1] + code_height * STEP + 2.2
    centred = code[0] + (code_width - small * _CODE_TEXT_WIDTH) / 2
    code_text = Spot(x=centred, y=code[1] - small * CAPITAL - _CODE_AIR, size=small)
    name_y = base + name_size * FALL
    body_top = header - density.header_air
    body_bottom = name_y + name_size * RISE + body * density.name_air
    spare = 0.0 if mark else _spare(body_top - body_bottom, body)
    moved = spare / 2 if beside_postal else 0.0
    return Plan(
        room=room,
        postal=Spot(x=left, y=postal_y - spare / 2, size=postal_size),
        code=(code[0], _snapped(code[1] - moved)),
        code_text=Spot(x=code_text.x, y=code_text.y - moved, size=small),
        name=Spot(x=left, y=name_y + spare / 2, size=name_size),
        name_sizes=tuple(_half_points(name_size * part) for part in _NAME_STEPS),
        bars=(bars[0], _snapped(bars[1] + spare / 2)) if bars else None,
        body_top=body_top - spare / 2,
        body_bottom=body_bottom + spare / 2,
        body_sizes=tuple(dict.fromkeys(max(_SMALLEST_BODY, round(body * part, 1)) for part in _BODY_STEPS)),
        leading=density.leading,
        module=module,
        code_height=code_height,
        grid=grid,
        mark=(left + room - MARK * MILLIMETRE, top - MARK * MILLIMETRE) if mark else None,
    )


def _spare(body_room: float, size: float) -> float:
    """Return the height that a tall label has beyond four rows of text, so that its block can be centred."""
    return max(0.0, body_room - size * (1 + 3 * LEADING))


def _module_for(room: float) -> int | None:
    widest = code128.modules_wide(LINE_CODE_LENGTH) * 0.06
    return next((module for module in MODULES if widest * module <= room), None)


def _between(least: float, value: float, most: float) -> float:
    return min(max(least, value), most)


def _half_points(size: float) -> float:
    return round(size * 2) / 2


def _snapped(points: float) -> float:
    return round(points / STEP) * STEP


def _snapped_up(points: float) -> float:
    return -(-points // STEP) * STEP
