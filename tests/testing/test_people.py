"""Synthetic people: repeatable, plausible, and nobody real."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

import pytest

from gateway.people.person import Person
from gateway.postal import split_address
from gateway.testing.people import synthetic_people


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return list(synthetic_people(20_000, seed=7))


def test_the_same_seed_gives_the_same_people(people: list[Person]) -> None:
    assert list(synthetic_people(500, seed=7)) == people[:500]
    assert list(synthetic_people(500, seed=8)) != people[:500]


def test_every_address_is_at_a_real_town_of_its_postal_code(people: list[Person]) -> None:
    assert all(split_address(person.postal_code, person.address).town for person in people)


def test_ids_phones_of_strangers_and_emails_are_unique(people: list[Person]) -> None:
    assert len({person.id for person in people}) == len(people)
    emails = [email for person in people for email in person.emails]
    assert len(set(emails)) == len(emails)
    homes: dict[str, set[tuple[str, str]]] = {}
    for person in people:
        for phone in person.phones:
            homes.setdefault(phone, set()).add((person.postal_code, person.address))
    assert max(map(len, homes.values())) == 1


def test_phone_numbers_are_of_an_exchange_that_is_never_assigned(people: list[Person]) -> None:
    phones = [phone for person in people for phone in person.phones]
    assert all(re.fullmatch(r"0\d{1,3}-[01]\d{1,3}-\d{4}", phone) for phone in phones)
    assert {len(phone.replace("-", "")) for phone in phones} == {10, 11}


def test_emails_are_under_a_reserved_domain(people: list[Person]) -> None:
    assert {email.partition("@")[2] for person in people for email in person.emails} == {"example.jp"}


def test_relatives_share_surname_and_address_but_no_given_name(people: list[Person]) -> None:
    sizes = Counter[int]()
    for _home, together in groupby(people, key=lambda person: (person.address, person.building)):
        members = list(together)
        sizes[len(members)] += 1
        assert len({member.name.partition("　")[0] for member in members}) == 1
        assert len({member.name for member in members}) == len(members)
    assert set(sizes) >= {1, 2, 3, 4, 5}


def test_frequent_surnames_are_frequent(people: list[Person]) -> None:
    surnames = Counter(person.name.partition("　")[0] for person in people)
    assert surnames["佐藤"] > surnames["倉橋"]
    assert len(surnames) > 500


def test_more_people_live_in_tokyo_than_in_tottori(people: list[Person]) -> None:
    prefectures = Counter(person.address[:3] for person in people)
    assert len(prefectures) == 47
    assert prefectures["東京都"] > 5 * prefectures["鳥取県"]


def test_a_persons_repr_shows_the_id_alone(people: list[Person]) -> None:
    assert repr(people[0]) == "Person(id='S0000001')"
