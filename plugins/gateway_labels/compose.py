"""Turn lines into the operators that draw their labels, or find the reason why one cannot be printed.

Lines come in chunks, because measuring and encoding many texts at once costs a fraction of one by one. Nearly all
labels take the short way: every row fits as it is, and the operators come from a template per number of rows. Only a
row that is too long is condensed or wrapped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gateway.api import Line
from gateway.pdf.bar_font import CUSTOMER_LENGTH
from gateway.pdf.text_font import TextFont, Texts
from gateway_labels.codes import Endings, postal_strings
from gateway_labels.customer_barcode_many import Symbols, barcodes_for
from gateway_labels.fit import COMFORTABLE
from gateway_labels.fitted import Draft, Fitted, Fitter
from gateway_labels.layout import Plan
from gateway_labels.options import LabelOptions
from gateway_labels.rows import Rows, rows_of, with_half_width_addresses
from gateway_labels.template import Shape, template

_TEMPLATES_KEPT = 2048

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Printed:
    """Labels, column by column: the line, whether it bears a customer barcode, the operators."""

    lines: list[Line]
    barcoded: list[bool]
    operators: list[str]


@dataclass(slots=True)
class _Shaped:
    """The template of each label, the labels that had to be fitted, and those that could not be."""

    templates: list[str]
    fitted: dict[int, Fitted] = field(default_factory=dict)
    unfit: list[int] = field(default_factory=list)


class Composer:
    """Composes horizontal labels of one sheet; ``plans`` are its layouts, the preferred one first."""

    def __init__(
        self, plans: Sequence[Plan], options: LabelOptions, font: TextFont, report: Callable[[str, int], None]
    ) -> None:
        plan = self._plan = plans[0]
        self._options = options
        self._font = font
        self._report = report
        self._fitter = Fitter(plans=plans, honorific=options.honorific, numbered=options.numbered, font=font)
        self._endings = Endings(plans, font)
        self._body_room = int(plan.room * 1000 / plan.body_sizes[0])
        self._name_room = int(plan.room * 1000 / plan.name_sizes[0])
        self._most_rows = plan.rows_that_fit(plan.body_sizes[0])
        self._template = lru_cache(_TEMPLATES_KEPT)(template)
        self._usual = lru_cache(_TEMPLATES_KEPT)(self._usual_template)
        self._whole = lru_cache(_TEMPLATES_KEPT)(self._whole_template)

    def labels(self, lines: Sequence[Line], refuse: Callable[[Line, str], None]) -> Printed:
        """Return the operators of each label, relative to its lower left corner, of all lines but those refused."""
        rows = rows_of(lines, self._options.honorific, refuse)
        if not rows.lines:
            return Printed([], [], [])
        symbols, reasons = self._barcodes(rows)
        texts = Texts.of(rows.texts)
        if self._options.digits == "half":
            texts = with_half_width_addresses(texts, rows)
        widths = self._font.widths(texts)
        lacking = np.minimum.reduceat(widths, rows.starts[:-1]) < 0
        barcoded: list[bool] = (symbols[:, 0] > 0).tolist()
        shaped = self._shaped(rows, texts, widths, lacking, barcoded)
        problems = dict.fromkeys(shaped.unfit, "does_not_fit")
        problems |= dict.fromkeys(np.flatnonzero(lacking).tolist(), "missing_glyph")
        if self._options.barcode == "required":
            problems |= {place: f"no_barcode:{reason}" for place, reason in enumerate(reasons) if reason}
        if problems:
            for place, reason in problems.items():
                refuse(rows.lines[place], reason)
            return self.labels(
                [line for place, line in enumerate(rows.lines) if place not in problems], refuse
            )
        for reason, count in Counter(filter(None, reasons)).items():
            self._report(f"no_barcode:{reason}", count)
        return Printed(rows.lines, barcoded, self._filled(rows, texts, shaped, symbols))

    def _barcodes(self, rows: Rows) -> tuple[Symbols, Sequence[str]]:
        if self._plan.grid:
            return barcodes_for(rows.addresses)
        return np.zeros((len(rows.lines), CUSTOMER_LENGTH), dtype=np.uint8), ()

    def _shaped(
        self, rows: Rows, texts: Texts, widths: npt.NDArray[np.int64], lacking: Truths, barcoded: list[bool]
    ) -> _Shaped:
        """Find the template of each label: the usual one, one with condensed rows, or whatever holds it."""
        counts = [count - 1 for count in rows.rows]
        shaped = _Shaped(list(map(self._whole, rows.address_rows, counts, barcoded)))
        starts = rows.starts
        body = widths.copy()
        body[starts[1:] - 1] = 0
        widest, names = np.maximum.reduceat(body, starts[:-1]), widths[starts[1:] - 1]
        few = np.array(counts) <= self._most_rows
        whole = few & (widest <= self._body_room) & (names <= self._name_room)
        nearly = (
            few
            & (widest * COMFORTABLE <= self._body_room * 100)
            & (names * COMFORTABLE <= self._name_room * 100)
        )
        for place in np.flatnonzero(nearly & ~whole & ~lacking).tolist():
            *scaled, name = widths[starts[place] : starts[place + 1]].tolist()
            shaped.templates[place] = self._usual(
                rows.address_rows[place],
                tuple([_scale(width, self._body_room) for width in scaled]),
                _scale(name, self._name_room),
                barcoded[place],
            )
        for place in np.flatnonzero(~nearly & ~lacking).tolist():
            shown = [texts[at] for at in range(*starts[place : place + 2].tolist())]
            self._fit(shaped, place, rows, shown, has_bars=barcoded[place])
        return shaped

    def _fit(self, shaped: _Shaped, place: int, rows: Rows, shown: Sequence[str], *, has_bars: bool) -> None:
        upper = rows.address_rows[place]
        draft = Draft(
            line=rows.lines[place],
            address=shown[:upper],
            firm=shown[upper:-1],
            name=shown[-1],
            has_bars=has_bars,
        )
        found = self._fitter.fitted(draft)
        if found is None:
            shaped.unfit.append(place)
            return
        shaped.fitted[place] = found
        shaped.templates[place] = self._template(found.shape)

    def _whole_template(self, upper: int, count: int, has_bars: bool) -> str:
        return self._usual(upper, (100,) * count, 100, has_bars)

    def _usual_template(self, upper: int, scales: tuple[int, ...], name_scale: int, has_bars: bool) -> str:
        shape = Shape(
            plan=self._plan,
            size=self._plan.body_sizes[0],
            upper=upper,
            scales=scales,
            name_size=self._plan.name_sizes[0],
            names=(name_scale,),
            has_bars=has_bars,
            numbered=self._options.numbered,
        )
        return self._template(shape)

    def _filled(self, rows: Rows, texts: Texts, shaped: _Shaped, symbols: Symbols) -> list[str]:
        """Put the encoded texts and codes into the templates."""
        strings = self._font.strings(texts)
        shown = [strings[start:end] for start, end in pairwise(rows.starts.tolist())]
        plans = np.zeros(len(shown), dtype=np.int64)
        for place, fitted in shaped.fitted.items():
            shown[place] = self._font.encode_all(fitted.texts)
            plans[place] = fitted.plan
        postal = postal_strings(self._font, [address.postal_code for address in rows.addresses])
        endings = self._endings.strings(rows.lines, symbols, plans)
        return [
            pattern % (code, *strings_of_label, last)
            for pattern, code, strings_of_label, last in zip(
                shaped.templates, postal, shown, endings, strict=True
            )
        ]


def _scale(width: int, room: int) -> int:
    """Return the horizontal scale in per cent at which a text fits."""
    return 100 if width <= room else 100 * room // width
