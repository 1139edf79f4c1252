"""Phone numbers as they are dialled: E.164 and what kind of number it is, judged once, at intake.

phonenumbers is the authority; it takes 28 µs a number, an import a third of that for the whole person. In Japan the
beginning and the length of a number say what it is, so each beginning is asked about once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway.people.fax_numbers import without_fax
from gateway.people.phones import fold_phones

INVALID = "invalid"
"""The kind of a field without any number that could be dialled."""
FAX = "fax"
"""The kind of a field with fax numbers alone: none of them ever leaves."""
UNJUDGED = "unjudged"
"""The kind of a field that was stored before numbers were judged."""
HELD_KINDS = ("toll_free", "premium")
"""Kinds of numbers that hardly a consumer has: whoever has no other is held back from calls until somebody says otherwise."""

_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.VOIP: "ip",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "premium",
    PhoneNumberType.UAN: "premium",
}
_E164 = PhoneNumberFormat.E164
_BEGINNING = 5
_ABROAD = "010"
"""What is dialled in Japan before the country code of another country."""


def dial(field: str) -> tuple[str, str]:
    """Return the numbers of one field in E.164 and their kinds, each separated by blanks.

    A field without a valid number gives ``("", "invalid")``, one with fax numbers alone ``("", "fax")``. Kinds:
    ``fixed mobile ip toll_free premium other``.
    """
    numbers, kinds = [], []
    phones = without_fax(field)
    if phones is not field and not any(map(str.isdecimal, phones)) and any(map(str.isdecimal, field)):
        return "", FAX
    for digits in fold_phones(phones):
        if digits[0] == "0" and not digits.startswith(_ABROAD):
            number, kind = "+81" + digits[1:], _kind_of_beginning(digits[:_BEGINNING], len(digits))
        else:
            number = "+" + digits.removeprefix(_ABROAD).removeprefix("+")
            kind = _kind(number)
        if kind:
            numbers.append(number)
            kinds.append(kind)
    return (" ".join(numbers), " ".join(kinds)) if numbers else ("", INVALID)


def count_kinds(fields: Iterable[tuple[str, int]]) -> Counter[str]:
    """Count numbers by kind, given how many fields have which kinds."""
    numbers: Counter[str] = Counter()
    for kinds, count in fields:
        for kind in kinds.split() or (UNJUDGED,):
            numbers[kind] += count
    return numbers


@cache
def _kind_of_beginning(beginning: str, length: int) -> str:
    """Ask about any national number that begins so; the digits after the beginning decide nothing."""
    return _kind("+81" + beginning[1:].ljust(length - 1, "2"))


def _kind(number: str) -> str:
    """Return the kind of a number in E.164, empty for an invalid one."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed) or phonenumbers.format_number(parsed, _E164) != number:
        return ""
    return _KINDS.get(phonenumbers.number_type(parsed), "other")
