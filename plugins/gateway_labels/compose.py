"""Turn one line into the operators that draw its label, or find the reason why it cannot be printed.

Nearly all labels take the short way: every row fits as it is, and the operators come from a template per number of
rows. Only a row that is too long is condensed or wrapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from gateway.api import Address, Line
from gateway.pdf.bar_font import FONT_SIZE, code128_string, customer_string
from gateway.pdf.grid import number
from gateway.pdf.text_font import MissingGlyph, TextFont
from gateway_labels.customer_barcode import barcode_for
from gateway_labels.fit import COMFORTABLE, TIGHTEST, Row, condensed, wrapped
from gateway_labels.layout import Plan
from gateway_labels.options import LabelOptions
from gateway_labels.wording import firm_rows, name_row, narrowed, postal_row

_AS_IT_IS = (100,)
_TEMPLATES_KEPT = 2048


class Unprintable(Exception):
    """The line cannot become a label; ``reason`` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Composer:
    """Composes labels for one plan and one volume's text font."""

    def __init__(
        self, plan: Plan, options: LabelOptions, font: TextFont, report: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._options = options
        self._font = font
        self._report = report
        self._narrow = options.digits == "half"
        self._most_rows = plan.rows_that_fit(plan.body_sizes[0])
        self._template = lru_cache(_TEMPLATES_KEPT)(lambda *shape: _template(plan, *shape))

    def label(self, line: Line) -> str:
        """Return the operators of one label, relative to its lower left corner; raise ``Unprintable``."""
        address, code = line.address, line.code
        if address is None or not address.text:
            raise Unprintable("no_address")
        if not (line.name or line.company or line.department):
            raise Unprintable("no_name")
        bars = self._bars(address)
        try:
            size, upper, lower, scales = self._fit_body(self._address_rows(address), firm_rows(line))
            name_size, name, name_scale = self._fit_name(name_row(line, self._options.honorific))
            texts = self._font.encode_all((postal_row(line), *upper, *lower, name, code))
        except MissingGlyph:
            raise Unprintable("missing_glyph") from None
        template = self._template(size, len(upper), scales, name_size, name_scale, bars is not None)
        printed = texts.pop()
        if bars is not None:
            texts.append(bars)
        return template % (*texts, code128_string(code), printed)

    def _address_rows(self, address: Address) -> list[str]:
        texts = [address.text, address.building] if address.building else [address.text]
        return [narrowed(text) for text in texts] if self._narrow else texts

    def _bars(self, address: Address) -> str | None:
        if self._plan.grid is None:
            return None
        barcode = barcode_for(address)
        if barcode.symbol is not None:
            return customer_string(barcode.symbol.characters)
        reason = f"no_barcode:{barcode.reason}"
        if self._options.barcode == "required":
            raise Unprintable(reason)
        self._report(reason)
        return None

    def _fit_body(
        self, upper: Sequence[str], lower: Sequence[str]
    ) -> tuple[float, Sequence[str], Sequence[str], tuple[int, ...]]:
        """Return type size, rows of the address, rows of the firm, and the scales of all rows."""
        size = self._plan.body_sizes[0]
        count = len(upper) + len(lower)
        if count <= self._most_rows and all(self._is_short(text, size) for text in (*upper, *lower)):
            return size, upper, lower, _AS_IT_IS * count
        for least in (COMFORTABLE, TIGHTEST):
            for size in self._plan.body_sizes:
                above, below = self._rows(upper, size, least), self._rows(lower, size, least)
                if above is None or below is None:
                    continue
                rows = above + below
                if len(rows) <= self._plan.rows_that_fit(size):
                    texts = [row.text for row in rows]
                    scales = tuple(row.scale for row in rows)
                    return size, texts[: len(above)], texts[len(above) :], scales
        raise Unprintable("does_not_fit")

    def _rows(self, texts: Sequence[str], size: float, least: int) -> list[Row] | None:
        rows: list[Row] = []
        for text in texts:
            found = wrapped(self._font, text, size, self._plan.room, least)
            if found is None:
                return None
            rows.extend(found)
        return rows

    def _fit_name(self, name: str) -> tuple[float, str, int]:
        """Return type size, text and scale of the name row."""
        if self._is_short(name, self._plan.name_sizes[0]):
            return self._plan.name_sizes[0], name, 100
        for least in (COMFORTABLE, TIGHTEST):
            for size in self._plan.name_sizes:
                row = condensed(self._font, name, size, self._plan.room, least)
                if row:
                    return size, row.text, row.scale
        raise Unprintable("does_not_fit")

    def _is_short(self, text: str, size: float) -> bool:
        """Tell whether a row fits as it is, if possible without adding up its characters' widths."""
        room = self._plan.room
        return len(text) * size <= room or self._font.width(text) * size <= room * 1000


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
        x, y = round(x, 2), round(y, 2)
        yield f"{number(x - at[0])} {number(y - at[1])} Td"
        yield "<%s>Tj\n" if scale == 100 else f" {scale} Tz<%s>Tj 100 Tz\n"
        at = (x, y)
