"""Turn lines into the operators that draw their labels, or find the reason why one cannot be printed.

Lines come in chunks, because measuring and encoding many texts at once costs a fraction of one by one. Nearly all
labels take the short way: every row fits as it is, and the operators come from a template per number of rows. Only a
row that is too long is condensed or wrapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from gateway.api import Address, Line
from gateway.pdf.bar_font import FONT_SIZE, code128_strings, customer_string
from gateway.pdf.grid import number
from gateway.pdf.text_font import TextFont
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.customer_barcode_many import barcodes_for
from gateway_labels.fit import COMFORTABLE, INSIDE_WORDS, TIGHTEST, WORST, Row, condensed, wrapped
from gateway_labels.layout import Plan
from gateway_labels.options import LabelOptions
from gateway_labels.wording import addressees, firm_rows, name_row, narrowed, postal_row

NUMBER = "%%s"
"""Stands in a label's operators for its number, which is known only when it is put on its sheet."""

_TEMPLATES_KEPT = 2048
_GAP = "\u3000"
_NAME_ROWS = 2
_SMALL_NAME = 0.52
"""Type size of a name in two rows that takes no more height than one row, in parts of that one's size."""

_NAME_LEADING = 1.1

_ATTEMPTS = ((COMFORTABLE, INSIDE_WORDS - 1), (COMFORTABLE, WORST), (TIGHTEST, WORST))
"""Least scale in per cent and worst place to break at, the best first."""

_WHOLE = tuple((100,) * count for count in range(20))
"""The scales of that many rows that need no condensing."""

Printed = tuple[Line, bool, str]
"""A line, whether its label bears a customer barcode, and the label's operators."""


class Unprintable(Exception):
    """The line cannot become a label; ``reason`` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Draft:
    """A label's texts before they are fitted: ``texts`` are ``upper`` rows of address, then the firm's, then the name."""

    line: Line
    texts: list[str]
    upper: int
    bars: str | None


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


class Composer:
    """Composes horizontal labels of one sheet; ``plans`` are its layouts, the preferred one first."""

    def __init__(
        self, plans: Sequence[Plan], options: LabelOptions, font: TextFont, report: Callable[[str], None]
    ) -> None:
        self._plans = plans
        self._options = options
        self._font = font
        self._report = report
        plan = plans[0]
        self._body_size, self._name_size = plan.body_sizes[0], plan.name_sizes[0]
        self._body_room = int(plan.room * 1000 / self._body_size)
        self._name_room = int(plan.room * 1000 / self._name_size)
        self._most_rows = plan.rows_that_fit(self._body_size)
        self._template = lru_cache(_TEMPLATES_KEPT)(_template)
        self._usual = lru_cache(_TEMPLATES_KEPT)(self._usual_template)

    def labels(self, lines: Sequence[Line], refuse: Callable[[Line, str], None]) -> list[Printed]:
        """Return the operators of each label, relative to its lower left corner, of all lines but those refused."""
        drafts = self._drafts(lines, refuse)
        widths = self._font.measure([text for draft in drafts for text in draft.texts])
        shaped: list[tuple[_Draft, str]] = []
        at = 0
        for draft in drafts:
            end = at + len(draft.texts)
            try:
                shaped.append((draft, self._shape(draft, widths[at:end])))
            except Unprintable as problem:
                refuse(draft.line, problem.reason)
            at = end
        return self._filled(shaped)

    def _drafts(self, lines: Sequence[Line], refuse: Callable[[Line, str], None]) -> list[_Draft]:
        """Return the texts of all lines but those that lack an address, a name, or a barcode that is required."""
        honorific, half = self._options.honorific, self._options.digits == "half"
        drafts: list[_Draft] = []
        addresses: list[Address] = []
        for line in lines:
            address = line.address
            if address is None or not address.text:
                refuse(line, "no_address")
                continue
            if not (line.name or line.company or line.department):
                refuse(line, "no_name")
                continue
            texts = [address.text, address.building] if address.building else [address.text]
            if half:
                texts = [narrowed(text) for text in texts]
            upper = len(texts)
            if line.company or line.department or line.title:
                texts += firm_rows(line)
            texts.append(name_row(line, honorific))
            drafts.append(_Draft(line, texts, upper, None))
            addresses.append(address)
        return self._with_bars(drafts, addresses, refuse) if self._plans[0].grid else drafts

    def _with_bars(
        self, drafts: list[_Draft], addresses: Sequence[Address], refuse: Callable[[Line, str], None]
    ) -> list[_Draft]:
        symbols, reasons = barcodes_for(addresses)
        kept: list[_Draft] = []
        for draft, symbol, reason in zip(drafts, symbols, reasons, strict=True):
            if symbol:
                draft.bars = symbol
            elif self._options.barcode == "required":
                refuse(draft.line, f"no_barcode:{reason}")
                continue
            else:
                self._report(f"no_barcode:{reason}")
            kept.append(draft)
        return kept

    def _shape(self, draft: _Draft, widths: Sequence[int]) -> str:
        """Fit a draft's texts into rows, changing them where one has to, and return its template."""
        if min(widths) < 0:
            raise Unprintable("missing_glyph")
        *rows, name_width = widths
        count, widest = len(rows), max(rows)
        if count <= self._most_rows and widest <= self._body_room and name_width <= self._name_room:
            return self._usual(draft.upper, _WHOLE[count], 100, draft.bars is not None)
        if (
            count <= self._most_rows
            and widest * COMFORTABLE <= self._body_room * 100
            and name_width * COMFORTABLE <= self._name_room * 100
        ):
            scales = tuple([_scale(width, self._body_room) for width in rows])
            return self._usual(
                draft.upper, scales, _scale(name_width, self._name_room), draft.bars is not None
            )
        return self._fitted(draft)

    def _usual_template(self, upper: int, scales: tuple[int, ...], name_scale: int, has_bars: bool) -> str:
        shape = Shape(
            self._plans[0],
            self._body_size,
            upper,
            scales,
            self._name_size,
            (name_scale,),
            has_bars,
            self._options.numbered,
        )
        return self._template(shape)

    def _fitted(self, draft: _Draft) -> str:
        """Find the first layout that holds the label, in the order of how it looks."""
        address, firm = draft.texts[: draft.upper], draft.texts[draft.upper : -1]
        for least, worst in _ATTEMPTS:
            for plan in self._plans:
                for name_size, names, raised in self._names(plan, draft, least):
                    body = self._fit_body(plan, address, firm, least, worst, raised)
                    if body is None:
                        continue
                    size, upper, lower = body
                    draft.texts = [row.text for row in (*upper, *lower, *names)]
                    scales = tuple(row.scale for row in (*upper, *lower))
                    name_scales = tuple(row.scale for row in names)
                    bars, numbered = draft.bars is not None, self._options.numbered
                    return self._template(
                        Shape(plan, size, len(upper), scales, name_size, name_scales, bars, numbered, raised)
                    )
        raise Unprintable("does_not_fit")

    def _fit_body(
        self, plan: Plan, upper: Sequence[str], lower: Sequence[str], least: int, worst: int, raised: float
    ) -> tuple[float, list[Row], list[Row]] | None:
        """Return type size, rows of the address and rows of the firm."""
        for size in plan.body_sizes:
            above = self._rows(upper, size, plan.room, least, worst)
            below = self._rows(lower, size, plan.room, least, worst)
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
            found = wrapped(self._font, text, size, room, least, worst=worst)
            if found is None:
                return None
            rows.extend(found)
        return rows

    def _names(self, plan: Plan, draft: _Draft, least: int) -> Iterator[tuple[float, list[Row], float]]:
        """Yield type size, rows and additional height of the name: one row, smaller if need be, else two."""
        for size in plan.name_sizes:
            row = condensed(self._font, draft.texts[-1], size, plan.room, least)
            if row:
                yield size, [row], 0.0
                return
        names = addressees(draft.line, self._options.honorific)
        whole = plan.name_sizes[0]
        for size in (*plan.name_sizes[1:], round(whole * _SMALL_NAME, 1)):
            if len(names) > 1:
                rows = self._joint_rows(names, size, plan.room, least)
            else:
                rows = wrapped(self._font, names[0], size, plan.room, least, most=_NAME_ROWS)
            if rows:
                yield size, rows, max(0.0, size * (1 + _NAME_LEADING) - whole)

    def _joint_rows(self, names: Sequence[str], size: float, room: float, least: int) -> list[Row] | None:
        """Put joint names on two rows, none of them broken, the rows as equal as can be."""
        lengths = list(accumulate(map(len, names)))
        for place in sorted(
            range(1, len(names)), key=lambda place: abs(lengths[place - 1] * 2 - lengths[-1])
        ):
            halves = (_GAP.join(names[:place]), _GAP.join(names[place:]))
            rows = [condensed(self._font, half, size, room, least) for half in halves]
            if all(rows):
                return [row for row in rows if row]
        return None

    def _filled(self, shaped: Sequence[tuple[_Draft, str]]) -> list[Printed]:
        """Put the encoded texts and codes into the templates."""
        texts: list[str] = []
        for draft, _ in shaped:
            texts += (postal_row(draft.line), *draft.texts, draft.line.code)
        strings = self._font.encode_all(texts)
        codes = code128_strings([draft.line.code for draft, _ in shaped])
        labels: list[Printed] = []
        at = 0
        for (draft, template), code in zip(shaped, codes, strict=True):
            end = at + len(draft.texts) + 1
            bars = draft.bars
            shown = (
                (*strings[at:end], code, strings[end])
                if bars is None
                else (*strings[at:end], bars, code, strings[end])
            )
            labels.append((draft.line, bars is not None, template % shown))
            at = end + 1
        return labels


def customer_bars(address: Address, options: LabelOptions, report: Callable[[str], None]) -> str | None:
    """Return the customer barcode of an address, or nothing and report why; raise ``Unprintable`` if it is required."""
    barcode = barcode_for(address)
    if barcode.symbol is not None:
        return customer_string(barcode.symbol.characters)
    reason = f"no_barcode:{barcode.reason}"
    if options.barcode == "required":
        raise Unprintable(reason)
    report(reason)
    return None


def _scale(width: int, room: int) -> int:
    """Return the horizontal scale in per cent at which a text fits."""
    return 100 if width <= room else 100 * room // width


def _template(shape: Shape) -> str:
    """Return the operators of a label with places for its strings, in reading order."""
    plan = shape.plan
    above, below = plan.baselines(shape.size, shape.upper, len(shape.scales) - shape.upper, shape.raised)
    left = plan.postal.x
    steps = [("T", plan.postal.size, left, plan.postal.y, 100)]
    steps += [
        ("T", shape.size, left, baseline, scale)
        for baseline, scale in zip((*above, *below), shape.scales, strict=True)
    ]
    leading = shape.name_size * _NAME_LEADING
    for above_last, scale in zip(reversed(range(len(shape.names))), shape.names, strict=True):
        steps.append(("T", shape.name_size, left, plan.name.y + leading * above_last, scale))
    if shape.has_bars and plan.bars:
        steps.append(("B", FONT_SIZE, *plan.bars, 100))
    steps.append(("B", FONT_SIZE, *plan.code, 100))
    steps.append(("T", plan.code_text.size, plan.code_text.x, plan.code_text.y, 100))
    return "".join(_operators(steps)) + (f"<{NUMBER}>Tj\n" if shape.numbered else "")


def _operators(steps: Sequence[tuple[str, float, float, float, int]]) -> Iterator[str]:
    """Yield the operators for strings of (font, type size, x, y, scale), each moved to from the one before."""
    font, at = ("", 0.0), (0.0, 0.0)
    for face, size, x, y, scale in steps:
        if font != (face, size):
            font = (face, size)
            yield f"/{face} {number(size)} Tf "
        spot = (round(x, 2), round(y, 2))
        yield f"{number(spot[0] - at[0])} {number(spot[1] - at[1])} Td"
        yield "<%s>Tj\n" if scale == 100 else f" {scale} Tz<%s>Tj 100 Tz\n"
        at = spot
