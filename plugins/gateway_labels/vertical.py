"""Compose labels in vertical writing (縦書き): address in columns from the right, the name large in the middle.

Each character is moved to by itself, in its vertical form where the face has one; numbers become kanji. The customer
barcode stands alone at the left, turned by a right angle (postal code manual p13); the line code lies at the foot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway.api import Address, Line
from gateway.pdf import code128
from gateway.pdf.bar_font import FONT_SIZE, code128_string, customer_string
from gateway.pdf.bar_grid import CLEAR_ZONE, GRIDS, BarGrid
from gateway.pdf.grid import MILLIMETRE, STEP, number, snap
from gateway.pdf.text_font import TextFont
from gateway_labels.compose import Printed
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.fit import break_cost, leaves_honorific
from gateway_labels.layout import CAPITAL, LINE_CODE_LENGTH, MODULES, RISE
from gateway_labels.options import LabelOptions
from gateway_labels.sheets import Sheet
from gateway_labels.template import NUMBER
from gateway_labels.wording import addressees, firm_rows, postal_row

_DIGITS = "〇一二三四五六七八九"
_NUMBER = re.compile(r"[0-9０-９]+")
_HYPHENS = str.maketrans(dict.fromkeys("-－−‐―", "－"))
_WIDE = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {ord(" "): "\u3000"}
_LETTERS = {code: wide for code, wide in _WIDE.items() if not chr(code).isdigit() and chr(code) != "-"}
_NEVER_FIRST = frozenset("ー・、。）」』】－々ァィゥェォッャュョぁぃぅぇぉっゃゅょヶ様")
_NEVER_LAST = frozenset("（「『【－")

_SIZES = (11.0, 10.0, 9.0, 8.0, 7.0)
_COLUMN = 1.35
_NAME_PART = 1.7
_FIRM_PART = 0.9
_SMALLEST_NAME = 8.0
_MARGIN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VerticalPlan:
    """The layout of a tall label, in points from its lower left corner."""

    postal: tuple[float, float, float]
    bars: tuple[float, float] | None
    grid: BarGrid | None
    code: tuple[float, float]
    code_text: tuple[float, float, float]
    module: int
    code_height: int
    left: float
    right: float
    top: float
    bottom: float


def vertical_plan(sheet: Sheet, options: LabelOptions, foot: float) -> VerticalPlan:
    """Lay out a label; the barcode runs along the left edge where the label is tall enough for one."""
    free = sheet.height - foot / MILLIMETRE
    fitting = [grid for grid in GRIDS.values() if grid.width + 2 * CLEAR_ZONE <= free]
    grid = fitting[-1] if fitting and options.barcode != "none" else None
    margin = snap(_MARGIN)
    width, height = snap(sheet.width), snap(sheet.height)
    beside = snap(CLEAR_ZONE)
    bars_x = beside + (grid.height * MILLIMETRE if grid else 0.0)
    if grid:
        beside += _snapped(bars_x)
    widest = code128.modules_wide(LINE_CODE_LENGTH) * 0.06
    room = width - margin - beside
    module = next((each for each in MODULES if each * widest <= room), MODULES[-1])
    code_height, small = 43, 6.0
    code_y = _snapped(max(foot + 2, snap(CLEAR_ZONE)) + small * CAPITAL + 2.2)
    code_x = _snapped(beside + max(0.0, (room - module * widest) / 2))
    top = height - margin
    bars_y = _snapped((height + foot - grid.width * MILLIMETRE) / 2) if grid else 0.0
    return VerticalPlan(
        postal=(beside, top - 10 * CAPITAL, 10.0),
        bars=(_snapped(bars_x), bars_y) if grid else None,
        grid=grid,
        code=(code_x, code_y),
        code_text=(code_x, code_y - small * CAPITAL - 2.2, small),
        module=module,
        code_height=code_height,
        left=beside,
        right=width - margin,
        top=top - 10 - 6,
        bottom=code_y + code_height * STEP + 5,
    )


def upright(text: str) -> str:
    """Return ``text`` as it is written vertically: kanji numerals, full-width letters, hyphens that turn."""
    return _NUMBER.sub(_kanji, text).translate(_HYPHENS).translate(_LETTERS)


def _kanji(found: re.Match[str]) -> str:
    """Write a number up to 99 with 十, a longer one digit by digit, as addresses do (一二〇五号室)."""
    digits = [int(digit) for digit in found[0]]
    if len(digits) == 2 and digits[0]:
        tens = ("" if digits[0] == 1 else _DIGITS[digits[0]]) + "十"
        return tens + (_DIGITS[digits[1]] if digits[1] else "")
    return "".join(_DIGITS[digit] for digit in digits)


class Unprintable(Exception):
    """The line cannot become a label; ``reason`` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VerticalComposer:
    """Composes vertical labels of one sheet."""

    def __init__(
        self, plan: VerticalPlan, options: LabelOptions, font: TextFont, report: Callable[[str, int], None]
    ) -> None:
        self._plan = plan
        self._options = options
        self._font = font
        self._report = report

    def labels(self, lines: Sequence[Line], refuse: Callable[[Line, str], None]) -> Printed:
        """Return the operators of each label, relative to its lower left corner, of all lines but those refused."""
        printed = Printed([], [], [])
        for line in lines:
            try:
                operators, barcoded = self._label(line)
            except Unprintable as problem:
                refuse(line, problem.reason)
                continue
            printed.lines.append(line)
            printed.barcoded.append(barcoded)
            printed.operators.append(operators)
        return printed

    def _label(self, line: Line) -> tuple[str, bool]:
        address = line.address
        if address is None or not address.text:
            raise Unprintable("no_address")
        if not (line.name or line.company or line.department):
            raise Unprintable("no_name")
        texts = [upright(address.text), upright(address.building)]
        firm = [upright(text) for text in firm_rows(line)]
        names = [upright(text) for text in addressees(line, self._options.honorific)]
        if self._font.missing("".join((*texts, *firm, *names))):
            raise Unprintable("missing_glyph")
        columns = self._columns(texts, firm, names)
        bars = self._bars(address) if self._plan.grid else None
        return "".join(self._operators(line, columns, bars)), bars is not None

    def _bars(self, address: Address) -> str | None:
        """Return the customer barcode of an address, or nothing and report why."""
        barcode = barcode_for(address)
        if barcode.symbol is not None:
            return customer_string(barcode.symbol.characters)
        reason = f"no_barcode:{barcode.reason}"
        if self._options.barcode == "required":
            raise Unprintable(reason)
        self._report(reason, 1)
        return None

    def _columns(
        self, texts: Sequence[str], firm: Sequence[str], names: Sequence[str]
    ) -> list[tuple[float, float, float, str]]:
        """Return x, top, type size and text of each column, or raise ``Unprintable``."""
        plan = self._plan
        height = plan.top - plan.bottom
        for size in _SIZES:
            per_column = int(height / size)
            columns = [
                column for name in names for column in broken(name, int(height / max(size, _SMALLEST_NAME)))
            ]
            longest = max(map(len, columns))
            address = [column for text in texts if text for column in broken(text, per_column)]
            posts = [column for text in firm for column in broken(text, int(height / (size * _FIRM_PART)))]
            name_size = min(size * _NAME_PART, height / longest)
            wide = (len(address) + len(posts) * _FIRM_PART) * size * _COLUMN + len(columns) * name_size * 1.2
            if wide <= plan.right - plan.left and name_size >= max(size, _SMALLEST_NAME):
                joint = len(columns) == len(names)
                return self._placed(address, posts, columns, size, name_size, joint=joint)
        raise Unprintable("does_not_fit")

    def _placed(
        self,
        address: Sequence[str],
        firm: Sequence[str],
        names: Sequence[str],
        size: float,
        name_size: float,
        *,
        joint: bool,
    ) -> list[tuple[float, float, float, str]]:
        """Place the columns; joint names end on one line, so that their honorifics stand side by side."""
        plan = self._plan
        columns = []
        x = plan.right
        for place, text in enumerate(address):
            x -= size * _COLUMN
            lowered = size if place else 0.0
            top = plan.top - (lowered if len(text) * size + lowered <= plan.top - plan.bottom else 0.0)
            columns.append((x + size * (_COLUMN - 1) / 2, top, size, text))
        small = size * _FIRM_PART
        wide = len(firm) * small * _COLUMN + len(names) * name_size * 1.2
        x = min(x, (plan.left + plan.right + wide) / 2)
        for text in firm:
            x -= small * _COLUMN
            columns.append((x, plan.top - size, small, text))
        longest = max(map(len, names))
        top = plan.top - max(0.0, min(name_size * 1.2, plan.top - plan.bottom - longest * name_size))
        for text in names:
            x -= name_size * 1.2
            lowered = (longest - len(text)) * name_size if joint else 0.0
            columns.append((x, top - lowered, name_size, text))
        return columns

    def _operators(
        self, line: Line, columns: Sequence[tuple[float, float, float, str]], bars: str | None
    ) -> Iterator[str]:
        plan, font = self._plan, self._font
        at = (0.0, 0.0)

        def move(x: float, y: float) -> str:
            nonlocal at
            moved = f"{number(round(x, 2) - at[0])} {number(round(y, 2) - at[1])} Td"
            at = (round(x, 2), round(y, 2))
            return moved

        x, y, size = plan.postal
        yield f"/T {number(size)} Tf {move(x, y)}<{font.encode(postal_row(line.address.postal_code if line.address else ''))}>Tj\n"
        for x, top, size, text in columns:
            yield f"/T {number(round(size, 1))} Tf "
            for place, code in enumerate(font.encode_upright(text)):
                yield f"{move(x, top - (place + RISE) * size)}<{code}>Tj\n"
        yield f"/B {FONT_SIZE} Tf {move(*plan.code)}<{code128_string(line.code)}>Tj\n"
        x, y, size = plan.code_text
        yield f"/T {number(size)} Tf {move(x, y)}<{font.encode(line.code)}>Tj\n"
        if self._options.numbered:
            yield f"<{NUMBER.replace('%%', '%')}>Tj\n"
        if bars is not None and plan.bars:
            yield f"{BARS}{bars}\n"


BARS = "bars:"
"""Stands before the customer barcode of a label, which is drawn turned and so needs the label's own place."""


def turned(operators: str, x: float, y: float, plan: VerticalPlan) -> str:
    """Put the label's place into the operators of its turned barcode, which come last."""
    upright_part, mark, bars = operators.partition(BARS)
    if not mark or plan.bars is None:
        return operators
    spot = f"{number(x + plan.bars[0])} {number(y + plan.bars[1])}"
    return f"{upright_part}/B {FONT_SIZE} Tf 0 1 -1 0 {spot} Tm<{bars.strip()}>Tj\n"


def broken(text: str, most: int) -> list[str]:
    """Break ``text`` into columns of at most ``most`` characters at the best places."""
    columns = []
    while len(text) > most:
        places = [
            place
            for place in range(max(1, most // 4), most + 1)
            if _may_break(text[place - 1], text[place]) and not leaves_honorific(text, place)
        ]
        place = min(places or [most], key=lambda p: (_cost(text, p), most - p))
        columns.append(text[:place].strip("\u3000"))
        text = text[place:].strip("\u3000")
    return [*columns, text]


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return not (_is_numeral(before) and _is_numeral(after))


def _cost(text: str, place: int) -> int:
    return 1 if _is_numeral(text[place]) and not _is_numeral(text[place - 1]) else break_cost(text, place)


def _is_numeral(character: str) -> bool:
    return character in _DIGITS or character == "十"


def _snapped(points: float) -> float:
    return round(points / STEP) * STEP
