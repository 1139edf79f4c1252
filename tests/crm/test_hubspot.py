"""Pushes into HubSpot, against a double that refuses what HubSpot refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.delivery.push_withdrawal import withdraw
from gateway.errors import Damaged, GatewayError, Refused
from tests.crm.doubles.hubspot import HubSpotDouble
from tests.crm.doubles.server import Running, serving
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import go_on, rejected_rows
from tests.delivery.shop import NOW, Shop, person

FIELDS = {"line_code": "line_code", "lastname": "name", "zip": "postal_code", "address": "address"}
PEOPLE = [person(number) for number in range(120)]


@pytest.fixture
def double() -> HubSpotDouble:
    return HubSpotDouble("pat-token")


@pytest.fixture
def server(double: HubSpotDouble) -> Iterator[Running]:
    with serving(double) as running:
        yield running


def _shop(shop: Shop, url: str, people: Any = PEOPLE, *, token: str = "pat-token", **options: Any) -> Shop:
    given = {
        "url": url,
        "token": secret(shop.workspace.root, token),
        "key_field": "vendor_key",
        "fields": FIELDS,
        "calls": 1000,
    }
    made = client_of(shop, "hubspot", {**given, **options})
    made.import_people(people)
    return made


def test_contacts_are_upserted_and_matched_by_key(shop: Shop, server: Running, double: HubSpotDouble) -> None:
    result = push(_shop(shop, server.url), "hubspot")
    assert result.counts.delivered == len(double.contacts)
    assert {each["lastname"] for each in double.contacts.values()} == {each.name for each in PEOPLE}
    assert max(len(body["inputs"]) for body in double.bodies) == 100
    first = double.bodies[0]["inputs"][0]
    assert set(first) == {"id", "idProperty", "objectWriteTraceId", "properties"}
    assert first["properties"]["vendor_key"] == first["id"]


def test_the_errors_of_a_207_reject_their_contacts_alone(
    shop: Shop, server: Running, double: HubSpotDouble
) -> None:
    people = [
        each if number != 4 else replace(each, name="BAD山田") for number, each in enumerate(PEOPLE[:9])
    ]
    made = _shop(shop, server.url, people)
    result = push(made, "hubspot")
    assert (result.counts.delivered, result.counts.refused) == (8, 1)
    (row,) = rejected_rows(made, result.id)
    assert row["reason"] == "VALIDATION_ERROR: lastname"


def test_the_limit_of_ten_seconds_only_delays(shop: Shop, server: Running, double: HubSpotDouble) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    double.too_fast = 2
    assert push(made, "hubspot").counts.delivered == 5
    assert double.too_fast == 0


def test_the_quota_of_the_day_stops_and_is_resumed(
    shop: Shop, server: Running, double: HubSpotDouble
) -> None:
    made = _shop(shop, server.url, workers=1)
    double.daily_left = 4
    with pytest.raises(Damaged) as caught:
        push(made, "hubspot")
    assert "quota" in caught.value.message
    assert len(double.contacts) == 100
    double.daily_left = 1000
    assert go_on(made).counts.delivered == len(double.contacts)
    assert {each["lastname"] for each in double.contacts.values()} == {each.name for each in PEOPLE}


@pytest.mark.parametrize("erase", [True, False])
def test_a_person_who_opts_out_is_erased_or_archived(
    shop: Shop, server: Running, double: HubSpotDouble, erase: bool
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5], erase=erase)
    result = push(made, "hubspot")
    made.opt_out(PEOPLE[1])
    (line,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert line.result == "deleted"
    assert len(double.contacts) == 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fields": {**FIELDS, "furigana": "name"}}, "furigana"),
        ({"fields": {**FIELDS, "createdate": "name"}}, "createdate"),
        ({"key_field": "email"}, "email"),
        ({"token": "wrong"}, "401"),
    ],
    ids=["missing property", "read-only property", "key not unique", "wrong token"],
)
def test_what_is_wrong_is_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: HubSpotDouble, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, server.url, PEOPLE[:2], **change), "hubspot")
    assert told in caught.value.message
    assert double.contacts == {}


def test_a_token_without_the_right_to_write_is_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: HubSpotDouble
) -> None:
    double.scopes = ["crm.objects.contacts.read"]
    with pytest.raises(Refused) as caught:
        push(_shop(shop, server.url, PEOPLE[:2]), "hubspot")
    assert "crm.objects.contacts.write" in caught.value.message
    assert double.contacts == {}


@pytest.mark.parametrize("erase", [True, False])
def test_every_body_fits_the_published_schema(
    shop: Shop, server: Running, double: HubSpotDouble, erase: bool
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5], erase=erase)
    result = push(made, "hubspot")
    made.opt_out(PEOPLE[1])
    withdraw(made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW)
    removal = "gdpr-delete" if erase else "batch/archive"
    assert double.published.misfits == []
    assert {call.rpartition("contacts/")[2] for call in double.published.judged} == {
        "batch/upsert",
        "batch/read",
        removal,
    }


def test_a_person_whose_key_was_taken_off_there_is_still_erased(
    shop: Shop, server: Running, double: HubSpotDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "hubspot")
    for each in double.contacts.values():
        del each["vendor_key"]
    made.opt_out(PEOPLE[1])
    (line,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert line.result == "deleted"
    assert len(double.contacts) == 4


def test_erasing_many_is_not_begun_anew_when_it_is_slowed_down(
    shop: Shop, server: Running, double: HubSpotDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "hubspot")
    for each in PEOPLE[:3]:
        made.opt_out(each)
    double.slow_down_after = len(double.calls) + 3  # two look-ups and the first erasure
    lines = withdraw(made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW)
    assert [each.result for each in lines] == ["deleted"] * 3
