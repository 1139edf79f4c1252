"""A page as a list of marks: text, rules, boxes and bars, in millimetres from the top left corner.

Marks are data, so that a document can be laid out first and its characters and page count be known before any byte
of the PDF is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gateway.documents.wrap import wrap
from gateway.pdf.truetype import text_width, without_selectors

PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0
POINTS_PER_MM = 72 / 25.4
BODY = 10.0
"""Smallest size of text that a form uses, in points: standard fax leaves 13 lines to a character of 10 points."""
RULE = 0.3
"""Width of a rule in millimetres: more than one line of a standard fax (98 lines an inch), so it never breaks."""

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text; ``x`` is its left end, ``y`` its baseline, ``size`` in points."""

    x: float
    y: float
    text: str
    size: float
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A straight solid line."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An unfilled rectangle; ``y`` is its upper edge."""

    x: float
    y: float
    width: float
    height: float
    line: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A one-dimensional barcode: ``modules`` of 1 (bar) and 0 (space), each ``module`` millimetres wide."""

    x: float
    y: float
    height: float
    modules: str
    module: float


Mark = Text | Rule | Box | Bars


@dataclass(slots=True)
class Sheet:
    """One page under construction."""

    marks: list[Mark] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, size: float = BODY, *, bold: bool = False, align: Align = "left"
    ) -> None:
        """Put one line of text with its left end, middle or right end at ``x``."""
        text = without_selectors(text)
        if align != "left":
            x -= width_of(text, size) * (0.5 if align == "centre" else 1.0)
        self.marks.append(Text(x=x, y=y, text=text, size=size, bold=bold))

    def paragraph(
        self, x: float, y: float, width: float, text: str, size: float = BODY, *, leading: float | None = None
    ) -> float:
        """Put text in lines of at most ``width``; return the baseline of the line after the last one."""
        step = leading or leading_of(size)
        for line in lines_of(text, width, size):
            self.text(x, y, line, size)
            y += step
        return y

    def rule(self, x: float, y: float, to_x: float, to_y: float, width: float = RULE) -> None:
        """Draw a straight line."""
        self.marks.append(Rule(x=x, y=y, to_x=to_x, to_y=to_y, width=width))

    def box(self, x: float, y: float, width: float, height: float, line: float = RULE) -> None:
        """Draw an unfilled rectangle."""
        self.marks.append(Box(x=x, y=y, width=width, height=height, line=line))

    def bars(self, x: float, y: float, height: float, modules: str, module: float) -> None:
        """Draw a barcode."""
        self.marks.append(Bars(x=x, y=y, height=height, modules=modules, module=module))

    def tick_box(
        self, x: float, y: float, label: str, size: float = BODY, *, ticked: bool = False, bold: bool = False
    ) -> float:
        """Draw a box to tick before a label on baseline ``y``; return the x after a gap, for the next one."""
        side = size * 0.37
        top = y - side + 0.45
        self.box(x, top, side, side)
        if ticked:
            self.rule(x + side * 0.18, top + side * 0.5, x + side * 0.42, top + side * 0.8, 0.6)
            self.rule(x + side * 0.42, top + side * 0.8, x + side * 0.88, top + side * 0.15, 0.6)
        self.text(x + side + 1.2, y, label, size, bold=bold)
        return x + side + 1.2 + width_of(label, size) + 4.0


def width_of(text: str, size: float) -> float:
    """Return the width of one line of text in millimetres."""
    return text_width(without_selectors(text), size) / POINTS_PER_MM


def lines_of(text: str, width: float, size: float) -> list[str]:
    """Break text into lines of at most ``width`` millimetres."""
    return wrap(without_selectors(text), width * POINTS_PER_MM, size)


def leading_of(size: float) -> float:
    """Return the distance of two baselines in millimetres."""
    return size * 1.42 / POINTS_PER_MM
