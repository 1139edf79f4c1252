"""Phone numbers as the numbering plan has them: which can be called, and how each is written.

phonenumbers is the authority. It takes 28 µs a number, so it is asked once for each beginning: in Japan the first five
digits after +81, with the length, say what a number is and where its hyphens stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway_calls.profile import PhoneStyle

Kind = Literal["fixed", "mobile", "toll_free", "premium", "other", "invalid"]

COUNTRY = "+81"
_BEGINNING = len(COUNTRY) + 5
_KINDS: dict[int, Kind] = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed",
    PhoneNumberType.VOIP: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "premium",
    PhoneNumberType.UAN: "premium",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a number is; ``first`` and ``second`` are where hyphens stand in ``+81…``, 0 where there is none."""

    kind: Kind
    first: int = 0
    second: int = 0


_INVALID = Shape(kind="invalid")


class NumberPlan:
    """Shapes of numbers, remembered by their beginnings: ``cuts`` where hyphens stand, ``lengths`` of what may be called.

    ``lengths`` has a dictionary for each way of choosing (``gateway_calls.choosing``).
    """

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, int], Shape] = {}
        self.cuts: dict[str, tuple[int, int]] = {}
        self.lengths: defaultdict[Hashable, dict[str, int]] = defaultdict(dict)

    def shape(self, number: str) -> Shape:
        """Return the shape of a number in E.164; ``invalid`` for anything else."""
        if not (number[:1] == "+" and number.isascii() and number[1:].isdecimal()):
            return _INVALID
        if not number.startswith(COUNTRY):
            return _ask(number)
        key = number[:_BEGINNING], len(number)
        found = self._shapes.get(key)
        if found is None:
            found = self._shapes[key] = _ask(number)
        return found

    def hyphens(self, number: str) -> tuple[int, int]:
        """Return where the hyphens of a Japanese number stand; (0, 0) for none."""
        shape = self.shape(number)
        return shape.first, shape.second


@cache
def number_plan() -> NumberPlan:
    """Return the process's plan, so that a beginning is asked about once."""
    return NumberPlan()


def _ask(number: str) -> Shape:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return _INVALID
    if not phonenumbers.is_valid_number(parsed):
        return _INVALID
    kind = _KINDS.get(phonenumbers.number_type(parsed), "other")
    parts = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL).split("-")
    if len(parts) != 3:
        return Shape(kind=kind)
    first = len(COUNTRY) + len(parts[0]) - 1  # the trunk 0 stands for +81
    return Shape(kind=kind, first=first, second=first + len(parts[1]))


def writers(plan: NumberPlan) -> dict[PhoneStyle, Callable[[list[str]], list[str]]]:
    """Return a function for each style that writes E.164 numbers; an empty number stays empty."""
    cuts = plan.cuts

    def hyphenated(numbers: list[str]) -> list[str]:
        for number in {number for number in numbers if number[:_BEGINNING] not in cuts}:
            cuts[number[:_BEGINNING]] = plan.hyphens(number)
        return [
            f"0{n[3:a]}-{n[a:b]}-{n[b:]}" if b else "0" + n[3:] if n else ""
            for n in numbers
            for a, b in (cuts[n[:_BEGINNING]],)
        ]

    return {
        "e164": lambda numbers: numbers,
        "e164_noplus": lambda numbers: [number[1:] for number in numbers],
        "national_digits": lambda numbers: ["0" + number[3:] if number else "" for number in numbers],
        "nsn": lambda numbers: [number[3:] for number in numbers],
        "national_hyphen": hyphenated,
    }


def e164_of_cell(cell: str, style: PhoneStyle) -> str:
    """Return the number that a cell of a finished file stands for."""
    if not cell:
        return ""
    if style == "e164":
        return cell
    if style == "e164_noplus":
        return "+" + cell
    return COUNTRY + (cell if style == "nsn" else cell.replace("-", "").removeprefix("0"))
