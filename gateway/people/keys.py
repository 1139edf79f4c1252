"""Match keys: hashes of which any shared one makes two people candidates for the decision.

Every pair that the decision would suppress or hold shares a key. Records and opt-outs have the same keys but for one
case: an opt-out of a household or an address also has to meet records whose house number is less complete than its
own, or more so. Such part numbers are keys on one side only, for otherwise a whole street would meet itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from gateway.people.folding import LOST
from gateway.people.kana import sound_of
from gateway.people.names import NormalName, look_alike
from gateway.people.normalise import NormalPerson, fingerprint, normalise, signed_hash
from gateway.people.person import Person

KeyKind = Literal["phone", "email", "name", "reading", "address", "part_number", "text"]
Reach = Literal["individual", "household", "address", "phone"]
"""How far an opt-out reaches; its keys depend on it."""

_MOST_KEYS = 200
"""More keys than this are no person but a joined field; the count of a record's keys fits a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBlock:
    """The keys of people in their order: ``lens`` uint8[n], ``keys`` int64[sum(lens)], ``fingerprints`` int64[n]."""

    lens: npt.NDArray[np.uint8]
    keys: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.int64]


def record_keys(person: NormalPerson) -> tuple[int, ...]:
    """Return the distinct keys of a record: signed 64-bit integers, none for a person nobody could recognise."""
    return tuple(dict.fromkeys([signed_hash(text) for _, text in record_key_texts(person)]))[:_MOST_KEYS]


def match_keys(person: NormalPerson, reach: Reach = "individual") -> tuple[int, ...]:
    """Return the distinct keys of an opt-out that reaches so far."""
    return tuple(dict.fromkeys([signed_hash(text) for _, text in optout_key_texts(person, reach)]))


def keys_of_people(people: Sequence[Person]) -> KeyBlock:
    """Return the record keys and fingerprints of many people."""
    lens = np.zeros(len(people), dtype=np.uint8)
    fingerprints = np.zeros(len(people), dtype=np.int64)
    keys: list[int] = []
    for place, person in enumerate(people):
        normal = normalise(person)
        own = record_keys(normal)
        keys += own
        lens[place] = len(own)
        fingerprints[place] = fingerprint(normal)
    return KeyBlock(lens=lens, keys=np.array(keys, dtype=np.int64), fingerprints=fingerprints)


def record_key_texts(person: NormalPerson) -> list[tuple[KeyKind, str]]:
    """Return what a record's keys are made from, with their kind."""
    found = _contact_texts(person)
    found += _name_texts(person)
    found += _address_texts(person)
    for part in shorter_numbers(person.address.house.numbers):
        found += [("part_number", f"R\x1f{site}\x1f{part}") for site in person.address.site.keys]
    return found


def optout_key_texts(person: NormalPerson, reach: Reach) -> list[tuple[KeyKind, str]]:
    """Return what an opt-out's keys are made from, with their kind."""
    if reach == "phone":
        return [("phone", f"P\x1f{number}") for number in person.phones]
    found = [] if reach == "address" else _contact_texts(person) + _name_texts(person)
    found += _address_texts(person)
    wide = reach != "individual" or person.household
    if wide and person.address.house.numbers:
        found += _part_number_texts(person)
    return found


def _contact_texts(person: NormalPerson) -> list[tuple[KeyKind, str]]:
    found: list[tuple[KeyKind, str]] = [("phone", f"P\x1f{number}") for number in person.phones]
    found += [("email", f"E\x1f{address}") for address in person.emails]
    return found


def _name_texts(person: NormalPerson) -> list[tuple[KeyKind, str]]:
    found: list[tuple[KeyKind, str]] = []
    sites = person.address.site.keys
    for name in person.names:
        if name.written:
            letters = _letters(name.written)
            found += [("name", f"N\x1f{site}\x1f{letters}") for site in sites]
        for sound in _sounds(name):
            found += [("reading", f"K\x1f{site}\x1f{sound}") for site in sites]
    return found


def _address_texts(person: NormalPerson) -> list[tuple[KeyKind, str]]:
    address = person.address
    if not address.text:
        return []
    house, room = address.house, address.room
    number = "-".join(house.numbers)
    found: list[tuple[KeyKind, str]] = [("address", f"A\x1f{site}\x1f{number}") for site in address.site.keys]
    if len(house.numbers) < 3 and house.numbers and room.room:
        found += [("address", f"A\x1f{site}\x1f{number}-{room.room}") for site in address.site.keys]
    if not address.site.text_alone:
        found.append(("text", f"X\x1f{address.text}"))
    return found


def _part_number_texts(person: NormalPerson) -> Iterable[tuple[KeyKind, str]]:
    """Meet records of the same place with fewer numbers (as their whole) or with more (by their parts)."""
    numbers, sites = person.address.house.numbers, person.address.site.keys
    fewer = {"-".join(numbers[:length]) for length in range(len(numbers))} | set(shorter_numbers(numbers))
    for site in sites:
        yield from (("part_number", f"A\x1f{site}\x1f{part}") for part in sorted(fewer))
        yield "part_number", f"R\x1f{site}\x1f{'-'.join(numbers)}"


def shorter_numbers(numbers: tuple[str, ...]) -> Iterator[str]:
    """Return a house number without its last part, and without its first if two parts remain."""
    if len(numbers) > 1:
        yield "-".join(numbers[:-1])
    if len(numbers) > 2:
        yield "-".join(numbers[1:])


def _letters(written: tuple[str, ...]) -> str:
    """Return a name's characters sorted, so that swapped parts and missing blanks give the same key."""
    return "".join(sorted(look_alike("".join(written))))


def _sounds(name: NormalName) -> tuple[str, ...]:
    return _sounds_of(name.kana) if name.kana else ()


@lru_cache(maxsize=1 << 14)
def _sounds_of(kana: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sorted sounds of a reading; in the other order a long vowel may fall elsewhere."""
    orders = ("".join(kana), "".join(reversed(kana)))
    return tuple(dict.fromkeys("".join(sorted(sound_of(order))) for order in orders))


def is_lost(part: str) -> bool:
    """Tell a part of which no character is left."""
    return bool(part) and set(part) == {LOST}
