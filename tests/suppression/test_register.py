"""The register: recorded opt-outs are in force, can be read and lifted, and are never lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from gateway.db.engine import reading
from gateway.db.ledger import current_number
from gateway.db.tables import journal, opt_out
from gateway.errors import Refused, WrongUsage
from gateway.log.journal import entries
from gateway.people.person import Person
from gateway.suppression.register import (
    OptOut,
    OptOutId,
    OptOutRequest,
    all_opt_outs,
    get_opt_out,
    lift_opt_out,
    opt_out_name,
    opt_out_number,
    record_opt_outs,
    why_unusable,
)
from tests.delivery.shop import NOW, Shop, person

DAY = date(2026, 11, 20)


def register(shop: Shop) -> list[OptOut]:
    with reading(shop.engine) as connection:
        return list(all_opt_outs(connection))


def record(shop: Shop, *people: Person) -> tuple[OptOutId, ...]:
    requests = [OptOutRequest(person=each, received_on=DAY) for each in people]
    return record_opt_outs(shop.engine, requests, actor="tester", now=NOW).ids


def test_an_opt_out_is_kept_as_it_was_given(shop: Shop) -> None:
    asked = Person(
        name="山田　太郎",
        kana="ﾔﾏﾀﾞ",
        postal_code="〒155-0031",
        address="世田谷区北沢３丁目",
        building="見本荘",
        phones=("０３－3460", "090-0000-0001"),
        emails=("A@Example.JP",),
    )
    request = OptOutRequest(person=asked, scope="household", purpose="dm", channel="fax", received_on=DAY)
    recorded = record_opt_outs(shop.engine, [request], actor="tester", now=NOW)
    (found,) = register(shop)
    assert (found.id, found.number) == (recorded.ids[0], recorded.number)
    assert (found.scope, found.purpose, found.channel, found.received_on) == (
        "household",
        "dm",
        "fax",
        "2026-11-20",
    )
    kept = found.person
    assert (
        kept.name,
        kept.kana,
        kept.postal_code,
        kept.address,
        kept.building,
        kept.phones,
        kept.emails,
    ) == (
        asked.name,
        asked.kana,
        asked.postal_code,
        asked.address,
        asked.building,
        asked.phones,
        asked.emails,
    )
    assert (found.actor, found.lifted_number) == ("tester", 0)


def test_opt_outs_of_one_file_share_a_ledger_number_and_have_ids_of_their_own(shop: Shop) -> None:
    ids = record(shop, *(person(number) for number in range(5)))
    found = register(shop)
    assert [each.id for each in found] == list(ids) == sorted(set(ids))
    assert len({each.number for each in found}) == 1


def test_ids_go_on_where_the_last_ended(shop: Shop) -> None:
    first, second = record(shop, person(1)), record(shop, person(2))
    assert second[0] == first[0] + 1
    assert [each.number for each in register(shop)] == sorted(each.number for each in register(shop))


def test_the_journal_ties_an_entry_to_a_person_without_naming_them(shop: Shop) -> None:
    record(shop, person(3))
    with reading(shop.engine) as connection:
        entry = [each for each in entries(connection) if each.kind == "opt_out"][-1]
    assert '"digest":' in entry.content
    assert not any(text in entry.content for text in (person(3).name, person(3).address, person(3).phones[0]))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Person(name="山田太郎"), "name_alone"),
        (Person(), "nothing_given"),
        (Person(kana="ヤマダ"), "nothing_given"),
        (Person(address="東京都世田谷区北沢"), "address_without_number"),
    ],
    ids=["name", "nothing", "kana", "town"],
)
def test_an_opt_out_that_would_protect_nobody_is_refused_whole(
    shop: Shop, asked: Person, reason: str
) -> None:
    request = OptOutRequest(person=asked, received_on=DAY)
    assert why_unusable(request) is not None
    with reading(shop.engine) as connection:
        before = current_number(connection)
    with pytest.raises(Refused) as caught:
        record_opt_outs(
            shop.engine, [OptOutRequest(person=person(1), received_on=DAY), request], actor="tester", now=NOW
        )
    assert caught.value.code == "no_usable_key"
    assert register(shop) == []
    with reading(shop.engine) as connection:
        assert current_number(connection) == before


def test_a_line_code_alone_is_enough(shop: Shop) -> None:
    shop.import_people([person(1), person(2)])
    shop.deliver()
    code = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").split(",")[0]
    typed = f" {code[:4].lower()}-{code[4:8]}　{code[8:]}"
    request = OptOutRequest(person=Person(), received_on=DAY, line_code=typed)
    record_opt_outs(shop.engine, [request], actor="tester", now=NOW)
    (found,) = register(shop)
    assert (found.person.name, found.person.address) == (person(1).name, person(1).address)
    assert found.line_code == code


def test_what_the_person_says_goes_before_what_the_line_says(shop: Shop) -> None:
    shop.import_people([person(1)])
    shop.deliver()
    code = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").split(",")[0]
    moved = Person(address="大阪府大阪市北区梅田1-2-3", postal_code="530-0001")
    request = OptOutRequest(person=moved, received_on=DAY, line_code=code)
    record_opt_outs(shop.engine, [request], actor="tester", now=NOW)
    (found,) = register(shop)
    assert (found.person.name, found.person.address) == (person(1).name, moved.address)


@pytest.mark.parametrize(
    ("code", "error"), [("G00000000000", "bad_line_code"), ("hello", "bad_line_code")], ids=["check", "shape"]
)
def test_a_line_code_that_is_none_is_wrong_usage(shop: Shop, code: str, error: str) -> None:
    request = OptOutRequest(person=Person(), received_on=DAY, line_code=code)
    with pytest.raises(WrongUsage) as caught:
        record_opt_outs(shop.engine, [request], actor="tester", now=NOW)
    assert caught.value.code == error


def test_a_lifted_opt_out_stays_in_the_register(shop: Shop) -> None:
    (identifier,) = record(shop, person(1))
    number = lift_opt_out(shop.engine, identifier, why="asked for it", actor="tester", now=NOW)
    (found,) = register(shop)
    assert (found.lifted_number, found.lifted_why) == (number, "asked for it")


def test_an_opt_out_is_lifted_once(shop: Shop) -> None:
    (identifier,) = record(shop, person(1))
    lift_opt_out(shop.engine, identifier, why="asked for it", actor="tester", now=NOW)
    with reading(shop.engine) as connection:
        before = connection.execute(select(func.count()).select_from(journal)).scalar_one()
    with pytest.raises(Refused) as caught:
        lift_opt_out(shop.engine, identifier, why="again", actor="tester", now=NOW)
    assert caught.value.code == "already_lifted"
    with reading(shop.engine) as connection:
        assert connection.execute(select(func.count()).select_from(journal)).scalar_one() == before
        assert connection.execute(select(opt_out.c.lifted_why)).scalar_one() == "asked for it"


def test_an_unknown_opt_out_is_named(shop: Shop) -> None:
    with reading(shop.engine) as connection, pytest.raises(WrongUsage) as caught:
        get_opt_out(connection, OptOutId(77))
    assert "O000077" in caught.value.message
    with pytest.raises(WrongUsage):
        lift_opt_out(shop.engine, OptOutId(77), why="x", actor="tester", now=NOW)


@given(st.integers(min_value=0, max_value=2**31 - 1))
def test_an_id_reads_back_as_itself(identifier: int) -> None:
    assert opt_out_number(opt_out_name(identifier)) == identifier
    assert opt_out_number(f" {opt_out_name(identifier).lower()} ") == identifier


@pytest.mark.parametrize("name", ["", "O", "x", "O-1", "O１", "O²", f"O{2**31}", "9" * 5000])
def test_what_can_be_no_id_is_wrong_usage(name: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        opt_out_number(name)
    assert caught.value.code == "unknown_opt_out"
