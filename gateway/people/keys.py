"""Match keys: hashes of which any shared one makes two people candidates for the decision.

Every pair that the decision would suppress or hold shares a key. Records and opt-outs have the same keys but for one
case: an opt-out of a household or an address also has to meet records whose house number is less complete than its
own, or more so. Such part numbers are keys on one side only, for otherwise a whole street would meet itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from gateway.people.kana import sound_of
from gateway.people.names import look_alike
from gateway.people.normalise import NormalPerson, fingerprint, normalise, signed_hash
from gateway.people.person import Person

KeyKind = Literal["phone", "email", "name", "reading", "address", "part_number", "text"]
Reach = Literal["individual", "household", "address", "phone"]
"""How far an opt-out reaches; its keys depend on it."""

_VOWELS = "アイウエオー"

MOST_KEYS = 200
"""Whoever has as many is no person but a joined field. Further keys are cut, for their count has to fit a byte, so every
intake refuses such an entry (``too_many_values``) and every check holds it: a key that was cut could be the one that meets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBlock:
    """The keys of people in their order: ``lens`` uint8[n], ``keys`` int64[sum(lens)], ``fingerprints`` int64[n]."""

    lens: npt.NDArray[np.uint8]
    keys: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.int64]


def record_keys(person: NormalPerson) -> tuple[int, ...]:
    """Return the distinct keys of a record: signed 64-bit integers, none for a person nobody could recognise."""
    return tuple(map(signed_hash, _distinct(record_key_texts(person))))


def match_keys(person: NormalPerson, reach: Reach = "individual") -> tuple[int, ...]:
    """Return the distinct keys of an opt-out that reaches so far."""
    return tuple(map(signed_hash, _distinct(optout_key_texts(person, reach))))


def keys_of_people(people: Sequence[Person]) -> KeyBlock:
    """Return the record keys and fingerprints of many people."""
    lens = np.zeros(len(people), dtype=np.uint8)
    fingerprints = np.zeros(len(people), dtype=np.int64)
    keys: list[int] = []
    for place, person in enumerate(people):
        normal = normalise(person)
        texts = _distinct(record_key_texts(normal))
        keys += [xxh3_64_intdigest(text.encode()) for text in texts]
        lens[place] = len(texts)
        fingerprints[place] = fingerprint(normal)
    return KeyBlock(lens=lens, keys=np.array(keys, dtype=np.uint64).view(np.int64), fingerprints=fingerprints)


def _distinct(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))[:MOST_KEYS]


def record_key_texts(person: NormalPerson) -> list[str]:
    """Return what a record's keys are made from."""
    found = _contact_texts(person)
    found += _name_texts(person)
    found += _address_texts(person)
    numbers = person.address.house.numbers
    if len(numbers) > 1:
        sites = person.address.site.keys
        found += [f"R{site}/{part}" for part in _record_parts(numbers) for site in sites]
    return found


def optout_key_texts(person: NormalPerson, reach: Reach) -> list[str]:
    """Return what an opt-out's keys are made from."""
    if reach == "phone":
        return [f"P{number}" for number in person.phones]
    found = [] if reach == "address" else _contact_texts(person) + _name_texts(person)
    found += _address_texts(person)
    wide = reach != "individual" or person.household
    if wide and person.address.house.numbers:
        found += _part_number_texts(person)
    return found


def kind_of_text(text: str) -> KeyKind:
    """Tell what a key was made from by its text."""
    return _KINDS[text[0]]


_KINDS: dict[str, KeyKind] = {
    "P": "phone",
    "E": "email",
    "N": "name",
    "K": "reading",
    "A": "address",
    "R": "part_number",
    "X": "text",
}


def _contact_texts(person: NormalPerson) -> list[str]:
    found = [f"P{number}" for number in person.phones]
    if person.emails:
        found += [f"E{address}" for address in person.emails]
    return found


def _name_texts(person: NormalPerson) -> list[str]:
    found: list[str] = []
    sites = person.address.site.keys
    for name in person.names:
        if name.written:
            letters = _letters(name.written)
            found += [f"N{site}/{letters}" for site in sites]
        if name.kana:
            found += [f"K{site}/{sound}" for sound in _sounds(name.kana) for site in sites]
    return found


def _address_texts(person: NormalPerson) -> list[str]:
    address = person.address
    if not address.text:
        return []
    house, room, sites = address.house, address.room.room, address.site.keys
    number = "-".join(house.numbers)
    found = [f"A{site}/{number}" for site in sites]
    if room and 0 < len(house.numbers) < 3:
        found += [f"A{site}/{number}-{room}" for site in sites]
    if not address.site.text_alone:
        found.append(f"X{address.text}")
    return found


def _part_number_texts(person: NormalPerson) -> Iterator[str]:
    """Meet records of the same place with fewer numbers (as their whole) or with more (by their parts)."""
    numbers, sites = person.address.house.numbers, person.address.site.keys
    fewer = ["", *_record_parts(numbers)]
    for site in sites:
        yield from (f"A{site}/{part}" for part in fewer)
        yield f"R{site}/{'-'.join(numbers)}"


def _record_parts(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the shorter house numbers that may stand for a longer one: its beginnings, and 2-3 of 1-2-3."""
    if len(numbers) == 2:
        return (numbers[0],)
    if len(numbers) == 3:
        one, two, three = numbers
        return f"{one}-{two}", one, f"{two}-{three}"
    return ()


def _letters(written: tuple[str, ...]) -> int:
    """Weigh a name's characters, so that swapped parts and missing blanks give the same key."""
    return sum(map(_weight, written))


@lru_cache(maxsize=1 << 16)
def _weight(part: str) -> int:
    """Add up a number for each character: parts weigh together what the whole weighs, in any order."""
    return sum(map(xxh3_64_intdigest, (char.encode() for char in look_alike(part))))


@lru_cache(maxsize=1 << 16)
def _weight_of_sound(kana: str) -> int:
    return sum(map(xxh3_64_intdigest, (char.encode() for char in sound_of(kana))))


def _sounds(kana: tuple[str, ...]) -> tuple[int, ...]:
    """Weigh a reading's sounds; turned round, a long vowel may arise where the parts then meet."""
    if len(kana) == 2 and kana[0][0] not in _VOWELS and kana[1][0] not in _VOWELS:
        return (_weight_of_sound(kana[0]) + _weight_of_sound(kana[1]),)
    orders = ("".join(kana), "".join(reversed(kana)))
    return tuple(dict.fromkeys(_weight_of_sound(order) for order in orders))
