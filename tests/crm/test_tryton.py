"""Pushes into a real Tryton 8.2, read back through its own API and compared field by field."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.delivery.push_withdrawal import withdraw
from gateway.errors import Failed, Refused
from gateway_crm.http import Connection
from tests.crm import trytond
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import rejected_rows
from tests.delivery.shop import NOW, Shop, person

FIELDS = {
    "name": "name",
    "addresses.street": "after_town",
    "addresses.postal_code": "postal_code_hyphenated",
    "addresses.city": "city",
    "addresses.building_name": "building",
    "identifiers.code": "line_code",
}
PEOPLE = 2_000


@pytest.fixture(scope="session")
def tryton_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A virtual environment with Tryton and an initialised database."""
    try:
        venv = trytond.environment()
        return venv, trytond.make_template(venv, tmp_path_factory.mktemp("tryton"))
    except trytond.Unavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the push into a real Tryton is NOT tested: {error}")


@pytest.fixture
def tryton(tryton_template: tuple[Path, Path], tmp_path: Path) -> Iterator[str]:
    """The URL of a server with an empty list of parties."""
    folder = tmp_path / "tryton"
    folder.mkdir()
    with trytond.running(*tryton_template, folder) as url:
        yield url


class Reader:
    """Reads the server's data through its API, independently of the adapter."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url, timeout=30, workers=1)
        uid, token = self._rpc("common.db.login", ["admin", {"password": trytond.PASSWORD}, "en"], {})[:2]
        text = base64.b64encode(f"admin:{uid}:{token}".encode()).decode()
        self._headers = {"Authorization": f"Session {text}"}

    def _rpc(self, method: str, params: list[Any], headers: dict[str, str]) -> Any:
        answer = self._connection.call(
            "POST", "/crm/rpc/", data={"id": 1, "method": method, "params": params}, headers=headers
        )
        return answer.json()["result"]

    def read(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._rpc(
            f"model.{model}.search_read", [domain, 0, None, None, fields, {}], self._headers
        )
        return found

    def delete(self, model: str, ids: list[int]) -> None:
        self._rpc(f"model.{model}.delete", [ids, {}], self._headers)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def reader(tryton: str) -> Iterator[Reader]:
    found = Reader(tryton)
    yield found
    found.close()


def _shop(shop: Shop, url: str, **options: Any) -> Shop:
    given = {
        "url": url,
        "database": "crm",
        "user": "admin",
        "password": secret(shop.workspace.root, trytond.PASSWORD),
        "fields": FIELDS,
        "workers": 1,
    }
    return client_of(shop, "tryton", {**given, **options})


def test_two_thousand_people_arrive_field_by_field_and_one_is_withdrawn(
    shop: Shop, tryton: str, reader: Reader
) -> None:
    people = {
        f"見本{number:04d}": replace(person(number), name=f"見本{number:04d}") for number in range(PEOPLE)
    }
    made = _shop(shop, tryton)
    made.import_people(people.values())
    result = push(made, "tryton")
    assert (result.counts.delivered, result.reports) == (PEOPLE, {"inserted": PEOPLE})
    parties = {
        each["id"]: each for each in reader.read("party.party", [["name", "like", "見本%"]], ["name", "code"])
    }
    assert {each["name"] for each in parties.values()} == people.keys()
    assert len({each["code"] for each in parties.values()}) == PEOPLE
    addresses = reader.read("party.address", [], ["party", "street", "postal_code", "city"])
    for each in addresses:
        given = people[parties[each["party"]]["name"]]
        assert each["postal_code"] == given.postal_code
        assert given.address == f"東京都{each['city']}北沢{each['street']}"
    assert len(addresses) == PEOPLE
    codes = {each["code"] for each in reader.read("party.identifier", [], ["code", "party"])}
    assert len(codes) == PEOPLE
    assert all(len(code) == 12 and code.startswith("G") for code in codes)
    attached = {each["name"] for each in reader.read("ir.attachment", [], ["name"])}
    assert attached == {f"{result.id} optout-request-form.pdf", f"{result.id} delivery-note.pdf"}
    gone = people["見本0007"]
    made.opt_out(gone)
    (withdrawn,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert withdrawn.result == "deleted"
    assert reader.read("party.party", [["name", "=", gone.name]], ["name"]) == []


def test_a_second_delivery_updates_the_parties(shop: Shop, tryton: str, reader: Reader) -> None:
    made = _shop(shop, tryton)
    made.import_people([person(number) for number in range(6)])
    first = push(made, "tryton")
    second = push(made, "tryton")
    assert second.reports == {"updated": 6}
    assert len(reader.read("party.address", [], ["party"])) == 6
    codes = {each["code"] for each in reader.read("party.identifier", [], ["code"])}
    assert len(codes) == 6
    assert first.id != second.id


def test_a_record_that_tryton_refuses_is_found_by_halves(shop: Shop, tryton: str, reader: Reader) -> None:
    """Tryton refuses the whole call and does not say which of its records has an impossible corporate number."""
    fields = {"name": "name", "identifiers.code": "line_code", "identifiers.jp_cn": "phone"}
    made = _shop(shop, tryton, fields=fields)
    people = [person(number) for number in range(12)]
    made.import_people([each if each is people[7] else replace(each, phones=()) for each in people])
    result = push(made, "tryton")
    assert (result.counts.delivered, result.counts.refused) == (11, 1)
    (row,) = rejected_rows(made, result.id)
    assert row["reason"] == "UserError"
    names = {
        each["name"] for each in reader.read("party.party", [["code", "!=", "delivery-gateway"]], ["name"])
    }
    assert people[7].name not in names


def test_a_field_that_is_missing_there_is_told_before_the_first_send(
    shop: Shop, tryton: str, reader: Reader
) -> None:
    made = _shop(shop, tryton, fields={**FIELDS, "furigana": "kana"})
    made.import_people([person(1)])
    with pytest.raises(Refused) as caught:
        push(made, "tryton")
    assert "furigana" in caught.value.message
    assert reader.read("party.party", [["name", "=", person(1).name]], ["name"]) == []


def test_a_wrong_password_is_one_clear_line(shop: Shop, tryton: str) -> None:
    made = _shop(shop, tryton, user="nobody")
    made.import_people([person(1)])
    with pytest.raises(Failed) as caught:
        push(made, "tryton")
    assert caught.value.code == "crm_unauthorised"
