"""``gateway explain``: which opt-out, which rule, which keys, and both sides as normalised."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.db.engine import reading
from gateway.errors import WrongUsage
from gateway.people.person import Person
from gateway.suppression.explanation import Explanation, explain_line, explain_record
from gateway.suppression.register import lift_opt_out
from gateway.suppression.reviews import decide_hold, open_holds
from tests.delivery.shop import NOW, Shop, person


def explain(shop: Shop, record_id: str = "P0001", list_name: str = "main") -> Explanation:
    with reading(shop.engine) as connection:
        return explain_record(connection, list_name, record_id)


def test_a_clear_record_is_delivered_and_met_nobody(shop: Shop) -> None:
    shop.import_people([person(1)])
    found = explain(shop)
    assert found.verdicts == {"dm": "deliver", "telemarketing": "deliver"}
    assert (found.meetings, found.in_list) == ((), True)
    assert found.normal


def test_a_suppressed_record_names_opt_out_rule_and_keys(shop: Shop) -> None:
    shop.import_people([person(1), person(2)])
    shop.opt_out(person(1), purpose="dm")
    found = explain(shop)
    assert found.verdicts == {"dm": "suppress", "telemarketing": "deliver"}
    (meeting,) = found.meetings
    assert (meeting.opt_out, meeting.verdict, meeting.scope, meeting.purpose, meeting.lifted) == (
        "O000001",
        "suppress",
        "individual",
        "dm",
        False,
    )
    assert meeting.rule.startswith("individual:")
    assert meeting.keys
    assert meeting.opt_out_normal


def test_both_sides_are_shown_as_normalised(shop: Shop) -> None:
    shop.import_people([person(1)])
    asked = dataclasses.replace(person(1), phones=("０３（3460）0001",))
    shop.opt_out(asked, purpose="dm")
    found = explain(shop)
    assert found.meetings[0].opt_out_normal["phones"] == found.normal["phones"]


def test_a_lifted_opt_out_is_shown_as_such_and_counts_no_more(shop: Shop) -> None:
    shop.import_people([person(1)])
    identifier = shop.opt_out(person(1), purpose="dm")
    lift_opt_out(shop.engine, identifier, why="asked", actor="tester", now=NOW)
    found = explain(shop)
    assert found.verdicts["dm"] == "deliver"
    assert found.meetings[0].lifted


def test_a_decision_by_hand_is_the_verdict(shop: Shop) -> None:
    shop.import_people([person(1)])
    shop.opt_out(
        Person(name=person(1).name[:2], postal_code=person(1).postal_code, address=person(1).address)
    )
    assert explain(shop).verdicts["dm"] == "review"
    with reading(shop.engine) as connection:
        (held,) = open_holds(connection)
    decide_hold(shop.engine, held.id, "deliver", why="another", actor="tester", now=NOW)
    assert explain(shop).verdicts["dm"] == "deliver"


def test_scope_phone_is_told_apart_by_purpose(shop: Shop) -> None:
    shop.import_people([person(1)])
    shop.opt_out(Person(phones=person(1).phones), scope="phone", erase=False)
    assert explain(shop).verdicts == {"dm": "deliver", "telemarketing": "suppress"}


def test_a_delivered_line_leads_to_its_record_and_delivery(shop: Shop) -> None:
    shop.import_people([person(1)])
    delivery = shop.deliver().id
    code = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").split(",")[0]
    with reading(shop.engine) as connection:
        found = explain_line(connection, code.lower())
    assert (found.delivery, found.record_id, found.list_name, found.in_list) == (
        delivery,
        "P0001",
        "main",
        True,
    )


def test_a_line_whose_record_is_gone_is_judged_as_delivered(shop: Shop) -> None:
    shop.import_people([person(1)])
    shop.deliver()
    code = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").split(",")[0]
    shop.opt_out(person(1))
    with reading(shop.engine) as connection:
        found = explain_line(connection, code)
    assert (found.in_list, found.verdicts["dm"]) == (False, "suppress")


@pytest.mark.parametrize(
    ("list_name", "record_id", "code"),
    [("nowhere", "P0001", "unknown_list"), ("main", "P9999", "unknown_record")],
    ids=["list", "record"],
)
def test_what_is_not_there_is_wrong_usage(shop: Shop, list_name: str, record_id: str, code: str) -> None:
    shop.import_people([person(1)])
    with pytest.raises(WrongUsage) as caught:
        explain(shop, record_id, list_name)
    assert caught.value.code == code
