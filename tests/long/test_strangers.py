"""A million people and a hundred thousand opt-outs of others: by name and address alone nobody is held back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from gateway.people.keys import keys_of_people
from gateway.people.normalise import NormalPerson, normalise
from gateway.people.person import Person
from gateway.suppression.decision import decide
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import KeyPage
from gateway.testing.people import synthetic_people

PEOPLE, OPT_OUTS = 1_000_000, 100_000
BLOCK = 4096

pytestmark = pytest.mark.long


def by_name_and_address(count: int, seed: int) -> Iterator[Person]:
    for person in synthetic_people(count, seed=seed):
        yield replace(person, phones=(), emails=())


def page_of(people: list[Person], first: int) -> KeyPage:
    made = keys_of_people(people)
    return KeyPage(numbers=np.arange(first, first + len(people)), lens=made.lens, keys=made.keys)


def test_nobody_of_a_million_is_held_for_a_hundred_thousand_strangers() -> None:
    opt_outs = list(by_name_and_address(OPT_OUTS, seed=2))
    register = page_of(opt_outs, 0)
    index = KeyIndex(register.keys, np.repeat(register.numbers, register.lens))
    requested: dict[int, NormalPerson] = {}
    people = by_name_and_address(PEOPLE, seed=1)
    compared = held = 0
    while block := list(islice(people, BLOCK)):
        for place, owner in index.candidates(page_of(block, 0)):
            if owner not in requested:
                requested[owner] = normalise(opt_outs[owner])
            compared += 1
            held += decide(requested[owner], "individual", normalise(block[place])).verdict != "deliver"
    assert compared, "some share a key, or nothing was tested"
    assert held == 0
