"""Normalise a person: one form for everything that is written differently and means the same.

The same function serves the register, the lists and every check. Whoever changes what it returns raises
``NORMALISER_VERSION``; stored keys of an older version are rebuilt before anything is delivered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import xxhash

from gateway.people.addresses import NormalAddress, read_address
from gateway.people.emails import fold_emails
from gateway.people.names import Names, NormalName, read_names
from gateway.people.person import Person
from gateway.people.phones import fold_phones

NORMALISER_VERSION = 2
"""Raised with every change of what ``normalise`` returns or of what the keys are made from."""

LONGEST_FIELD = 300
"""A longer field is no name or address but a broken file. Only its beginning counts, so every intake refuses it and every
check holds it (``has_endless_field``)."""

_JOINT = re.compile(r"[・、,;/&\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalPerson:
    """A person in normal form; what was blank or a placeholder is missing.

    ``names`` are all names the person, or the persons named together, may bear; ``household`` tells that the wording
    meant the household (山田家, ご家族様).
    """

    names: tuple[NormalName, ...]
    household: bool
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    address: NormalAddress

    def __repr__(self) -> str:
        return "NormalPerson(…)"


def normalise(person: Person) -> NormalPerson:
    """Normalise a person as given in a list, an opt-out or a file; of endless fields only the beginning counts."""
    if (
        max(map(len, (person.name, person.kana, person.address, person.building, person.joint_names)))
        > LONGEST_FIELD
    ):
        person = _shortened(person)
    names, household = read_names(person.name, person.kana)
    if person.joint_names:
        names, household = _with_joint_names((names, household), person)
    if not names and person.company:
        names, _ = read_names(person.company[:LONGEST_FIELD])
    return NormalPerson(
        names=names,
        household=household,
        phones=_phones(person.phones),
        emails=_emails(person.emails),
        address=read_address(person.address, person.building, person.postal_code[:LONGEST_FIELD]),
    )


def has_endless_field(person: Person) -> bool:
    """Tell whether a field is so long that normalising would cut it: what is cut could be what identifies."""
    fields = (person.name, person.kana, person.address, person.building, person.joint_names, person.company)
    return max(map(len, (*fields, *person.phones, *person.emails))) > LONGEST_FIELD


def _shortened(person: Person) -> Person:
    return replace(
        person,
        name=person.name[:LONGEST_FIELD],
        kana=person.kana[:LONGEST_FIELD],
        address=person.address[:LONGEST_FIELD],
        building=person.building[:LONGEST_FIELD],
        joint_names=person.joint_names[:LONGEST_FIELD],
    )


def fingerprint(person: NormalPerson) -> int:
    """Return a signed 64-bit hash of the normal form: equal forms, equal fingerprints, on every machine."""
    names = [f"{' '.join(name.written)}\x1f{' '.join(name.kana)}" for name in person.names]
    address = person.address
    household = "household" if person.household else ""
    fields = (*names, household, *person.phones, *person.emails, address.postal_code, address.text)
    return signed_hash("\x1e".join(fields))


def signed_hash(text: str) -> int:
    """Return XXH3-64 of UTF-8 text as a signed integer, which databases and numpy store as it is."""
    value = xxhash.xxh3_64_intdigest(text.encode())
    return value - (1 << 64) if value >> 63 else value


def _phones(fields: tuple[str, ...]) -> tuple[str, ...]:
    if len(fields) == 1:
        return fold_phones(fields[0][:LONGEST_FIELD])
    return tuple(dict.fromkeys(number for field in fields for number in fold_phones(field[:LONGEST_FIELD])))


def _emails(fields: tuple[str, ...]) -> tuple[str, ...]:
    if len(fields) == 1:
        return fold_emails(fields[0][:LONGEST_FIELD])
    return tuple(dict.fromkeys(address for field in fields for address in fold_emails(field[:LONGEST_FIELD])))


def _with_joint_names(read: Names, person: Person) -> Names:
    """Add the names of the joint-names column; a given name alone takes the first person's surname."""
    pieces = [piece for piece in _JOINT.split(person.joint_names) if piece.strip()]
    if not pieces:
        return read
    names, household = read_names("・".join([person.name, *pieces]))
    with_reading = {name.written for name in read[0] if name.kana}
    further = (name for name in names if name.written not in with_reading)
    return tuple(dict.fromkeys([*read[0], *further])), read[1] or household
