"""What holds for everybody: oneself in any notation, both directions, more opt-outs, candidates."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.people.keys import match_keys, record_keys
from gateway.people.normalise import NormalPerson, normalise
from gateway.people.person import Person
from gateway.suppression.address_relation import AddressRelation, relate_addresses
from gateway.suppression.decision import Scope, Verdict, decide, unusable
from gateway.suppression.pairs import judge_pair
from gateway.testing.notation import LOSSES, NOTATIONS, respell
from gateway.testing.people import synthetic_people
from tests.notation_people import PEOPLE

SAYING_LESS = sorted(LOSSES.keys() - {"new_surname", "homophone"})
"""Without a blank or a reading nobody could tell these two from somebody else's name."""
SCOPES: tuple[Scope, ...] = ("individual", "household", "address", "phone")
STRICTNESS: dict[Verdict, int] = {"deliver": 0, "review": 1, "suppress": 2}

people = st.sampled_from(PEOPLE)
seeds = st.integers(0, 100_000)


def by_name_and_address(person: Person) -> Person:
    return replace(person, phones=(), emails=())


def mixed(one: Person, other: Person, draws: Random) -> Person:
    """Take each field from one of two people, or leave it out: near misses of all sorts."""
    fields = ("name", "kana", "postal_code", "address", "building", "phones", "emails")
    blank = Person()
    return replace(one, **{field: getattr(draws.choice((one, one, other, blank)), field) for field in fields})


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_person_with_name_and_address_matches_in_every_notation(notation: str) -> None:
    for person in map(by_name_and_address, PEOPLE[:120]):
        other = NOTATIONS[notation](person, Random(person.id))
        assert judge_pair(normalise(person), "individual", normalise(other)).verdict == "suppress"


@settings(max_examples=250, deadline=None)
@given(people, seeds, seeds)
def test_a_person_with_name_and_address_matches_in_any_mixture_of_notations(
    person: Person, one: int, other: int
) -> None:
    bare = by_name_and_address(person)
    a, b = (normalise(respell(bare, Random(seed), times=7)) for seed in (one, other))
    assert judge_pair(a, "individual", b).verdict == "suppress"


@pytest.mark.parametrize("notation", ["other_phones", "phones_without_their_zero", "other_emails"])
def test_a_phone_number_or_an_address_alone_matches_in_every_notation(notation: str) -> None:
    draws = Random(5)
    for person in PEOPLE[:300]:
        if "phones" in notation:
            bare = Person(name=person.name, kana=person.kana, phones=person.phones[:1])
        else:
            bare = Person(name=person.name, kana=person.kana, emails=person.emails)
        if bare.phones or bare.emails:
            other = NOTATIONS[notation](bare, draws)
            assert judge_pair(normalise(bare), "individual", normalise(other)).verdict == "suppress"


@pytest.mark.parametrize("loss", LOSSES)
def test_a_person_of_whom_less_is_said_is_never_delivered(loss: str) -> None:
    draws = Random(6)
    for person in map(by_name_and_address, PEOPLE[:120]):
        less = LOSSES[loss](person, draws)
        assert judge_pair(normalise(person), "individual", normalise(less)).verdict != "deliver"


@settings(max_examples=250, deadline=None)
@given(people, st.sampled_from(SAYING_LESS), seeds, seeds)
def test_a_person_of_whom_less_is_said_is_never_delivered_in_any_mixture_of_notations(
    person: Person, loss: str, one: int, other: int
) -> None:
    bare = by_name_and_address(person)
    less = LOSSES[loss](bare, Random(one))
    a = normalise(respell(bare, Random(one), times=4))
    b = normalise(respell(less, Random(other), times=4))
    assert judge_pair(a, "individual", b).verdict != "deliver"


@settings(max_examples=300, deadline=None)
@given(people, people, seeds)
def test_the_decision_is_the_same_in_both_directions(one: Person, other: Person, seed: int) -> None:
    a, b = normalise(one), normalise(respell(mixed(one, other, Random(seed)), Random(seed)))
    if a.names and b.names and not (a.household or b.household):
        assert decide(a, "individual", b).verdict == decide(b, "individual", a).verdict


@settings(max_examples=400, deadline=None)
@given(people, people, seeds, st.sampled_from(SCOPES))
def test_whatever_would_be_held_is_a_candidate(one: Person, other: Person, seed: int, scope: Scope) -> None:
    draws = Random(seed)
    opt_out, record = normalise(mixed(one, other, draws)), normalise(respell(mixed(one, other, draws), draws))
    if unusable(opt_out, scope) is None and decide(opt_out, scope, record).verdict != "deliver":
        assert set(match_keys(opt_out, scope)) & set(record_keys(record))


def strictest(opt_outs: list[NormalPerson], scope: Scope, record: NormalPerson) -> int:
    return max(STRICTNESS[judge_pair(opt_out, scope, record).verdict] for opt_out in opt_outs)


@settings(max_examples=100, deadline=None)
@given(st.lists(people, min_size=2, max_size=6), people, seeds, st.sampled_from(SCOPES))
def test_a_further_opt_out_never_frees_anybody(
    opt_outs: list[Person], person: Person, seed: int, scope: Scope
) -> None:
    record = normalise(mixed(person, opt_outs[0], Random(seed)))
    register = [normalise(opt_out) for opt_out in opt_outs]
    growing = [strictest(register[:size], scope, record) for size in range(1, len(register) + 1)]
    assert all(before <= after for before, after in pairwise(growing))


@settings(max_examples=200, deadline=None)
@given(people, people, st.sampled_from(["", "155-0031", "000-0000"]))
def test_equal_texts_are_always_the_same_address(one: Person, other: Person, code: str) -> None:
    text = one.address + other.building
    a = normalise(Person(name=one.name, address=text, postal_code=one.postal_code))
    b = normalise(Person(name=one.name, address=text, postal_code=code))
    assert relate_addresses(a.address, b.address).relation is AddressRelation.SAME
    assert judge_pair(a, "individual", b).verdict == "suppress"


@pytest.mark.parametrize(
    "text", ["晩生内第３", "どこか遠く", "北沢3-5-12", "小百九十一番地", "番地なし", "〓〓町1", "1-2-3"]
)
def test_a_text_that_names_no_town_matches_itself(text: str) -> None:
    one = normalise(Person(name="佐藤 清", address=text))
    assert judge_pair(one, "individual", one).verdict == "suppress"


def test_unrelated_people_are_no_candidates_by_name_and_address() -> None:
    register: dict[int, list[NormalPerson]] = {}
    for person in map(by_name_and_address, synthetic_people(4_000, seed=101)):
        opt_out = normalise(person)
        for key in match_keys(opt_out):
            register.setdefault(key, []).append(opt_out)
    held = 0
    for person in map(by_name_and_address, synthetic_people(8_000, seed=202)):
        record = normalise(person)
        found = [opt_out for key in record_keys(record) for opt_out in register.get(key, ())]
        held += any(decide(opt_out, "individual", record).verdict != "deliver" for opt_out in found)
    assert held == 0
