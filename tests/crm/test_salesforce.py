"""Pushes into Salesforce (collections and Bulk API 2.0), against a double that refuses what the org refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.delivery.push_withdrawal import withdraw
from gateway.errors import Damaged, GatewayError
from gateway_crm import salesforce, salesforce_bulk
from tests.crm.doubles.salesforce import SalesforceDouble
from tests.crm.doubles.server import Running, serving
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import go_on, rejected_rows, states
from tests.delivery.shop import NOW, Shop, person

FIELDS = {
    "LineCode__c": "line_code",
    "LastName": "name",
    "Company": "name",
    "PostalCode": "postal_code",
    "Street": "address",
}
PEOPLE = [person(number) for number in range(230)]


@pytest.fixture
def double() -> SalesforceDouble:
    return SalesforceDouble()


@pytest.fixture
def server(double: SalesforceDouble) -> Iterator[Running]:
    with serving(double) as running:
        double.url = running.url
        yield running


def _shop(shop: Shop, url: str, people: Any = PEOPLE, **options: Any) -> Shop:
    given = {
        "url": url,
        "client_id": "app",
        "client_secret": secret(shop.workspace.root, "secret"),
        "key_field": "VendorKey__c",
        "fields": FIELDS,
        "workers": 1,
    }
    merged = {**given, **options}
    made = client_of(shop, "salesforce", {key: value for key, value in merged.items() if value is not None})
    made.import_people(people)
    return made


def _names(double: SalesforceDouble) -> set[str]:
    return {each["LastName"] for each in double.leads.values()}


def test_collections_upsert_two_hundred_at_a_time(
    shop: Shop, server: Running, double: SalesforceDouble
) -> None:
    result = push(_shop(shop, server.url), "salesforce")
    assert result.counts.delivered == len(double.leads)
    assert _names(double) == {each.name for each in PEOPLE}
    assert len(double.bodies[0]["records"]) == 200
    assert {each["Title"] for each in double.documents} == {
        f"{result.id} optout-request-form.pdf",
        f"{result.id} delivery-note.pdf",
    }


@pytest.mark.parametrize("api", ["collections", "bulk"])
def test_bad_rows_are_rejected_and_locked_rows_sent_again(
    shop: Shop, server: Running, double: SalesforceDouble, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setattr(salesforce_bulk, "_FIRST_PAUSE", 0.01)
    people = [
        each if number != 4 else replace(each, name="長" * 90) for number, each in enumerate(PEOPLE[:9])
    ]
    made = _shop(shop, server.url, people, api=api)
    take = double._take
    seen: set[str] = set()

    def lock_the_first(record: Any, key: str) -> dict[str, Any]:
        if not seen:
            double.lock_once.add(record[key])
        seen.add(record[key])
        return take(record, key)

    monkeypatch.setattr(double, "_take", lock_the_first)
    result = push(made, "salesforce")
    assert (result.counts.delivered, result.counts.refused) == (8, 1)
    assert len(double.leads) == 8
    (row,) = rejected_rows(made, result.id)
    assert row["reason"] == "STRING_TOO_LONG: LastName"


def test_many_lines_go_by_bulk_jobs(
    shop: Shop, server: Running, double: SalesforceDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salesforce, "MANY", 100)
    monkeypatch.setattr(salesforce, "BULK_BATCH", 90)
    monkeypatch.setattr(salesforce_bulk, "_FIRST_PAUSE", 0.01)
    result = push(_shop(shop, server.url), "salesforce")
    assert result.counts.delivered == len(double.leads)
    assert len(double.jobs) == -(-result.counts.delivered // 90)
    assert double.bodies == []
    assert all(each["state"] == "JobComplete" for each in double.jobs.values())


def test_a_token_that_has_ended_is_renewed(shop: Shop, server: Running, double: SalesforceDouble) -> None:
    made = _shop(shop, server.url)
    push(made, "salesforce")
    double.tokens.clear()
    push(made, "salesforce")
    assert double.logins == 2


def test_the_jwt_bearer_flow_signs_with_the_private_key(
    shop: Shop, server: Running, double: SalesforceDouble, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    double.public_key = key.public_key()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder = tmp_path / "key"
    folder.mkdir()
    made = _shop(
        shop,
        server.url,
        PEOPLE[:3],
        client_secret=None,
        private_key=secret(folder, pem.decode()),
        username="push@example.com",
    )
    assert push(made, "salesforce").counts.delivered == 3


def test_the_limit_of_the_day_stops_and_is_resumed(
    shop: Shop, server: Running, double: SalesforceDouble
) -> None:
    made = _shop(shop, server.url)
    double.calls_left = 5
    with pytest.raises(Damaged) as caught:
        push(made, "salesforce")
    assert "quota" in caught.value.message
    double.calls_left = 1000
    assert go_on(made).counts.delivered == len(double.leads)


def test_a_person_who_opts_out_is_deleted(shop: Shop, server: Running, double: SalesforceDouble) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "salesforce")
    made.opt_out(PEOPLE[1])
    (line,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert line.result == "deleted"
    assert PEOPLE[1].name not in _names(double)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fields": {**FIELDS, "Furigana__c": "name"}}, "Furigana__c"),
        ({"fields": {**FIELDS, "CreatedDate": "name"}}, "CreatedDate"),
        ({"fields": {"LineCode__c": "line_code", "LastName": "name"}}, "Company"),
        ({"key_field": "Street"}, "Street"),
        ({"client_id": "other"}, "invalid_client"),
    ],
    ids=["missing field", "read-only field", "required field", "no external id", "wrong client"],
)
def test_what_is_wrong_is_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: SalesforceDouble, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, server.url, PEOPLE[:2], **change), "salesforce")
    assert told in caught.value.message
    assert double.leads == {}


def test_a_person_whose_key_was_taken_off_there_is_still_deleted(
    shop: Shop, server: Running, double: SalesforceDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "salesforce")
    for each in double.leads.values():
        each["VendorKey__c"] = None
    made.opt_out(PEOPLE[1])
    (line,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert line.result == "deleted"
    assert PEOPLE[1].name not in _names(double)


def test_many_are_withdrawn_in_parts(shop: Shop, server: Running, double: SalesforceDouble) -> None:
    made = _shop(shop, server.url, PEOPLE[:120], api="bulk")
    result = push(made, "salesforce")
    for each in PEOPLE[:120]:
        made.opt_out(each, erase=False)
    lines = withdraw(made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW)
    assert {each.result for each in lines} == {"deleted"}
    assert len(lines) == result.counts.delivered
    assert double.leads == {}


def test_a_job_that_nobody_waits_for_any_more_is_aborted(
    shop: Shop, server: Running, double: SalesforceDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would insert people who opt out from now on."""
    monkeypatch.setattr(salesforce_bulk, "_FIRST_PAUSE", 0.01)
    double.busy_polls = 1
    made = _shop(shop, server.url, PEOPLE[:5], api="bulk")
    result = push(made, "salesforce")
    assert [each["state"] for each in double.jobs.values()] == ["Aborted", "JobComplete"]
    assert result.counts.delivered == len(double.leads) == 5


def test_nobody_counts_as_absent_while_a_job_may_still_insert_them(
    shop: Shop, server: Running, double: SalesforceDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a job is lost, it cannot be stopped, and somebody in it opts out before it has run."""
    monkeypatch.setattr(salesforce_bulk, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(salesforce_bulk, "_abort", lambda client, job: None)
    made = _shop(shop, server.url, PEOPLE[:5], api="bulk")
    double.busy_polls = 1
    double.on_busy = lambda: made.opt_out(PEOPLE[1])
    with pytest.raises(Damaged):
        push(made, "salesforce")
    assert states(made) == {"accepted": 4, "in_doubt": 1}
    (first, *_others) = double.jobs.values()
    double.work_off(first)
    assert PEOPLE[1].name in _names(double)
    go_on(made)
    assert PEOPLE[1].name not in _names(double)
