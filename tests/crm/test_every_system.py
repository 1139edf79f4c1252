"""What goes wrong with a client's system, for every adapter: one clear line, the state kept, and the push resumed.

kintone has no quota that stops calls: over its 10,000 a day an administrator is mailed. A webhook shows no form to compare a
mapping with. Tryton is real and has its own cases in ``test_tryton.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Damaged, GatewayError
from gateway_crm import hubspot, kintone, salesforce
from tests.crm.certificates import self_signed
from tests.crm.doubles.hubspot import HubSpotDouble
from tests.crm.doubles.kintone import APP, KintoneDouble
from tests.crm.doubles.salesforce import SalesforceDouble
from tests.crm.doubles.server import Request, Response, Running, serving
from tests.crm.doubles.webhook import WebhookDouble
from tests.crm.shop import client_of, push, secret
from tests.delivery.push_shop import go_on, states
from tests.delivery.shop import Shop, person

PEOPLE = [person(number) for number in range(7)]
BATCH = 3


@dataclass(slots=True)
class System:
    """One kind of system: its double, its settings, how its people are read and how it is disturbed."""

    format: str
    double: Any
    settings: Callable[[Shop], dict[str, Any]]
    names: Callable[[Any], list[str]]
    wrong_mapping: dict[str, str]
    change_credential: Callable[[Any, bool], None]
    use_up_quota: Callable[[Any, bool], None] | None = None
    take_a_field: Callable[[Any, bool], None] | None = None
    disturbances: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        """Answer like the double, and act when the first people have arrived."""
        answer: Response = self.double(request)
        if self.disturbances and self.names(self.double):
            self.disturbances.pop()()
        return answer

    def held(self) -> list[str]:
        return sorted(self.names(self.double))

    def in_the_middle(self, disturb: Callable[[], object]) -> None:
        self.disturbances.append(disturb)


def _webhook() -> System:
    def change(double: Any, wrong: bool) -> None:
        double.secret = "changed" if wrong else "s3cret"

    def slow_down(double: Any, wrong: bool) -> None:
        double.wait = "36000" if wrong else ""

    return System(
        format="webhook",
        double=WebhookDouble("s3cret"),
        settings=lambda shop: {
            "secret": secret(shop.workspace.root, "s3cret"),
            "fields": {"number": "line_code", "name": "name"},
            "batch": BATCH,
        },
        names=lambda double: [each["name"] for each in double.people.values()],
        wrong_mapping={"number": "line_code", "name": "nome"},
        change_credential=change,
        use_up_quota=slow_down,
    )


def _kintone() -> System:
    def change(double: Any, wrong: bool) -> None:
        double.token = "changed" if wrong else "token"

    def require(double: Any, wrong: bool) -> None:
        double.form["電話"] = {"type": "SINGLE_LINE_TEXT", "required": wrong}

    return System(
        format="kintone",
        double=KintoneDouble("token"),
        settings=lambda shop: {
            "app": APP,
            "token": secret(shop.workspace.root, "token"),
            "key_field": "vendor_key",
            "fields": {"code": "line_code", "氏名": "name"},
        },
        names=lambda double: [each["氏名"] for each in double.people()],
        wrong_mapping={"code": "line_code", "氏名": "name", "名前": "name"},
        change_credential=change,
        take_a_field=require,
    )


def _salesforce() -> System:
    def change(double: Any, wrong: bool) -> None:
        double.client_secret = "changed" if wrong else "secret"
        double.tokens.clear()

    def use_up(double: Any, wrong: bool) -> None:
        double.calls_left = 0 if wrong else 1000

    def take(double: Any, wrong: bool) -> None:
        double.gone = {"Street"} if wrong else set()

    return System(
        format="salesforce",
        double=SalesforceDouble(),
        settings=lambda shop: {
            "client_id": "app",
            "client_secret": secret(shop.workspace.root, "secret"),
            "key_field": "VendorKey__c",
            "fields": {
                "LineCode__c": "line_code",
                "LastName": "name",
                "Company": "name",
                "Street": "address",
            },
        },
        names=lambda double: [each["LastName"] for each in double.leads.values()],
        wrong_mapping={"LineCode__c": "line_code", "LastName": "name", "Company": "name", "Nome__c": "name"},
        change_credential=change,
        use_up_quota=use_up,
        take_a_field=take,
    )


def _hubspot() -> System:
    def change(double: Any, wrong: bool) -> None:
        double.token = "changed" if wrong else "token"

    def use_up(double: Any, wrong: bool) -> None:
        double.daily_left = 0 if wrong else 1000

    def take(double: Any, wrong: bool) -> None:
        if wrong:
            del double.properties["zip"]
        else:
            double.properties["zip"] = {"name": "zip", "type": "string"}

    return System(
        format="hubspot",
        double=HubSpotDouble("token"),
        settings=lambda shop: {
            "token": secret(shop.workspace.root, "token"),
            "key_field": "vendor_key",
            "fields": {"line_code": "line_code", "lastname": "name", "zip": "postal_code"},
            "calls": 1000,
        },
        names=lambda double: [each["lastname"] for each in double.contacts.values()],
        wrong_mapping={"line_code": "line_code", "lastname": "name", "nome": "name"},
        change_credential=change,
        use_up_quota=use_up,
        take_a_field=take,
    )


ALL = {"webhook": _webhook, "kintone": _kintone, "salesforce": _salesforce, "hubspot": _hubspot}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let seven people need several calls."""
    for adapter in (kintone, salesforce, hubspot):
        monkeypatch.setattr(adapter, "BATCH", BATCH)


@pytest.fixture(params=list(ALL))
def system(request: pytest.FixtureRequest) -> System:
    return ALL[request.param]()


@contextmanager
def _open(
    shop: Shop, system: System, certificate: Path | None = None, **settings: Any
) -> Iterator[tuple[Shop, Running]]:
    with serving(system, certificate=certificate) as running:
        if system.format == "salesforce":
            system.double.url = running.url
        path = "/hook" if system.format == "webhook" else ""
        table = {**system.settings(shop), "url": running.url + path, "workers": 1, "timeout": 5.0, **settings}
        made = client_of(shop, system.format, table)
        made.import_people(PEOPLE)
        yield made, running


def _refused(shop: Shop, system: System) -> GatewayError:
    """Push, expect a refusal before anybody is sent, and return its one line."""
    with pytest.raises(GatewayError) as caught:
        push(shop, system.format)
    assert caught.value.exit_code in (1, 2)
    assert "\n" not in caught.value.message
    assert system.held() == []
    assert shop.packages() == []
    return caught.value


def _stopped(shop: Shop, system: System) -> Damaged:
    """Push, expect a stop after the first people have arrived, and return its one line."""
    with pytest.raises(Damaged) as caught:
        push(shop, system.format)
    assert caught.value.code == "push_stopped"
    assert "\n" not in caught.value.message
    assert "gateway deliver --resume" in caught.value.hint
    assert len(system.held()) == BATCH
    assert sum(states(shop).values()) == len(PEOPLE)
    return caught.value


def _resumed(shop: Shop, system: System) -> None:
    """Go on, and find everybody there, once, and nobody rejected for what was not their fault."""
    assert go_on(shop).counts.delivered == len(PEOPLE)
    assert system.held() == sorted(each.name for each in PEOPLE)


def test_a_wrong_credential_is_told_before_anybody_is_sent(shop: Shop, system: System) -> None:
    with _open(shop, system) as (made, _running):
        system.change_credential(system.double, True)
        told = _refused(made, system).message
    assert any(word in told for word in ("credential", "GAIA_IA02", "401"))


def test_a_credential_that_is_revoked_in_the_middle(shop: Shop, system: System) -> None:
    with _open(shop, system) as (made, _running):
        system.in_the_middle(lambda: system.change_credential(system.double, True))
        told = _stopped(made, system).message
        assert any(word in told for word in ("credential", "GAIA_IA02", "401"))
        system.change_credential(system.double, False)
        _resumed(made, system)


def test_a_wrong_mapping_is_told_before_anybody_is_sent(shop: Shop, system: System) -> None:
    with _open(shop, system, fields=system.wrong_mapping) as (made, _running):
        told = _refused(made, system).message
    assert any(name in told for name in ("nome", "名前", "Nome__c"))


@pytest.mark.parametrize("name", ["kintone", "salesforce", "hubspot"])
def test_a_form_that_changes_in_the_middle(shop: Shop, name: str) -> None:
    """A field goes, or one that nobody had heard of becomes required."""
    system = ALL[name]()
    assert system.take_a_field is not None
    with _open(shop, system) as (made, _running):
        take = system.take_a_field
        system.in_the_middle(lambda: take(system.double, True))
        told = _stopped(made, system).message
        assert any(field in told for field in ("電話", "INVALID_FIELD", "zip"))
        take(system.double, False)
        _resumed(made, system)


@pytest.mark.parametrize("name", ["webhook", "salesforce", "hubspot"])
def test_a_quota_for_the_day_that_is_used_up_in_the_middle(shop: Shop, name: str) -> None:
    system = ALL[name]()
    assert system.use_up_quota is not None
    with _open(shop, system) as (made, _running):
        use_up = system.use_up_quota
        system.in_the_middle(lambda: use_up(system.double, True))
        told = _stopped(made, system).message
        assert any(word in told for word in ("quota", "429"))
        use_up(system.double, False)
        _resumed(made, system)


def test_a_certificate_that_proves_nothing_is_told_before_anybody_is_sent(
    shop: Shop, system: System, tmp_path: Path
) -> None:
    with _open(shop, system, self_signed(tmp_path / "server.pem")) as (made, _running):
        error = _refused(made, system)
    assert "cannot prove who it is" in error.message


def test_a_certificate_that_is_exchanged_in_the_middle(
    shop: Shop, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, other = (self_signed(tmp_path / name) for name in ("trusted.pem", "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with _open(shop, system, trusted) as (made, running):
        system.in_the_middle(lambda: running.restart(certificate=other))
        assert "cannot prove who it is" in _stopped(made, system).message
        running.restart(certificate=trusted)
        _resumed(made, system)


def test_a_server_that_is_gone_in_the_middle(shop: Shop, system: System) -> None:
    with _open(shop, system) as (made, running):
        system.in_the_middle(running.stop)
        assert "does not answer" in _stopped(made, system).message
        running.restart()
        _resumed(made, system)
