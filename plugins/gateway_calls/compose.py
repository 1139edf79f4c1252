"""Compose rows: take the cells of a chunk of lines, hold back what must not leave, write the rest exactly.

A chunk is judged as a whole, column by column, which costs a tenth of judging each cell; only a chunk in which something
was found is looked at cell by cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.api import Batch, Line
from gateway_calls.cells import Cells, is_constant, takers
from gateway_calls.choosing import NumberChoice
from gateway_calls.exactness import encode_exactly, is_exact, substitute
from gateway_calls.numbers import number_plan, writers
from gateway_calls.options import CallOptions
from gateway_calls.profile import Profile
from gateway_calls.proof import evidence
from gateway_calls.quoting import constant_runs, join_rows, needs_quotes
from gateway_calls.wording import all_plain, escaped, may_start_formulas, starts_formula, unprintable

_BYTES_OF_A_CHARACTER = 4
_CONSTANT_WIDTH = 20
_REFUSED = frozenset({"no_phone", "no_callable_number", "foreign_number", "missing_value"})
"""Reasons that no option and no spelling removes; lines with any other are held for the vendor to decide."""

Reasons = dict[int, str]
"""Why lines stay out, by their index in the chunk."""


@dataclass(slots=True, kw_only=True)
class Composed:
    """Rows that may leave: ``data`` are those of a text file, ``cells`` those of a workbook by column.

    ``proof`` is what ``gateway_calls.proof`` takes. Plain values, because they may come from another process.
    """

    count: int
    data: bytes
    cells: list[Cells]
    proof: bytes

    def __repr__(self) -> str:
        return f"Composed(count={self.count})"


class Composer:
    """Composes the rows of one delivery."""

    def __init__(self, batch: Batch[CallOptions], profile: Profile) -> None:
        self._batch = batch
        self._profile = profile
        self._options = batch.options
        self._encoding = profile.body_encoding
        plan = number_plan()
        self._choice = NumberChoice(profile, plan, toll_free=self._options.toll_free == "allow")
        self._write_numbers = writers(plan)[profile.phone_style]
        self._takers = takers(profile.columns, self._options, batch.order)
        self._checked = [
            place
            for place, column in enumerate(profile.columns)
            if not (column.is_phone or column.value == "code" or is_constant(column))
        ]
        self._code_place = [column.value for column in profile.columns].index("code")
        self._quotable = self._checked + [
            place
            for place, column in enumerate(profile.columns)
            if is_constant(column) and needs_quotes(column.text, profile)
        ]
        self._constants = constant_runs(profile)
        self._widths = {
            place: width
            for place, column in enumerate(profile.columns)
            if (width := profile.width_of(column)) and column.value != "code" and not is_constant(column)
        }
        self._forbidden_texts = (
            *profile.forbidden,
            *([profile.delimiter] if profile.quoting == "none" else ()),
        )
        self._guards = profile.mode == "human" and profile.kind == "csv"
        self._required = [place for place, column in enumerate(profile.columns) if column.required]
        self._may_be_long = profile.row_bytes > 0 and _may_exceed(profile)
        self._counts: Counter[str] = Counter()

    def compose(self, lines: Sequence[Line]) -> Composed:
        """Return the rows of some lines; the others are held or refused with their reasons."""
        numbers, reasons = self._choice.choose(lines)
        if reasons:
            lines, numbers = self._without(lines, numbers, reasons)
        cells = self._cells(lines, numbers)
        reasons = self._judge(cells)
        if reasons:
            lines, numbers = self._without(lines, numbers, reasons)
            cells = self._cells(lines, numbers)
        return self._written(numbers, cells) or self._repaired(lines, numbers, cells)

    def report(self) -> None:
        """Tell the batch what was changed or left out without holding a line back."""
        numbers = {f"number_left_out:{reason}": count for reason, count in self._choice.left_out.items()}
        for code, count in sorted({**self._counts, **numbers}.items()):
            self._batch.report(code, count)

    def _cells(self, lines: Sequence[Line], numbers: list[Cells]) -> list[Cells]:
        written = map(self._write_numbers, numbers)
        return [next(written) if take is None else take(lines) for take in self._takers]

    def _without(
        self, lines: Sequence[Line], numbers: list[Cells], reasons: Reasons
    ) -> tuple[Sequence[Line], list[Cells]]:
        for index, reason in reasons.items():
            leave_out = self._batch.refuse if reason in _REFUSED else self._batch.hold
            leave_out(lines[index], reason)
        keep = [index for index in range(len(lines)) if index not in reasons]
        return [lines[index] for index in keep], [[column[index] for index in keep] for column in numbers]

    def _judge(self, cells: list[Cells]) -> Reasons:
        """Find the lines that must stay out whatever the encoding; the first reason counts."""
        reasons: Reasons = {}
        texts = [cells[place] for place in self._checked]
        if not all(map(all_plain, texts)):
            _note(reasons, texts, unprintable)
        if self._forbidden_texts and self._may_hold_forbidden(texts):
            _note(reasons, texts, self._forbidden)
        if self._profile.kind == "xlsx" and any("_x" in cell for column in texts for cell in column):
            _note(reasons, texts, escaped)
        if self._profile.mode == "machine" and any(map(may_start_formulas, texts)):
            _note(reasons, texts, lambda cell: "formula_in_text" if starts_formula(cell) else "")
        self._judge_widths(cells, reasons)
        return reasons

    def _may_hold_forbidden(self, texts: list[Cells]) -> bool:
        whole = "".join(map("".join, texts))
        return any(each in whole for each in self._forbidden_texts)

    def _forbidden(self, cell: str) -> str:
        return "forbidden_character" if any(each in cell for each in self._forbidden_texts) else ""

    def _judge_widths(self, cells: list[Cells], reasons: Reasons) -> None:
        for place, width in self._widths.items():
            if max(map(len, cells[place]), default=0) + self._guards > width:
                for index, cell in enumerate(cells[place]):
                    if len(cell) + (self._guards and starts_formula(cell)) > width:
                        reasons.setdefault(index, "too_wide")
        for place in self._required:
            if not all(cells[place]):
                _note(reasons, [cells[place]], lambda cell: "" if cell else "missing_value")
        most = self._profile.row_bytes
        if self._may_be_long and _BYTES_OF_A_CHARACTER * _longest(cells) > most:
            for index, row in enumerate(zip(*cells, strict=True)):
                if len(self._profile.delimiter.join(row).encode(self._encoding, "replace")) > most:
                    reasons.setdefault(index, "row_too_long")

    def _guard(self, cells: list[Cells]) -> list[Cells]:
        """Put an apostrophe before what a spreadsheet program would run; cells of a workbook are text as they stand."""
        if not self._guards:
            return cells
        guarded = list(cells)
        for place in self._checked:
            if may_start_formulas(cells[place]):
                guarded[place] = [f"'{cell}" if starts_formula(cell) else cell for cell in cells[place]]
        return guarded

    def _encode(self, cells: list[Cells]) -> bytes | None:
        """Write the rows as bytes; ``None`` when a character does not survive the encoding."""
        if self._profile.kind == "xlsx":
            return b"" if all(map(_is_unicode, (cells[place] for place in self._checked))) else None
        text = join_rows(cells, self._profile, self._quotable, self._constants)
        return encode_exactly(text, self._encoding)

    def _repaired(self, lines: Sequence[Line], numbers: list[Cells], cells: list[Cells]) -> Composed:
        """Replace what the encoding lacks, or hold its line; then judge what came of it once more."""
        reasons: Reasons = {}
        replaced: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for place in self._checked:
            for index, cell in enumerate(cells[place]):
                if index in reasons or is_exact(cell, self._encoding):
                    continue
                other = None
                if self._options.unencodable == "substitute":
                    other = substitute(cell, self._encoding, replaced[index])
                if other is None:
                    reasons[index] = "not_in_encoding"
                else:
                    cells[place][index] = other
        for index, reason in self._judge(cells).items():
            reasons.setdefault(index, reason)
        for index in replaced.keys() - reasons.keys():
            self._counts.update(replaced[index])
        _lines, numbers = self._without(lines, numbers, reasons)
        written = self._written(numbers, _kept(cells, reasons))
        if written is None:
            raise AssertionError  # every cell was made exact above, and columns' texts are checked with the profile
        return written

    def _written(self, numbers: list[Cells], cells: list[Cells]) -> Composed | None:
        """Write the rows; ``None`` when a character does not survive the encoding."""
        guarded = self._guard(cells)
        data = self._encode(guarded)
        if data is None:
            return None
        for place in self._checked:
            if guarded[place] is not cells[place]:
                self._counts["formula_guarded"] += sum(map(starts_formula, cells[place]))
        codes = guarded[self._code_place]
        in_workbook = self._profile.kind == "xlsx"
        return Composed(
            count=len(codes), data=data, cells=guarded if in_workbook else [], proof=evidence(codes, numbers)
        )


def _note(reasons: Reasons, texts: list[Cells], judge: Callable[[str], str]) -> None:
    for column in texts:
        for index, cell in enumerate(column):
            if index not in reasons and (reason := judge(cell)):
                reasons[index] = reason


def _may_exceed(profile: Profile) -> bool:
    """Tell whether rows that keep to the widths of their columns can be too long."""
    widths = [
        column.width or (len(column.text) if column.value == "text" else _CONSTANT_WIDTH)
        for column in profile.columns
    ]
    unbounded = any(not (column.width or is_constant(column)) for column in profile.columns)
    return unbounded or _BYTES_OF_A_CHARACTER * (sum(widths) + len(widths)) > profile.row_bytes


def _longest(cells: list[Cells]) -> int:
    """Return a bound of the characters in a row: the longest cell of each column, and the delimiters."""
    return sum(max(map(len, column), default=0) + 1 for column in cells)


def _kept(cells: list[Cells], reasons: Reasons) -> list[Cells]:
    return [[cell for index, cell in enumerate(column) if index not in reasons] for column in cells]


def _is_unicode(column: Cells) -> bool:
    return is_exact("".join(column), "utf-8")
