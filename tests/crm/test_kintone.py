"""Pushes into kintone, against a double that refuses what kintone refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.delivery.push_withdrawal import withdraw
from gateway.errors import GatewayError, Refused
from tests.crm.doubles.kintone import APP, DOCUMENTS_APP, GUEST_SPACE, KintoneDouble
from tests.crm.doubles.server import Running, serving
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import rejected_rows
from tests.delivery.shop import NOW, Shop, person

FIELDS = {"code": "line_code", "氏名": "name", "郵便番号": "postal_code", "住所": "address"}
PEOPLE = [person(number) for number in range(230)]


@pytest.fixture
def double() -> KintoneDouble:
    return KintoneDouble("token")


@pytest.fixture
def server(double: KintoneDouble) -> Iterator[Running]:
    with serving(double) as running:
        yield running


def _shop(shop: Shop, url: str, people: Any = PEOPLE, *, token: str = "token", **options: Any) -> Shop:
    given = {
        "url": url,
        "app": APP,
        "token": secret(shop.workspace.root, token),
        "key_field": "vendor_key",
        "fields": FIELDS,
        "documents_app": DOCUMENTS_APP,
        "documents_field": "文書",
        "documents_name_field": "文書名",
    }
    made = client_of(shop, "kintone", {**given, **options})
    made.import_people(people)
    return made


def test_batches_of_a_hundred_are_upserted_by_the_key(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    count = len({each.name + each.address for each in PEOPLE})
    result = push(_shop(shop, server.url), "kintone")
    assert result.reports == {"inserted": count}
    assert len(double.people()) == count
    sizes = [len(body["records"]) for body in double.bodies if body.get("upsert")]
    assert max(sizes) == 100
    assert all(each["code"].startswith("G") for each in double.people())


def test_form_and_note_go_into_the_documents_app_as_they_are_in_the_package(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:3])
    result = push(made, "kintone")
    documents = {each["文書名"]: each["文書"][0]["fileKey"] for each in double.documents.values()}
    assert documents.keys() == {f"{result.id} optout-request-form.pdf", f"{result.id} delivery-note.pdf"}
    for title, key in documents.items():
        assert (made.packages()[0] / title.split()[1]).read_bytes() in double.files[key]


def test_every_body_fits_the_published_schema(shop: Shop, server: Running, double: KintoneDouble) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "kintone")
    made.opt_out(PEOPLE[1])
    withdraw(made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW)
    assert double.published.misfits == []
    assert double.published.judged.keys() == double.published.calls


def test_a_busy_domain_is_left_room(
    shop: Shop, server: Running, double: KintoneDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("gateway_crm.kintone.time.sleep", pauses.append)
    double.running = 85
    push(_shop(shop, server.url, PEOPLE[:3]), "kintone")
    assert pauses == [1.0]


def test_documents_in_an_app_that_requires_more_are_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    double.form |= {"文書": {"type": "FILE"}, "文書名": {"type": "SINGLE_LINE_TEXT"}}
    with pytest.raises(Refused) as caught:
        push(_shop(shop, server.url, PEOPLE[:2], documents_app=0), "kintone")
    assert "documents_app" in caught.value.message
    assert double.people() == []


@pytest.mark.parametrize(
    ("form", "told"),
    [({"文書名": {"type": "SINGLE_LINE_TEXT"}}, "文書"), ({"文書": {"type": "FILE"}}, "文書名")],
    ids=["no file field", "no name field"],
)
def test_a_documents_app_without_its_fields_is_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: KintoneDouble, form: dict[str, Any], told: str
) -> None:
    double.forms[DOCUMENTS_APP] = form
    with pytest.raises(Refused) as caught:
        push(_shop(shop, server.url, PEOPLE[:2]), "kintone")
    assert told in caught.value.message


def test_named_bad_records_are_dropped_and_the_others_sent_again(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    people = [
        each if number != 4 else replace(each, name="長" * 70) for number, each in enumerate(PEOPLE[:9])
    ]
    made = _shop(shop, server.url, people)
    result = push(made, "kintone")
    assert (result.counts.delivered, result.counts.refused) == (8, 1)
    (row,) = rejected_rows(made, result.id)
    assert row["reason"] == "CB_VA01: 氏名"


def test_a_guest_space_has_its_own_path(shop: Shop) -> None:
    double = KintoneDouble("token", guest=True)
    with serving(double) as running:
        push(_shop(shop, running.url, PEOPLE[:2], guest_space=GUEST_SPACE), "kintone")
    assert len(double.people()) == 2


def test_a_person_who_opts_out_is_deleted_by_record_id(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "kintone")
    made.opt_out(PEOPLE[1])
    (line,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert line.result == "deleted"
    assert PEOPLE[1].name not in {each["氏名"] for each in double.people()}
    assert len(double.people()) == 4


def test_a_person_whose_key_was_taken_off_there_is_still_deleted(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "kintone")
    for each in double.people():
        each["vendor_key"] = ""
    made.opt_out(PEOPLE[1])
    (line,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert line.result == "deleted"
    assert PEOPLE[1].name not in {each["氏名"] for each in double.people()}


def test_who_has_gone_there_does_not_stop_the_others(
    shop: Shop, server: Running, double: KintoneDouble
) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    result = push(made, "kintone")
    made.opt_out(PEOPLE[1])
    made.opt_out(PEOPLE[2])
    double.records = {n: each for n, each in double.records.items() if each.get("氏名") != PEOPLE[1].name}
    lines = withdraw(made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW)
    assert sorted(each.result for each in lines) == ["absent", "deleted"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fields": {**FIELDS, "電話": "name"}}, "電話"),
        ({"fields": {**FIELDS, "作成日時": "name"}}, "作成日時"),
        ({"fields": {"code": "line_code"}}, "氏名"),
        ({"key_field": "郵便番号"}, "郵便番号"),
        ({"app": 99}, "GAIA_AP01"),
        ({"token": "wrong"}, "GAIA_IA02"),
    ],
    ids=[
        "missing field",
        "read-only field",
        "required field",
        "key not unique",
        "no such app",
        "wrong token",
    ],
)
def test_what_is_wrong_is_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: KintoneDouble, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(GatewayError) as caught:
        push(_shop(shop, server.url, PEOPLE[:2], **change), "kintone")
    assert told in caught.value.message
    assert caught.value.exit_code == 1
    assert double.people() == []


@pytest.mark.parametrize("right", ["add", "edit", "delete"])
def test_a_missing_right_is_told_before_anybody_is_sent(
    shop: Shop, server: Running, double: KintoneDouble, right: str
) -> None:
    double.rights.discard(right)
    with pytest.raises(Refused) as caught:
        push(_shop(shop, server.url, PEOPLE[:2]), "kintone")
    assert caught.value.message.endswith(f"the token lacks the rights: {right}")
    assert double.people() == []


def test_asking_for_rights_changes_nothing(shop: Shop, server: Running, double: KintoneDouble) -> None:
    made = _shop(shop, server.url, PEOPLE[:5])
    push(made, "kintone")
    before = dict(double.records)
    push(made, "kintone", dry_run=True)
    assert double.records == before
