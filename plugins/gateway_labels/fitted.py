"""Find a layout for the label whose rows are too long or too many: condensed, wrapped, set closer or smaller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gateway.api import Line
from gateway.pdf.text_font import TextFont
from gateway_labels.fit import COMFORTABLE, INSIDE_WORDS, TIGHTEST, WORST, Row, condensed, wrapped
from gateway_labels.layout import Plan
from gateway_labels.template import NAME_LEADING, Shape
from gateway_labels.wording import addressees

_GAP = "\u3000"
_NAME_ROWS = 2
_SMALL_NAME = 0.52
"""Type size of a name in two rows that takes no more height than one row, in parts of that one's size."""

_PLAIN_NAME = 0.85
"""A name of this part of its usual size looks as good as one of the whole, so that it is not broken for size."""

_ATTEMPTS = ((COMFORTABLE, INSIDE_WORDS - 1), (COMFORTABLE, WORST), (TIGHTEST, WORST))
"""Least scale in per cent and worst place to break at, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A label's texts before they are fitted."""

    line: Line
    address: Sequence[str]
    firm: Sequence[str]
    name: str
    has_bars: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The shape in which a label can be printed, the number of its layout, and its rows."""

    shape: Shape
    plan: int
    texts: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitter:
    """Fits labels of one sheet; ``plans`` are its layouts, the preferred one first."""

    plans: Sequence[Plan]
    honorific: str
    numbered: bool
    font: TextFont

    def fitted(self, draft: Draft) -> Fitted | None:
        """Return the layout that holds the label and whose smallest type is largest, the least condensed first."""
        for least, worst in _ATTEMPTS:
            for number, plan in enumerate(self.plans):
                found = _most_legible(self._candidates(plan, number, draft, least, worst))
                if found:
                    return found
        return None

    def _candidates(self, plan: Plan, number: int, draft: Draft, least: int, worst: int) -> Iterator[Fitted]:
        for name_size, names, raised in self._names(plan, draft, least):
            for address in _address_rows(draft.address):
                body = self._body(plan, address, draft.firm, least, worst, raised)
                if body is None:
                    continue
                size, upper, lower = body
                shape = Shape(
                    plan=plan,
                    size=size,
                    upper=len(upper),
                    scales=tuple(row.scale for row in (*upper, *lower)),
                    name_size=name_size,
                    names=tuple(row.scale for row in names),
                    has_bars=draft.has_bars,
                    numbered=self.numbered,
                    raised=raised,
                )
                texts = [row.text for row in (*upper, *lower, *names)]
                yield Fitted(shape=shape, plan=number, texts=texts)

    def _body(
        self, plan: Plan, address: Sequence[str], firm: Sequence[str], least: int, worst: int, raised: float
    ) -> tuple[float, list[Row], list[Row]] | None:
        """Return type size, rows of the address and rows of the firm."""
        for size in plan.body_sizes:
            above = self._rows(address, size, plan.room, least, worst)
            below = self._rows(firm, size, plan.room, least, worst)
            if above is None or below is None:
                continue
            if len(above) + len(below) <= plan.rows_that_fit(size, raised):
                return size, above, below
        return None

    def _rows(
        self, texts: Sequence[str], size: float, room: float, least: int, worst: int
    ) -> list[Row] | None:
        rows: list[Row] = []
        for text in texts:
            found = wrapped(self.font, text, size, room, least, worst=worst)
            if found is None:
                return None
            rows.extend(found)
        return rows

    def _names(self, plan: Plan, draft: Draft, least: int) -> Iterator[tuple[float, list[Row], float]]:
        """Yield type size, rows and additional height of the name: one row, smaller if need be, else two."""
        for size in plan.name_sizes:
            row = condensed(self.font, draft.name, size, plan.room, least)
            if row:
                yield size, [row], 0.0
                break
        names = addressees(draft.line, self.honorific)
        whole = plan.name_sizes[0]
        for size in (*plan.name_sizes[1:], round(whole * _SMALL_NAME, 1)):
            if len(names) > 1:
                rows = self._joint_rows(names, size, plan.room, least)
            else:
                rows = wrapped(self.font, names[0], size, plan.room, least, most=_NAME_ROWS)
            if rows:
                yield size, rows, max(0.0, size * (1 + NAME_LEADING) - whole)

    def _joint_rows(self, names: Sequence[str], size: float, room: float, least: int) -> list[Row] | None:
        """Put joint names on two rows, none of them broken, the rows as equal as can be."""
        lengths = list(accumulate(map(len, names)))
        for place in sorted(
            range(1, len(names)), key=lambda place: abs(lengths[place - 1] * 2 - lengths[-1])
        ):
            halves = (_GAP.join(names[:place]), _GAP.join(names[place:]))
            rows = [condensed(self.font, half, size, room, least) for half in halves]
            if all(rows):
                return [row for row in rows if row]
        return None


def _address_rows(address: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the address as it is, and with the building on the same row."""
    yield address
    if len(address) > 1:
        yield [" ".join(address)]


def _most_legible(candidates: Iterator[Fitted]) -> Fitted | None:
    """Return the best candidate, and the first of those that nothing can surpass."""
    best, legibility = None, 0.0
    for candidate in candidates:
        found = _legibility(candidate)
        if found > legibility:
            best, legibility = candidate, found
        if legibility >= 1.0:
            break
    return best


def _legibility(fitted: Fitted) -> float:
    """Return how large the smaller of name and body is, in parts of its usual size."""
    shape = fitted.shape
    name = shape.name_size / shape.plan.name_sizes[0] / _PLAIN_NAME
    return min(1.0, shape.size / shape.plan.body_sizes[0], name)
