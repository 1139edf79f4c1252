"""Scope ``phone``: the number leaves the lists, the person stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gateway.people.normalise import normalise
from gateway.people.person import Person


def without_numbers(person: Person, opted_out: Iterable[Person]) -> Person:
    """Return the person without the phone numbers of some opt-outs, however they are written.

    A field that holds several numbers goes as a whole when one of them is opted out.
    """
    barred = {number for each in opted_out for number in normalise(each).phones}
    kept = tuple(
        field for field in person.phones if barred.isdisjoint(normalise(Person(phones=(field,))).phones)
    )
    return replace(person, phones=kept)
