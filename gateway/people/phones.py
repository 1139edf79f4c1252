"""Fold phone numbers to digits with the leading zero; several in one field are several numbers.

A number is never dropped because a rule calls it invalid: the person wrote it, and equal digits are equal. Only
placeholders (000-0000-0000, one digit repeated) are missing.
"""

from __future__ import annotations

import re

from gateway.people.folding import fold_width

_PLAIN = re.compile(r"0\d{1,4}-?\d{1,4}-?\d{3,4}", re.ASCII)
_SEPARATORS = re.compile(r"[/、,・;|\n\r]|または|又は|及び|および")
_EXTENSION = re.compile(r"(?:内線|内|ext\.?|extension|x|#).*$", re.IGNORECASE)
_COUNTRY = re.compile(r"^(?:\+|010|00)?81(?=[1-9]\d{8,9}$|0\d{9,10}$)")
_JUNK = re.compile(r"[^0-9+]+")
_SHORTEST = 6


def fold_phones(text: str) -> tuple[str, ...]:
    """Return the numbers of one field in their order, without placeholders and repeats."""
    if _PLAIN.fullmatch(text):
        digits = text.replace("-", "")
        if len(digits) in (10, 11):
            return () if is_placeholder(digits) else (digits,)
    found: dict[str, None] = {}
    lines = [fold_width(part) for part in re.split(r"[\n\r]", text)]
    for line in lines:
        for part in _SEPARATORS.split(line):
            for number in _numbers(part):
                if len(number) >= _SHORTEST and not is_placeholder(number):
                    found[number] = None
    return tuple(found)


def is_placeholder(number: str) -> bool:
    """Tell a number that stands for none: one digit repeated, alone or after the area or mobile prefix."""
    if len(set(number.lstrip("+"))) == 1:
        return True
    tail = 8 if len(number) == 11 or number[1:2] in ("3", "6") else 6
    return len(number) in (10, 11) and len(set(number[-tail:])) == 1


def _numbers(part: str) -> list[str]:
    digits = _JUNK.sub("", _EXTENSION.sub("", part.strip()).removesuffix(".0"))
    digits = digits[:1] + digits[1:].replace("+", "")
    cut = _two_numbers(digits)
    return [_national(number) for number in ((digits[:cut], digits[cut:]) if cut else (digits,))]


def _two_numbers(digits: str) -> int:
    """Return where two numbers that were run together part, 0 if they do not."""
    if not 20 <= len(digits) <= 22:
        return 0
    for cut in (10, 11):
        one, other = digits[:cut], digits[cut:]
        if all(len(number) == _length_of(number) for number in (one, other)):
            return cut
    return 0


def _length_of(number: str) -> int:
    """Return how many digits a number with this beginning has, 0 if it is not a national number."""
    if not number.startswith("0") or number[1:2] == "0":
        return 0
    return 11 if number[2:3] == "0" and number[1] in "56789" else 10


def _national(number: str) -> str:
    if found := _COUNTRY.match(number):
        return "0" + number[found.end() :].lstrip("0")
    if number[:1] not in ("0", "+", "") and len(number) in (9, 10):
        return "0" + number
    return number
