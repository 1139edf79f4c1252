"""``gateway crm check`` and ``gateway recall push`` from the command line, in a real workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from gateway.delivery import push_pace
from tests.crm.doubles.server import Running, serving
from tests.crm.doubles.webhook import WebhookDouble

SETTINGS = """
[formats.webhook.clients.sample-client]
url = "{url}/hook"
secret = {{ env = "TEST_CRM_SECRET" }}

[formats.webhook.clients.sample-client.fields]
number = "line_code"
name = "name"
address = "address"
"""


@pytest.fixture
def double() -> WebhookDouble:
    return WebhookDouble("s3cret")


@pytest.fixture
def server(double: WebhookDouble) -> Iterator[Running]:
    with serving(double) as running:
        yield running


def _run(workspace: Path, *arguments: str, secret: str = "s3cret") -> Result:
    environ = {"GATEWAY_LANG": "en", "TEST_CRM_SECRET": secret}
    return CliRunner().invoke(gateway, ["-C", str(workspace), *arguments], env=environ)


@pytest.fixture
def workspace(server: Running, tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    made = CliRunner().invoke(gateway, ["init", str(folder), "--sample"], env={"GATEWAY_LANG": "en"})
    assert made.exit_code == 0, made.output
    settings = folder / "gateway.toml"
    text = settings.read_text(encoding="utf-8")
    if "api_push" not in text:
        text = text.replace("methods = [", 'methods = ["api_push", ', 1)
    settings.write_text(text + SETTINGS.format(url=server.url), encoding="utf-8")
    return folder


def test_a_destination_is_checked_pushed_to_and_cleaned_up(workspace: Path, double: WebhookDouble) -> None:
    checked = _run(workspace, "crm", "check", "--json")
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout.splitlines()[0])["level"] == "ok"
    assert double.people == {}
    pushed = _run(workspace, "deliver", "--format", "webhook", "--limit", "20", "--json")
    assert pushed.exit_code == 0, pushed.output
    delivered = json.loads(pushed.stdout)
    assert delivered["delivered"] == len(double.people) == 20
    code = next(iter(double.people.values()))["number"]
    left = _run(workspace, "optout", "add", "--line-code", code, "--json")
    assert left.exit_code == 0, left.output
    recalled = _run(workspace, "recall", "push", delivered["id"], "--json")
    assert recalled.exit_code == 0, recalled.output
    rows = [json.loads(row) for row in recalled.stdout.splitlines()]
    assert [row["result"] for row in rows] == ["deleted"]
    assert code not in {each["number"] for each in double.people.values()}


def test_a_wrong_secret_is_told_by_the_check(workspace: Path) -> None:
    checked = _run(workspace, "crm", "check", secret="other")
    assert checked.exit_code == 1
    assert "not ready" in checked.output


def test_a_secret_that_is_not_set_is_told_by_its_place(workspace: Path) -> None:
    checked = _run(workspace, "deliver", "--format", "webhook", secret="")
    assert checked.exit_code == 2
    assert "TEST_CRM_SECRET" in checked.output


def test_a_push_that_has_stopped_says_how_to_go_on_and_goes_on(
    workspace: Path, server: Running, double: WebhookDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_pace, "FIRST_PAUSE", 0.001)
    settings = workspace / "gateway.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('hook"\n', 'hook"\nbatch = 5\nworkers = 1\n'), encoding="utf-8")
    double.away_after = 5
    stopped = _run(workspace, "deliver", "--format", "webhook", "--limit", "20", "--json")
    assert stopped.exit_code == 3
    told = json.loads(stopped.stdout)
    assert told["error"] == "push_stopped"
    identifier = told["hint"].rpartition(" ")[2]
    assert told["hint"].endswith(f"go on with: gateway deliver --resume {identifier}")
    assert "5 lines, 15 are left" in told["message"]
    double.away_after = None
    resumed = _run(workspace, "deliver", "--resume", identifier, "--json")
    assert resumed.exit_code == 0, resumed.output
    assert json.loads(resumed.stdout)["delivered"] == len(double.people) == 20


def test_what_is_no_stopped_push_is_not_gone_on_with(workspace: Path) -> None:
    assert _run(workspace, "deliver", "--resume", "D000001X").exit_code == 2
