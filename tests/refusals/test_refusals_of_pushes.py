"""Who refuses the client while a push to it is under way is in none of its later calls."""

from __future__ import annotations

import pytest

from gateway.api import Candidate, Objection
from gateway.db.engine import reading, writing
from gateway.delivery.push_release import CHUNK
from gateway.delivery.steady_lists import SteadyLists
from gateway.log.journal import find_break, record
from gateway.plugins import Manager
from gateway.suppression.refusals import record_refusals
from tests.delivery.push_format import systems
from tests.delivery.push_shop import PEOPLE, POINT, push, pushing
from tests.delivery.shop import NOW, Shop
from tests.refusals.conftest import REFUSALS


@pytest.fixture
def pushed(shop: Shop) -> Shop:
    """A shop with eight people and a destination."""
    made = pushing(shop)
    made.manager = Manager([POINT, REFUSALS])
    made.import_people(PEOPLE)
    return made


def _refuse(shop: Shop, number: int) -> None:
    record_refusals(shop.engine, "client", [PEOPLE[number]], product="", actor="tester", now=NOW)


def test_the_first_refusal_between_two_calls_is_heard(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: _refuse(pushed, 6))
    result = push(pushed)
    assert PEOPLE[6].name not in systems["main"].names()
    assert (result.counts.suppressed, result.counts.delivered) == (1, 7)


def test_a_further_refusal_between_two_calls_is_heard(pushed: Shop) -> None:
    _refuse(pushed, 5)
    systems["main"].after += [lambda _parcels: None, lambda _parcels: _refuse(pushed, 7)]
    push(pushed)
    assert not {PEOPLE[5].name, PEOPLE[7].name} & {*systems["main"].names()}


def test_a_refusal_behind_a_chunk_of_another_push_is_heard(pushed: Shop) -> None:
    def disturb(_parcels: object) -> None:
        with writing(pushed.engine) as connection:
            record(connection, CHUNK, {}, actor="tester", now=NOW)
        _refuse(pushed, 7)

    systems["main"].after.append(disturb)
    push(pushed)
    assert systems["main"].calls[-1] == [PEOPLE[6].name]
    with reading(pushed.engine) as connection:
        assert find_break(connection)[1] is None


class _Lists:
    """Lists that count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def revision(self) -> str:
        self.asked += 1
        return str(self.asked)

    def objections(self, candidates: object) -> list[Objection]:
        return [Objection(ref=1, verdict="suppress", rule="r")]


def test_the_revision_is_looked_up_once_until_something_is_recorded() -> None:
    lists = _Lists()
    steady = SteadyLists(lists)
    assert [steady.revision(), steady.revision()] == ["1", "1"]
    steady.forget()
    assert [steady.revision(), steady.revision()] == ["2", "2"]


def test_objections_are_those_of_the_lists() -> None:
    shown: list[Candidate] = []
    assert SteadyLists(_Lists()).objections(shown) == [Objection(ref=1, verdict="suppress", rule="r")]
