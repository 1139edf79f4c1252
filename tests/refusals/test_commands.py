"""``gateway client refuse``, ``client hashes`` and suppressors that fail, as they are typed, in the sample workspace."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from gateway.cli.main import gateway
from gateway.db.engine import open_database, reading
from gateway.db.tables import contact
from tests.installing import Install, install

__all__ = ["install"]

Run = Callable[..., Result]


def suppressor(body: str, more: str = "") -> str:
    return f"""
from gateway.api import Objection, Suppressor, hookimpl

def judge(candidates, order):
    {body}

@hookimpl
def gateway_register_suppressors():
    return [Suppressor(name="acme-list", summary="", judge=judge{more})]
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample workspace, made once."""
    folder = tmp_path_factory.mktemp("sample") / "shop"
    made = CliRunner().invoke(gateway, ["init", "--sample", str(folder)])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def folder(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample workspace."""
    return shutil.copytree(sample, tmp_path / "shop")


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the workspace."""
    for name in ("GATEWAY_HOME", "GATEWAY_DEBUG", "GATEWAY_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEWAY_LANG", "en")
    return lambda *words: CliRunner().invoke(gateway, ["-C", str(folder), *map(str, words)])


@pytest.fixture
def told(run: Run) -> Callable[..., dict[str, Any]]:
    """Run a command with ``--json`` that must succeed."""

    def tell(*words: object) -> dict[str, Any]:
        result = run(*words, "--json")
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    return tell


Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def phones(folder: Path, tmp_path: Path) -> Path:
    """A file of phone numbers of the sample list."""
    engine = open_database(f"sqlite:///{folder / 'gateway.db'}")
    with reading(engine) as connection:
        found = connection.execute(
            select(contact.c.value).where(contact.c.kind == "phone").order_by(contact.c.number).limit(40)
        ).scalars()
        numbers = sorted(set(found))[:20]
    engine.dispose()
    path = tmp_path / "phones.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["phone"], *([number] for number in numbers)])
    return path


def test_a_refusal_list_keeps_people_out_of_deliveries(told: Tell, phones: Path) -> None:
    before = told("deliver", "--format", "labels", "--dry-run")
    done = told("client", "refuse", "sample-client", phones)
    assert (done["rows"], done["recorded"], done["refused"], done["product"]) == (20, 20, 0, None)
    after = told("deliver", "--format", "labels", "--dry-run")
    assert before["delivered"] - after["delivered"] >= 20
    assert after["requested"] == before["requested"]


def test_a_refusal_list_of_a_product_binds_orders_for_it(told: Tell, phones: Path) -> None:
    told("client", "refuse", "sample-client", phones, "--product", "gas")
    free = told("deliver", "--format", "labels", "--dry-run", "--product", "water")
    bound = told("deliver", "--format", "labels", "--dry-run", "--product", "Gas")
    assert free["delivered"] - bound["delivered"] >= 20


def test_an_unknown_client_is_wrong_usage(run: Run, phones: Path) -> None:
    for words in (
        ("client", "refuse", "nobody", phones),
        ("client", "hashes", "key", "nobody", "--output", phones.with_name("key")),
        ("client", "hashes", "import", "nobody", phones),
    ):
        result = run(*words, "--json")
        assert (result.exit_code, json.loads(result.stdout)["error"]) == (2, "unknown_client")
    assert not phones.with_name("key").exists()


def test_hashes_go_to_the_client_and_back(run: Run, told: Tell, tmp_path: Path) -> None:
    key, output = tmp_path / "client.key", tmp_path / "hashes.csv"
    shown = run("client", "hashes", "key", "sample-client", "--output", key)
    secret = key.read_text(encoding="utf-8").strip()
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(secret)) == 32
    assert secret not in shown.output
    done = told("client", "hashes", "export", "sample-client", "--list", "sample", "--output", output)
    assert done["hashes"] >= done["people"] > 0
    assert told("client", "hashes", "import", "sample-client", output)["recorded"] == done["hashes"]
    result = run("deliver", "--format", "labels", "--json")
    assert json.loads(result.stdout)["error"] == "nobody_left"


def test_a_key_is_rotated_by_a_command_of_its_own(run: Run, told: Tell, tmp_path: Path) -> None:
    old, new, output = tmp_path / "old.key", tmp_path / "new.key", tmp_path / "hashes.csv"
    first = told("client", "hashes", "key", "sample-client", "--output", old)
    told("client", "hashes", "export", "sample-client", "--list", "sample", "--output", output)
    second = told("client", "hashes", "rotate", "sample-client", "--output", new)
    assert old.read_text(encoding="utf-8") != new.read_text(encoding="utf-8")
    assert first["key"] != second["key"]
    result = run("client", "hashes", "import", "sample-client", output, "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]) == (1, "no_usable_key")


def test_the_register_is_given_as_hashes(run: Run, told: Tell, tmp_path: Path) -> None:
    run("client", "hashes", "key", "sample-client", "--output", tmp_path / "key")
    done = told(
        "client", "hashes", "export", "sample-client", "--register", "--output", tmp_path / "register.csv"
    )
    with (tmp_path / "register.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == done["hashes"]
    assert [row["hash"] for row in rows] == sorted(row["hash"] for row in rows)


@pytest.mark.parametrize("words", [(), ("--register", "--list", "sample")], ids=["neither", "both"])
def test_what_to_export_has_to_be_said(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run("client", "hashes", "export", "sample-client", "--output", tmp_path / "x", *words)
    assert result.exit_code == 2


BROKEN = {
    "raises at import": "raise RuntimeError('gateway_register_suppressors')",
    "raises when judging": suppressor("raise ValueError(candidates[0].name)"),
    "objects to nobody known": suppressor("return [Objection(ref=-1, verdict='suppress', rule='x')]"),
    "gives no verdict": suppressor("return [Objection(ref=candidates[0].ref, verdict='x', rule='x')]"),
    "answers nonsense": suppressor("return [1]"),
    "answers nothing": suppressor("return None"),
    "raises when asked for its revision": suppressor("return []", ", revision=lambda order: 1 / 0"),
    "raises when asked whether it is concerned": suppressor("return []", ", concerns=lambda order: 1 / 0"),
    "lacks a module": "import surely_not_installed  # for gateway_register_suppressors",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_a_suppressor_that_fails_stops_the_delivery(
    run: Run, folder: Path, install: Install, source: str
) -> None:
    install("acme-list", "acme", source)
    result = run("deliver", "--format", "labels", "--json")
    assert result.exit_code == 1, result.output
    assert set(json.loads(result.stdout)) == {"error", "message", "hint"}
    outbox = folder / "outbox"
    assert not outbox.exists() or list(outbox.iterdir()) == []


def test_a_suppressor_that_fails_does_not_show_whom_it_was_asked_about(run: Run, install: Install) -> None:
    install("acme-list", "acme", suppressor("raise ValueError('leaked: ' + candidates[0].name)"))
    assert "leaked" not in run("deliver", "--format", "labels").output


@pytest.mark.parametrize(
    "words",
    [("--disable-plugin", "acme"), ("--no-third-party",), ("--disable-plugin", "refusals")],
    ids=["by name", "with all third-party plugins", "the gateway's own"],
)
def test_a_suppressor_that_is_switched_off_stops_the_delivery(
    folder: Path, run: Run, install: Install, words: tuple[str, ...]
) -> None:
    install("acme-list", "acme", suppressor("return []"))
    result = CliRunner().invoke(
        gateway, [*words, "-C", str(folder), "deliver", "--format", "labels", "--json"]
    )
    assert (result.exit_code, json.loads(result.stdout)["error"]) == (1, "suppressor_missing")


def test_a_sound_suppressor_is_asked(run: Run, told: Tell, install: Install) -> None:
    install(
        "acme-list",
        "acme",
        suppressor("return [Objection(ref=candidates[0].ref, verdict='suppress', rule='acme')]"),
    )
    assert told("deliver", "--format", "labels", "--dry-run")["suppressed"] > 0
