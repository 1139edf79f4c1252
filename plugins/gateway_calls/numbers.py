"""Phone numbers as the numbering plan has them: which can be called, and how each is written.

phonenumbers is the authority. It takes 28 µs a number, so it is asked once for each beginning: in Japan the first five
digits after +81, with the length, say what a number is and where its hyphens stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway_calls.profile import PhoneStyle

Kind = Literal["fixed", "mobile", "toll_free", "premium", "other", "invalid"]

COUNTRY = "+81"
BEGINNING = len(COUNTRY) + 5
"""Characters of a Japanese number that say, with its length, what it is."""
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


class NumberPlan:
    """Shapes of numbers, remembered by length and beginning: 100 bytes for each beginning that a list has.

    ``places`` gives, for a length, the place in ``shapes`` by the first 8 characters (``+81`` and five digits); place 0 is
    that of all invalid numbers.
    """

    def __init__(self) -> None:
        self.shapes = [Shape(kind="invalid")]
        self.places: defaultdict[int, dict[str, int]] = defaultdict(dict)

    def shape(self, number: str) -> Shape:
        """Return the shape of a number in E.164; ``invalid`` for anything else."""
        if not (number[:1] == "+" and number.isascii() and number[1:].isdecimal()):
            return self.shapes[0]
        if not number.startswith(COUNTRY):
            return _ask(number)
        places, beginning = self.places[len(number)], number[:BEGINNING]
        if beginning not in places:
            places[beginning] = self._place(_ask(number))
        return self.shapes[places[beginning]]

    def _place(self, shape: Shape) -> int:
        if shape not in self.shapes:
            self.shapes.append(shape)
        return self.shapes.index(shape)


@cache
def number_plan() -> NumberPlan:
    """Return the process's plan, so that a beginning is asked about once."""
    return NumberPlan()


def _ask(number: str) -> Shape:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return Shape(kind="invalid")
    if not phonenumbers.is_valid_number(parsed):
        return Shape(kind="invalid")
    kind = _KINDS.get(phonenumbers.number_type(parsed), "other")
    parts = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL).split("-")
    if len(parts) != 3:
        return Shape(kind=kind)
    first = len(COUNTRY) + len(parts[0]) - 1  # the trunk 0 stands for +81
    return Shape(kind=kind, first=first, second=first + len(parts[1]))


def writers(plan: NumberPlan) -> dict[PhoneStyle, Callable[[list[str]], list[str]]]:
    """Return a function for each style that writes E.164 numbers with a shape in ``plan``; an empty one stays empty."""
    places, shapes = plan.places, plan.shapes

    def hyphenated(numbers: list[str]) -> list[str]:
        if not any(numbers):
            return numbers
        cuts = [(shape.first, shape.second) for shape in shapes]
        return [
            f"0{n[3:a]}-{n[a:b]}-{n[b:]}" if b else "0" + n[3:] if n else ""
            for n in numbers
            for a, b in (cuts[places[len(n)][n[:BEGINNING]] if n else 0],)
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
