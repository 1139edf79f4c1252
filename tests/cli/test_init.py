"""``gateway init``: a workspace, whole or not at all."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from gateway.config import Config, load_workspace
from tests.postgresql import PostgreSQLServer

Run = Callable[..., Result]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_makes_settings_folders_and_a_database(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "deep" / "demo"
    result = run("init", root)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in root.iterdir()) == ["gateway.db", "gateway.toml", "outbox", "reports"]
    assert load_workspace(root, {}).config == Config()


def test_only_its_owner_can_read_personal_data(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    run("init", root)
    assert [mode(root / name) for name in ("gateway.db", "outbox", "reports", "")] == [
        0o600,
        0o700,
        0o700,
        0o700,
    ]


def test_it_makes_a_workspace_of_the_current_folder(run: Run) -> None:
    assert run("init").exit_code == 0
    assert Path("gateway.toml").is_file()


def test_with_json_it_names_the_workspace(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    assert json.loads(run("init", root, "--json").stdout) == {
        "workspace": str(root),
        "settings": str(root / "gateway.toml"),
    }


def test_a_second_init_is_refused_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    run("init", root)
    before = {path: path.stat().st_mtime_ns for path in root.iterdir()}
    result = run("init", root, "--sample")
    assert result.exit_code == 1
    assert "there is a workspace" in result.stderr
    assert {path: path.stat().st_mtime_ns for path in root.iterdir()} == before


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql+psycopg://gateway:sesame@127.0.0.1:1/none", id="unreachable"),
        pytest.param("mysql://host/name", id="unsupported"),
        pytest.param("nonsense", id="no URL"),
        pytest.param("sqlite:////absent/folder/gateway.db", id="unwritable"),
    ],
)
def test_a_failure_leaves_nothing_behind(run: Run, tmp_path: Path, url: str) -> None:
    root = tmp_path / "deep" / "demo"
    result = run("init", root, "--database", url)
    assert result.exit_code in (1, 2)
    assert result.stderr.startswith("error: ")
    assert "unexpected" not in result.stderr
    assert "sesame" not in result.output
    assert not root.parent.exists()


def test_a_database_that_has_tables_is_not_touched(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "one")
    other = tmp_path / "two"
    result = run("init", other, "--database", f"sqlite:///{tmp_path}/one/gateway.db")
    assert result.exit_code == 1
    assert not other.exists()
    assert (tmp_path / "one" / "gateway.db").is_file()


def test_a_database_url_is_kept(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    run("init", root, "--database", "sqlite:///state/people.db")
    assert tomllib.loads((root / "gateway.toml").read_text(encoding="utf-8"))["database"] == {
        "url": "sqlite:///state/people.db"
    }
    with closing(sqlite3.connect(root / "state" / "people.db")) as connection:
        assert connection.execute("SELECT count(*) FROM ledger_head").fetchone() == (1,)


def test_a_password_goes_into_a_file_of_its_own(
    run: Run, tmp_path: Path, postgresql_server: PostgreSQLServer
) -> None:
    root = tmp_path / "demo"
    name = f"init_{os.urandom(6).hex()}"
    url = postgresql_server.create_database(name).replace("postgres@", "postgres:sesame@")
    result = run("init", root, "--database", url)
    assert result.exit_code == 0, result.output
    assert "sesame" not in (root / "gateway.toml").read_text(encoding="utf-8")
    assert mode(root / "database-url.secret") == 0o600
    assert load_workspace(root, {}).database_url == url
    assert "gateway.db" not in {path.name for path in root.iterdir()}
    postgresql_server.drop_database(name)


def test_a_folder_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("init", tmp_path / "file" / "demo")
    assert result.exit_code == 1
    assert "cannot make a workspace" in result.stderr
