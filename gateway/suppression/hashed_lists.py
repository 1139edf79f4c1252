"""Keyed hashes of people (docs/hashed-lists.md): who is on a list can be compared without saying who is on it.

What is hashed is written in simple forms that a client can make without this software. Hashes meet only where the forms
are equal, so they find less than the gate's own matching; that is the price for exchanging no identities.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Literal
from unicodedata import normalize

from gateway.people.emails import fold_emails
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.people.phones import fold_phones

VERSION = 1
"""Raised with every change of a form; hashes of different versions never meet."""

HashKind = Literal["phone", "email", "person"]
KINDS: tuple[HashKind, ...] = ("phone", "email", "person")

_COUNTED = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条|線)")
_DIGITS = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}


def hash_forms(person: Person) -> Iterator[tuple[HashKind, str]]:
    """Yield the forms of a person that are hashed, each once: numbers, addresses, name with postal code and numbers."""
    phones = (number for field in person.phones for number in fold_phones(field))
    emails = (address for field in person.emails for address in fold_emails(field))
    for number in dict.fromkeys(phones):
        yield "phone", number
    for address in dict.fromkeys(emails):
        yield "email", address
    place = _place(person)
    if place:
        for name in _names(person):
            yield "person", f"{name}\x1f{place}"


def keyed_hash(key: bytes, kind: HashKind | Literal["key"], form: str) -> bytes:
    """Return the HMAC-SHA-256 (32 bytes) of a form; version and kind are hashed too, so that kinds never meet."""
    text = f"gateway-hash-{VERSION}\x1f{kind}\x1f{form}"
    return hmac.digest(key, text.encode(), hashlib.sha256)


def key_id(key: bytes) -> str:
    """Return 16 hexadecimal digits that name a key and do not give it away."""
    return keyed_hash(key, "key", "").hex()[:16]


def hashes_of(key: bytes, person: Person) -> list[tuple[HashKind, bytes]]:
    """Return the keyed hashes of a person."""
    return [(kind, keyed_hash(key, kind, form)) for kind, form in hash_forms(person)]


def _names(person: Person) -> list[str]:
    """Return the name as given and, on our side, as the gate reads it: a client may have left an honorific out."""
    read = ("".join(name.written) for name in normalise(person).names)
    return list(dict.fromkeys(filter(None, map(_plain, (person.name, *read)))))


def _place(person: Person) -> str:
    """Return postal code and house numbers, or nothing where one of them is missing: a name alone says too little."""
    postal_code = "".join(re.findall(r"\d", normalize("NFKC", person.postal_code), re.ASCII))
    address = _COUNTED.sub(_in_digits, normalize("NFKC", f"{person.address} {person.building}"))
    numbers = [number.lstrip("0") or "0" for number in re.findall(r"\d+", address, re.ASCII)]
    return f"{postal_code}\x1f{'-'.join(numbers)}" if len(postal_code) == 7 and numbers else ""


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())


def _in_digits(found: re.Match[str]) -> str:
    """Write a kanji numeral below 1,000 in digits, be it 二十三 or 二三."""
    if not set(found[0]) & _UNITS.keys():
        return "".join(str(_DIGITS[kanji]) for kanji in found[0])
    total, digit = 0, 0
    for kanji in found[0]:
        if kanji in _UNITS:
            total += (digit or 1) * _UNITS[kanji]
            digit = 0
        else:
            digit = _DIGITS[kanji]
    return str(total + digit)
