"""The webhook: signed batches to any in-house system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import Damaged, Failed, GatewayError
from tests.crm.doubles.server import Running, serving
from tests.crm.doubles.webhook import WebhookDouble
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import go_on, rejected_rows
from tests.delivery.shop import Shop, person

PEOPLE = [person(number) for number in range(7)]
FIELDS = {"number": "line_code", "name": "name", "postcode": "postal_code_hyphenated", "address": "address"}


@pytest.fixture
def double() -> WebhookDouble:
    return WebhookDouble("s3cret")


@pytest.fixture
def server(double: WebhookDouble) -> Iterator[Running]:
    with serving(double) as running:
        yield running


def _shop(shop: Shop, url: str, *, key: str = "s3cret", **options: Any) -> Shop:
    given = {
        "url": f"{url}/hook",
        "fields": FIELDS,
        "secret": secret(shop.workspace.root, key),
        "batch": 3,
        "workers": 2,
        "timeout": 5.0,
    }
    made = client_of(shop, "webhook", {**given, **options})
    made.import_people(PEOPLE)
    return made


def test_everybody_arrives_with_the_mapped_fields(shop: Shop, server: Running, double: WebhookDouble) -> None:
    result = push(_shop(shop, server.url), "webhook")
    assert result.reports == {"inserted": 7}
    found = {each["name"]: each for each in double.people.values()}
    assert found.keys() == {each.name for each in PEOPLE}
    one = found[PEOPLE[3].name]
    assert one["postcode"] == "155-0031"
    assert one["address"] == PEOPLE[3].address
    assert one["number"].startswith("G")


def test_a_line_carries_no_item_that_is_not_mapped(
    shop: Shop, server: Running, double: WebhookDouble
) -> None:
    push(_shop(shop, server.url, fields={"number": "line_code", "name": "name"}), "webhook")
    assert {frozenset(each) for each in double.people.values()} == {frozenset({"number", "name"})}


def test_a_wrong_secret_sends_nobody(shop: Shop, server: Running, double: WebhookDouble) -> None:
    with pytest.raises(Failed) as caught:
        push(_shop(shop, server.url, key="other"), "webhook")
    assert caught.value.code == "crm_unauthorised"
    assert double.people == {}


@pytest.mark.parametrize(("whole", "named"), [(False, True), (True, True), (True, False)])
def test_a_bad_record_is_rejected_alone(
    shop: Shop, server: Running, double: WebhookDouble, whole: bool, named: bool
) -> None:
    double.whole_batches, double.names_bad = whole, named
    made = _shop(shop, server.url)
    made.import_people([replace(person(20), name="BAD山田")], list_name="bad")
    result = push(made, "webhook", lists=("main", "bad"))
    assert (result.counts.delivered, result.counts.refused) == (7, 1)
    (row,) = rejected_rows(made, result.id)
    assert row["reason"] == ("invalid: phone" if named else "HTTP 422")


def test_a_server_that_goes_in_the_middle_leaves_a_push_to_resume(
    shop: Shop, server: Running, double: WebhookDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _shop(shop, server.url, workers=1)
    take = double._take
    seen: list[str] = []

    def take_and_go(record: dict[str, Any], bad: set[str]) -> dict[str, str]:
        seen.append(record["key"])
        if len(seen) == 3:
            server.faults.unavailable = 1.0
        return take(record, bad)

    monkeypatch.setattr(double, "_take", take_and_go)
    with pytest.raises(Damaged) as caught:
        push(made, "webhook")
    assert "--resume" in caught.value.hint
    server.faults.unavailable = 0.0
    assert go_on(made).counts.delivered == 7
    assert len(double.people) == 7


def test_nobody_listening_is_one_clear_line(shop: Shop, server: Running) -> None:
    server.stop()
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, server.url), "webhook")
    assert caught.value.code == "destination_not_ready"
    assert "connection refused" in caught.value.message


def test_a_url_without_tls_is_refused(shop: Shop) -> None:
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, "http://crm.example.com"), "webhook")
    assert "https" in caught.value.message


def test_a_mapping_without_the_line_code_is_refused(shop: Shop, server: Running) -> None:
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, server.url, fields={"name": "name"}), "webhook")
    assert "line_code" in caught.value.message


def test_a_secret_in_plain_text_is_refused_and_not_repeated(shop: Shop, server: Running) -> None:
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, server.url, secret="plain-text"), "webhook")
    assert "reference" in caught.value.message
    assert "plain-text" not in caught.value.message


def test_the_same_batch_bears_the_same_key_and_a_smaller_one_another(
    shop: Shop, server: Running, double: WebhookDouble
) -> None:
    """The first batch is not heard, then refused for one of its records, then taken without it."""
    double.whole_batches = True
    made = _shop(shop, server.url, workers=1, batch=8)
    made.import_people([replace(person(20), name="BAD山田")], list_name="bad")
    double.unheard = 1
    push(made, "webhook", lists=("main", "bad"))
    first, again, smaller = (
        request for request in double.requests if request.headers["X-Gateway-Event"] == "push"
    )
    assert first.body == again.body
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
    assert len(smaller.json()["records"]) == 7
    assert smaller.headers["Idempotency-Key"] != first.headers["Idempotency-Key"]
