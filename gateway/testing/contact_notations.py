"""Other notations of phone numbers, e-mail addresses and postal codes."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from gateway.people.person import Person
from gateway.testing.widths import full_width

_DASHES = "-–ー－‐ "


def other_postal_code(person: Person, draws: Random) -> Person:
    """Write the postal code with or without its mark, hyphen and width."""
    digits = person.postal_code.replace("-", "")
    if len(digits) != 7:
        return person
    hyphenated = f"{digits[:3]}-{digits[3:]}"
    forms = (
        digits,
        f"〒{hyphenated}",
        full_width(hyphenated),
        hyphenated.replace("-", "−"),
        f" {hyphenated} ",
    )
    return replace(person, postal_code=draws.choice(forms))


def postal_code_in_the_address(person: Person, draws: Random) -> Person:
    """Write the postal code in front of the address."""
    if len(person.postal_code) != 8 or not person.address:
        return person
    mark = draws.choice(("〒", "〒 "))
    return replace(person, postal_code="", address=f"{mark}{person.postal_code} {person.address}")


def other_phones(person: Person, draws: Random) -> Person:
    """Write phone numbers with other marks, abroad's prefix, or a note."""
    return replace(person, phones=tuple(_phone(phone, draws) for phone in person.phones))


def _phone(phone: str, draws: Random) -> str:
    digits = phone.replace("-", "")
    if not re.fullmatch(r"0\d{9,10}", digits, re.ASCII):
        return phone
    parts = phone.split("-")
    bracketed: tuple[str, ...] = (f"({parts[0]}){parts[1]}-{parts[2]}", f"{parts[0]}({parts[1]}){parts[2]}")
    forms: tuple[str, ...] = (
        digits,
        f"+81{digits[1:]}",
        f"+81-{phone[1:]}",
        f"+81 (0){phone[1:]}",
        f"0081-{phone[1:]}",
        f"010-81-{phone[1:]}",
        full_width(phone),
        phone.replace("-", draws.choice(_DASHES)),
        f"電話 {phone}",
        f"{phone}(代)",
        f"\u202a{phone}\u202c",
        *(bracketed if len(parts) == 3 else ()),
    )
    return draws.choice(forms)


def phones_without_their_zero(person: Person, _draws: Random) -> Person:
    """Lose the leading zero, as a spreadsheet does that takes a number for a number."""
    digits = (phone.replace("-", "") for phone in person.phones)
    return replace(person, phones=tuple(number.removeprefix("0") for number in digits))


def other_emails(person: Person, draws: Random) -> Person:
    """Write e-mail addresses in other cases and widths, in brackets or as a link."""
    return replace(person, emails=tuple(_email(email, draws) for email in person.emails))


def _email(email: str, draws: Random) -> str:
    name, _at, domain = email.partition("@")
    forms: list[str] = [
        email.upper(),
        email.title(),
        full_width(email),
        f" {email} ",
        f"<{email}>",
        f"mailto:{email}",
        f"{email}.",
    ]
    if domain == "gmail.com":  # where dots and what follows a plus mean nothing
        forms += [f"{name[:1]}.{name[1:]}@{domain}", f"{name}+x@{domain}"]
    return draws.choice(forms)
