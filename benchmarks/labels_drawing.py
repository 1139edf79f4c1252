"""What every peer of the label benchmark draws on a label: rows of text and bars, in points from its lower left corner."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.api import Line
from gateway.pdf import code128
from gateway.pdf.grid import STEP
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.layout import Plan
from gateway_labels.wording import name_row, postal_row

_SPANS = {"F": (0, 33), "A": (11, 33), "D": (0, 22), "T": (11, 22)}
_PITCH, _BAR = 11, 6

Rectangle = tuple[float, float, float, float]
"""Left, bottom, width and height."""


def module(plan: Plan) -> float:
    """Return the Code128's module in points."""
    return plan.module * 72 / 1200


def text_rows(line: Line, plan: Plan) -> list[tuple[float, float, float, str]]:
    """Return x, y, type size and text of a label's rows, none of them fitted."""
    assert line.address is not None  # every line of the benchmark has one
    rows = [(plan.postal.x, plan.postal.y, plan.postal.size, postal_row(line.address.postal_code))]
    size = plan.body_sizes[0]
    texts = [text for text in (line.address.text, line.address.building) if text]
    rows += [
        (plan.postal.x, y, size, text)
        for y, text in zip(plan.baselines(size, len(texts), 0)[0], texts, strict=True)
    ]
    rows.append((plan.name.x, plan.name.y, plan.name.size, name_row(line, "様")))
    rows.append((plan.code_text.x, plan.code_text.y, plan.code_text.size, line.code))
    return rows


def customer_bars(line: Line, plan: Plan) -> Iterator[Rectangle]:
    """Yield the bars of the customer barcode."""
    assert line.address is not None  # as above
    symbol = barcode_for(line.address).symbol
    if symbol is None or plan.bars is None:
        return
    left, bottom = plan.bars
    for place, state in enumerate(symbol.bars):
        low, high = _SPANS[state]
        yield left + place * _PITCH * STEP, bottom + low * STEP, _BAR * STEP, (high - low) * STEP


def code128_bars(line: Line, plan: Plan) -> Iterator[Rectangle]:
    """Yield the bars of the Code128."""
    x, bottom = plan.code
    wide = module(plan)
    for value in code128.values(line.code):
        for place, run in enumerate(code128.patterns()[value]):
            if place % 2 == 0:
                yield x, bottom, run * wide, plan.code_height * STEP
            x += run * wide
