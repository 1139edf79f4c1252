"""Pushes into a real Tryton 8.2, read back through its own API and compared field by field."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.api import Outcome, Parcel
from gateway.db.engine import reading
from gateway.db.tables import push_line
from gateway.delivery.push_withdrawal import withdraw
from gateway.errors import Damaged, Failed, GatewayError, Refused
from gateway.log.deliveries import ProvisionRecord, provisions_to
from gateway.people.person import Person
from gateway_crm.http import Connection
from gateway_crm.tryton import Tryton
from tests.crm import trytond
from tests.crm.certificates import self_signed
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import go_on, rejected_rows, states
from tests.delivery.shop import NOW, Shop, person

FIELDS = {
    "name": "name",
    "addresses.street_name": "after_town",
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
def server(tryton_template: tuple[Path, Path], tmp_path: Path) -> Iterator[trytond.Server]:
    """A server with an empty list of parties."""
    folder = tmp_path / "tryton"
    folder.mkdir()
    made = trytond.Server(*tryton_template, folder)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def tryton(server: trytond.Server) -> str:
    """The server's URL."""
    return server.url


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


def _pushed_person(number: int) -> Person:
    """Return somebody with all that is mapped: a name of their own, and a building for every third."""
    building = f"見本ハイツ{number}" if number % 3 == 0 else ""
    return replace(person(number), name=f"見本{number:04d}", building=building)


def _parties(reader: Reader) -> dict[str, dict[str, Any]]:
    """Read whole people back, by name: the party with its address and its identifier."""
    parties = {
        each["id"]: each for each in reader.read("party.party", [["name", "like", "見本%"]], ["name", "code"])
    }
    fields = ["party", "street_name", "postal_code", "city", "building_name"]
    for each in reader.read("party.address", [], fields):
        parties[each["party"]].setdefault("addresses", []).append(each)
    for each in reader.read("party.identifier", [], ["party", "code", "type"]):
        parties[each["party"]].setdefault("identifiers", []).append(each)
    return {each["name"]: each for each in parties.values()}


def test_two_thousand_people_arrive_field_by_field_and_one_is_withdrawn(
    shop: Shop, tryton: str, reader: Reader
) -> None:
    people = {each.name: each for each in map(_pushed_person, range(PEOPLE))}
    made = _shop(shop, tryton)
    made.import_people(people.values())
    result = push(made, "tryton")
    assert (result.counts.delivered, result.reports) == (PEOPLE, {"inserted": PEOPLE})
    parties = _parties(reader)
    codes = {str(each.person["name"]): each.line_code for each in _provided(made)}
    keys = _keys(made)
    assert parties.keys() == people.keys() == codes.keys()
    for name, given in people.items():
        party = parties[name]
        (address,) = party["addresses"]
        (identifier,) = party["identifiers"]
        assert party["code"] == keys[str(party["id"])]
        assert address["postal_code"] == given.postal_code
        assert f"東京都{address['city']}北沢{address['street_name']}" == given.address
        assert (address["building_name"] or "") == given.building
        assert (identifier["code"], identifier["type"]) == (codes[name], None)
    gone = people["見本0007"]
    made.opt_out(gone)
    (withdrawn,) = withdraw(
        made.engine, made.workspace, made.manager, result.id, actor="tester", clock=lambda: NOW
    )
    assert (withdrawn.result, withdrawn.line_code) == ("deleted", codes[gone.name])
    assert _parties(reader).keys() == people.keys() - {gone.name}


def _provided(shop: Shop) -> list[ProvisionRecord]:
    with reading(shop.engine) as connection:
        return list(provisions_to(connection, "client"))


def _keys(shop: Shop) -> dict[str, str]:
    """Return remote id → key as the log has them."""
    with reading(shop.engine) as connection:
        rows = connection.execute(select(push_line.c.remote_id, push_line.c.key)).all()
    return {row.remote_id: row.key for row in rows}


def test_form_and_note_are_attached_as_they_are_in_the_package(
    shop: Shop, tryton: str, reader: Reader
) -> None:
    made = _shop(shop, tryton)
    made.import_people([person(1)])
    result = push(made, "tryton")
    attached = {
        each["name"]: base64.b64decode(each["data"]["base64"])
        for each in reader.read("ir.attachment", [], ["name", "data"])
    }
    (package,) = made.packages()
    assert attached == {
        f"{result.id} {name}": (package / name).read_bytes()
        for name in ("optout-request-form.pdf", "delivery-note.pdf")
    }


def test_a_server_that_is_gone_in_the_middle_is_gone_on_with(
    shop: Shop, server: trytond.Server, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _shop(shop, server.url, batch=4)
    made.import_people([person(number) for number in range(10)])
    send = Tryton.send

    def send_and_stop(self: Tryton, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        outcomes = list(send(self, parcels))
        server.stop()
        return outcomes

    monkeypatch.setattr(Tryton, "send", send_and_stop)
    with pytest.raises(Damaged) as caught:
        push(made, "tryton")
    assert "does not answer" in caught.value.message
    assert states(made)["accepted"] == 4
    monkeypatch.setattr(Tryton, "send", send)
    server.start()
    assert go_on(made).counts.delivered == 10
    codes = [each["code"] for each in reader.read("party.identifier", [], ["code"])]
    assert len(codes) == len(set(codes)) == 10


def test_a_server_that_cannot_prove_who_it_is_gets_nobody(
    shop: Shop, tryton_template: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    server = trytond.Server(*tryton_template, folder, certificate=self_signed(tmp_path / "server.pem"))
    server.start()
    made = _shop(shop, server.url)
    made.import_people([person(1)])
    try:
        with pytest.raises(Failed) as caught:
            push(made, "tryton")
    finally:
        server.stop()
    assert caught.value.code == "crm_tls"


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


def test_a_mapping_by_which_tryton_would_lose_the_building_is_refused(shop: Shop) -> None:
    """Writing the street as a whole empties its parts there."""
    made = _shop(shop, "http://127.0.0.1:9", fields={**FIELDS, "addresses.street": "address_text"})
    made.import_people([person(1)])
    with pytest.raises(GatewayError) as caught:
        push(made, "tryton")
    assert "addresses.building_name" in caught.value.message
