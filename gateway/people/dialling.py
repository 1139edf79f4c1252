"""Phone numbers as they are dialled: E.164 and what kind of number it is, judged once, at intake.

phonenumbers is the authority; it takes 28 µs a number, an import a third of that for the whole person. In Japan the
beginning and the length of a number say what it is, so each beginning is asked about once.
"""

from __future__ import annotations

from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberType

from gateway.people.phones import fold_phones

INVALID = "invalid"
"""The kind of a field without any number that could be dialled."""

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
_BEGINNING = 6


def dial(field: str) -> tuple[str, str]:
    """Return the numbers of one field in E.164 and their kinds, each separated by blanks.

    A field without a valid number gives ``("", "invalid")``. Kinds: ``fixed mobile ip toll_free premium other``.
    """
    numbers, kinds = [], []
    for digits in fold_phones(field):
        kind = _kind(digits)
        if kind:
            numbers.append("+81" + digits[1:] if digits[0] == "0" else digits)
            kinds.append(kind)
    return (" ".join(numbers), " ".join(kinds)) if numbers else ("", INVALID)


def _kind(digits: str) -> str:
    """Return the kind of a national number, or of a foreign one with its plus; empty for an invalid one."""
    if digits[0] != "0":
        return _ask(digits) if digits[0] == "+" else ""
    return _kind_of_beginning(digits[:_BEGINNING], len(digits))


@cache
def _kind_of_beginning(beginning: str, length: int) -> str:
    """Ask with any number that begins so; the digits after the beginning decide nothing."""
    return _ask(beginning.ljust(length, "2")) if beginning[1:2] != "0" else ""


def _ask(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, "JP")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return _KINDS.get(phonenumbers.number_type(parsed), "other")
