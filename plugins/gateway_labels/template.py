"""The operators of a label with gaps for its strings: made once for each shape that labels have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.pdf.bar_font import CUSTOMER_LENGTH, FONT_SIZE
from gateway.pdf.grid import number
from gateway.pdf.stamp import Stamp
from gateway_labels.layout import LINE_CODE_LENGTH, Plan

NUMBER = "%%s"
"""Stands in a label's operators for its number, which is known only when it is put on its sheet."""

NAME_LEADING = 1.1

_CODE128_LENGTH = LINE_CODE_LENGTH + 3
"""With start, check symbol and stop."""


@dataclass(frozen=True, slots=True)
class Shape:
    """All that a label's template depends on."""

    plan: Plan
    size: float
    upper: int
    scales: tuple[int, ...]
    name_size: float
    names: tuple[int, ...]
    """The horizontal scales of the name's rows."""

    has_bars: bool
    numbered: bool
    raised: float = 0.0
    """Height that the name takes from the body."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A string: its font, type size and place."""

    face: str
    size: float
    x: float
    y: float
    scale: int = 100


def template(shape: Shape) -> str:
    """Return the operators of a label, in reading order, with gaps for its postal code, its rows and its ending."""
    first = _ending_steps(shape.plan, has_bars=shape.has_bars)[0]
    rows = "".join(_operators([*_text_steps(shape), first])).removesuffix(_SHOWN)
    return f"{rows}%s" + (f"<{NUMBER}>Tj\n" if shape.numbered else "")


def ending(plan: Plan, *, has_bars: bool) -> Stamp:
    """Return the operators for customer barcode, Code128 and line code, from where the first of them begins."""
    _first, *others = _operators(_ending_steps(plan, has_bars=has_bars))
    lengths = (_CODE128_LENGTH, 2 * LINE_CODE_LENGTH)
    return Stamp("".join((_SHOWN, *others)), *((CUSTOMER_LENGTH, *lengths) if has_bars else lengths))


_SHOWN = "<%s>Tj\n"


def _text_steps(shape: Shape) -> Iterator[_Step]:
    plan = shape.plan
    above, below = plan.baselines(shape.size, shape.upper, len(shape.scales) - shape.upper, shape.raised)
    left = plan.postal.x
    yield _Step("T", plan.postal.size, left, plan.postal.y)
    for baseline, scale in zip((*above, *below), shape.scales, strict=True):
        yield _Step("T", shape.size, left, baseline, scale)
    leading = shape.name_size * NAME_LEADING
    for above_last, scale in zip(reversed(range(len(shape.names))), shape.names, strict=True):
        yield _Step("T", shape.name_size, left, plan.name.y + leading * above_last, scale)


def _ending_steps(plan: Plan, *, has_bars: bool) -> list[_Step]:
    bars = [_Step("B", FONT_SIZE, *plan.bars)] if has_bars and plan.bars else []
    text = plan.code_text
    return [*bars, _Step("B", FONT_SIZE, *plan.code), _Step("T", text.size, text.x, text.y)]


def _operators(steps: Sequence[_Step]) -> Iterator[str]:
    """Yield the operators for each string, moved to from the one before."""
    font, at = ("", 0.0), (0.0, 0.0)
    for step in steps:
        chosen = ""
        if font != (step.face, step.size):
            font = (step.face, step.size)
            chosen = f"/{step.face} {number(step.size)} Tf "
        spot = (round(step.x, 2), round(step.y, 2))
        shown = _SHOWN if step.scale == 100 else f" {step.scale} Tz<%s>Tj 100 Tz\n"
        yield f"{chosen}{number(spot[0] - at[0])} {number(spot[1] - at[1])} Td{shown}"
        at = spot
