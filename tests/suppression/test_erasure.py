"""Erasing a person who opted out from every list, for every kind of opt-out, interrupted or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from gateway.db.engine import reading
from gateway.db.tables import contact, list_, opt_out, record
from gateway.people.keys import record_keys
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.erasure import Erasure, erase_pending
from gateway.suppression.key_pages import record_pages
from gateway.suppression.register import lift_opt_out
from gateway.suppression.reviews import open_holds
from tests.delivery.shop import NOW, Shop, person

ASKER = person(1)
FAMILY = Person(id="F1", name=ASKER.name[:2] + "次郎", postal_code=ASKER.postal_code, address=ASKER.address)
NEIGHBOUR = Person(id="N1", name="中村久", postal_code=ASKER.postal_code, address=ASKER.address)
OTHER = person(2)
PEOPLE = [ASKER, FAMILY, NEIGHBOUR, OTHER]
EVERYBODY = {"P0001", "F1", "N1", "P0002"}


def left(shop: Shop, name: str = "main") -> set[str]:
    with reading(shop.engine) as connection:
        statement = (
            select(record.c.id).join(list_, list_.c.id == record.c.list_id).where(list_.c.name == name)
        )
        return set(connection.execute(statement).scalars())


def phones(shop: Shop) -> set[str]:
    with reading(shop.engine) as connection:
        return set(connection.execute(select(contact.c.value).where(contact.c.kind == "phone")).scalars())


def finish(shop: Shop) -> dict[Any, Erasure]:
    return erase_pending(shop.engine, actor="tester", now=NOW)


def keys_match_the_records(shop: Shop) -> bool:
    """Tell whether the key pages hold just the keys of the records that are left."""
    with reading(shop.engine) as connection:
        for list_id in connection.execute(select(list_.c.id)).scalars().all():
            for page in record_pages(connection, list_id):
                numbers = page.numbers.tolist()
                stored = fetch_records(connection, list_id, numbers)
                expected = [
                    key for number in numbers for key in record_keys(normalise(stored[number].person))
                ]
                if set(numbers) != set(stored) or sorted(page.keys.tolist()) != sorted(expected):
                    return False
    return True


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """A shop with a family, their neighbour and somebody else, in two lists."""
    shop.import_people(PEOPLE)
    shop.import_people([ASKER, OTHER], list_name="other")
    return shop


KINDS: dict[str, tuple[Person, dict[str, Any], set[str]]] = {
    "individual": (ASKER, {}, {"F1", "N1", "P0002"}),
    "household": (ASKER, {"scope": "household"}, {"N1", "P0002"}),
    "address": (
        Person(postal_code=ASKER.postal_code, address=ASKER.address),
        {"scope": "address"},
        {"P0002"},
    ),
    "phone": (Person(phones=ASKER.phones), {"scope": "phone"}, EVERYBODY),
    "dm only": (ASKER, {"purpose": "dm"}, EVERYBODY),
    "telemarketing only": (ASKER, {"purpose": "telemarketing"}, EVERYBODY),
    "household, dm only": (ASKER, {"scope": "household", "purpose": "dm"}, EVERYBODY),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_erases_just_whom_it_reaches(stocked: Shop, kind: str) -> None:
    asked, how, stay = KINDS[kind]
    stocked.opt_out(asked, **how)
    assert left(stocked) == stay
    assert left(stocked, "other") == stay - {"F1", "N1"}
    assert keys_match_the_records(stocked)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_interrupted_erasure_ends_as_an_uninterrupted_one(stocked: Shop, kind: str) -> None:
    asked, how, stay = KINDS[kind]
    identifier = stocked.opt_out(asked, erase=False, **how)
    assert left(stocked) == EVERYBODY
    assert list(finish(stocked)) == [identifier]
    assert left(stocked) == stay
    assert finish(stocked) == {}


def import_someone(shop: Shop) -> None:
    shop.import_people([person(30)], list_name="third")


def deliver_something(shop: Shop) -> None:
    shop.deliver(lists=("main",))


def opt_somebody_else_out(shop: Shop) -> None:
    shop.opt_out(Person(phones=("03-0000-9999",)))


@pytest.mark.parametrize("kind", ["individual", "household", "address", "phone", "dm only"])
@pytest.mark.parametrize("command", [import_someone, deliver_something, opt_somebody_else_out])
def test_the_next_command_that_writes_finishes_an_interrupted_erasure(
    stocked: Shop, kind: str, command: Callable[[Shop], None]
) -> None:
    asked, how, stay = KINDS[kind]
    stocked.opt_out(asked, erase=False, **how)
    command(stocked)
    assert left(stocked) == stay
    assert (ASKER.phones[0] in phones(stocked)) == (kind == "dm only")
    with reading(stocked.engine) as connection:
        assert connection.execute(select(opt_out.c.id).where(opt_out.c.erased_at.is_(None))).all() == []


def test_scope_phone_takes_the_number_off_however_it_is_written(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])
    shop.opt_out(Person(phones=("＋81 3 3460 " + ASKER.phones[0][-4:],)), scope="phone")
    assert phones(shop) == {OTHER.phones[0]}
    assert left(shop) == {ASKER.id, OTHER.id}
    assert keys_match_the_records(shop)


def test_scope_phone_for_letters_alone_leaves_the_number(shop: Shop) -> None:
    shop.import_people([ASKER])
    shop.opt_out(Person(phones=ASKER.phones), scope="phone", purpose="dm")
    assert phones(shop) == {ASKER.phones[0]}


def test_the_counts_are_told_by_list(stocked: Shop) -> None:
    stocked.opt_out(ASKER, erase=False)
    (result,) = finish(stocked).values()
    assert dict(result.erased) == {"main": 1, "other": 1}


def test_whoever_is_in_doubt_is_held_and_not_erased(stocked: Shop) -> None:
    stocked.opt_out(
        Person(name=ASKER.name[:2], postal_code=ASKER.postal_code, address=ASKER.address), erase=False
    )
    (result,) = finish(stocked).values()
    assert left(stocked) == EVERYBODY
    with reading(stocked.engine) as connection:
        found = list(open_holds(connection))
    assert {each.id for each in found} == set(result.held)
    assert {each.record_id for each in found} == {"P0001", "F1"}


def test_an_opt_out_that_was_lifted_before_its_erasure_erases_nobody(stocked: Shop) -> None:
    identifier = stocked.opt_out(ASKER, erase=False)
    lift_opt_out(stocked.engine, identifier, why="a mistake", actor="tester", now=NOW)
    assert finish(stocked) == {}
    assert left(stocked) == EVERYBODY


def test_an_erased_person_cannot_be_imported_again(stocked: Shop) -> None:
    stocked.opt_out(ASKER)
    assert stocked.import_people([ASKER, person(7)], list_name="again").suppressed == 1
    assert left(stocked, "again") == {"P0007"}


def test_what_was_delivered_stays_on_record_when_the_person_is_erased(stocked: Shop) -> None:
    from gateway.log.deliveries import provisions_to

    stocked.deliver()
    stocked.opt_out(ASKER)
    with reading(stocked.engine) as connection:
        assert ASKER.id in {each.record_id for each in provisions_to(connection, "client")}
