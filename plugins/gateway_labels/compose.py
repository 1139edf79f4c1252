"""Turn lines into the operators that draw their labels, or find the reason why one cannot be printed.

Lines come in chunks, because measuring and encoding many texts at once costs a fraction of one by one. Nearly all
labels take the short way: every row fits as it is, and the operators come from a template per number of rows. Only a
row that is too long is condensed or wrapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.api import Address, Line
from gateway.pdf.bar_font import FONT_SIZE, code128_strings, customer_string
from gateway.pdf.grid import number
from gateway.pdf.text_font import TextFont
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.fit import COMFORTABLE, TIGHTEST, Row, condensed, wrapped
from gateway_labels.layout import Plan
from gateway_labels.options import LabelOptions
from gateway_labels.wording import firm_rows, name_row, narrowed, postal_row

_TEMPLATES_KEPT = 2048


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


class Composer:
    """Composes labels for one plan and one volume's text font."""

    def __init__(
        self, plan: Plan, options: LabelOptions, font: TextFont, report: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._options = options
        self._font = font
        self._report = report
        self._body_size, self._name_size = plan.body_sizes[0], plan.name_sizes[0]
        self._body_room = int(plan.room * 1000 / self._body_size)
        self._name_room = int(plan.room * 1000 / self._name_size)
        self._most_rows = plan.rows_that_fit(self._body_size)
        self._template = lru_cache(_TEMPLATES_KEPT)(lambda *shape: _template(plan, *shape))

    def labels(self, lines: Sequence[Line], refuse: Callable[[Line, str], None]) -> list[str]:
        """Return the operators of each label, relative to its lower left corner, of all lines but those refused."""
        drafts: list[_Draft] = []
        for line in lines:
            try:
                drafts.append(self._draft(line))
            except Unprintable as problem:
                refuse(line, problem.reason)
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

    def _draft(self, line: Line) -> _Draft:
        address = line.address
        if address is None or not address.text:
            raise Unprintable("no_address")
        if not (line.name or line.company or line.department):
            raise Unprintable("no_name")
        texts = [address.text, address.building] if address.building else [address.text]
        if self._options.digits == "half":
            texts = [narrowed(text) for text in texts]
        upper = len(texts)
        if line.company or line.department or line.title:
            texts += firm_rows(line)
        texts.append(name_row(line, self._options.honorific))
        return _Draft(line, texts, upper, self._bars(address) if self._plan.grid else None)

    def _bars(self, address: Address) -> str | None:
        barcode = barcode_for(address)
        if barcode.symbol is not None:
            return customer_string(barcode.symbol.characters)
        reason = f"no_barcode:{barcode.reason}"
        if self._options.barcode == "required":
            raise Unprintable(reason)
        self._report(reason)
        return None

    def _shape(self, draft: _Draft, widths: Sequence[int]) -> str:
        """Fit a draft's texts into rows, changing them where one has to, and return its template."""
        if min(widths) < 0:
            raise Unprintable("missing_glyph")
        rows, name_width = widths[:-1], widths[-1]
        if (
            len(rows) <= self._most_rows
            and max(rows) * COMFORTABLE <= self._body_room * 100
            and name_width * COMFORTABLE <= self._name_room * 100
        ):
            scales = tuple([_scale(width, self._body_room) for width in rows])
            name_scale = _scale(name_width, self._name_room)
            return self._template(
                self._body_size, draft.upper, scales, self._name_size, name_scale, draft.bars is not None
            )
        size, upper, lower = self._fit_body(draft.texts[: draft.upper], draft.texts[draft.upper : -1])
        name_size, name = self._fit_name(draft.texts[-1])
        draft.texts = [row.text for row in (*upper, *lower, name)]
        scales = tuple(row.scale for row in (*upper, *lower))
        return self._template(size, len(upper), scales, name_size, name.scale, draft.bars is not None)

    def _fit_body(self, upper: Sequence[str], lower: Sequence[str]) -> tuple[float, list[Row], list[Row]]:
        """Return type size, rows of the address and rows of the firm."""
        for least in (COMFORTABLE, TIGHTEST):
            for size in self._plan.body_sizes:
                above, below = self._rows(upper, size, least), self._rows(lower, size, least)
                if above is None or below is None:
                    continue
                if len(above) + len(below) <= self._plan.rows_that_fit(size):
                    return size, above, below
        raise Unprintable("does_not_fit")

    def _rows(self, texts: Sequence[str], size: float, least: int) -> list[Row] | None:
        rows: list[Row] = []
        for text in texts:
            found = wrapped(self._font, text, size, self._plan.room, least)
            if found is None:
                return None
            rows.extend(found)
        return rows

    def _fit_name(self, name: str) -> tuple[float, Row]:
        for least in (COMFORTABLE, TIGHTEST):
            for size in self._plan.name_sizes:
                row = condensed(self._font, name, size, self._plan.room, least)
                if row:
                    return size, row
        raise Unprintable("does_not_fit")

    def _filled(self, shaped: Sequence[tuple[_Draft, str]]) -> list[str]:
        """Put the encoded texts and codes into the templates."""
        texts: list[str] = []
        for draft, _ in shaped:
            texts += (postal_row(draft.line), *draft.texts, draft.line.code)
        strings = self._font.encode_all(texts)
        codes = code128_strings([draft.line.code for draft, _ in shaped])
        labels: list[str] = []
        at = 0
        for (draft, template), code in zip(shaped, codes, strict=True):
            end = at + len(draft.texts) + 1
            bars = () if draft.bars is None else (draft.bars,)
            labels.append(template % (*strings[at:end], *bars, code, strings[end]))
            at = end + 1
        return labels


def _scale(width: int, room: int) -> int:
    """Return the horizontal scale in per cent at which a text fits."""
    return 100 if width <= room else 100 * room // width


def _template(
    plan: Plan,
    size: float,
    upper: int,
    scales: tuple[int, ...],
    name_size: float,
    name_scale: int,
    has_bars: bool,
) -> str:
    """Return the operators of a label with places for its strings, in reading order."""
    above, below = plan.baselines(size, upper, len(scales) - upper)
    left = plan.postal.x
    steps = [("T", plan.postal.size, left, plan.postal.y, 100)]
    steps += [
        ("T", size, left, baseline, scale) for baseline, scale in zip((*above, *below), scales, strict=True)
    ]
    steps.append(("T", name_size, left, plan.name.y, name_scale))
    if has_bars and plan.bars:
        steps.append(("B", FONT_SIZE, *plan.bars, 100))
    steps.append(("B", FONT_SIZE, *plan.code, 100))
    steps.append(("T", plan.code_text.size, plan.code_text.x, plan.code_text.y, 100))
    return "".join(_operators(steps))


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
