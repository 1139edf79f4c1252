"""The main job on PostgreSQL, by URL, as its user runs it."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.desk import Workspace
from tests.e2e.conftest import rows, start
from tests.postgresql import PostgreSQLServer


def test_the_main_job_runs_on_postgresql(postgresql_server: PostgreSQLServer, tmp_path: Path) -> None:
    name = f"e2e_{os.urandom(6).hex()}"
    url = postgresql_server.create_database(name)
    root = tmp_path / "demo"
    try:
        made = start("init", root, "--sample", "--database", url)
        assert made.returncode == 0, made.stderr
        assert not (root / "gateway.db").exists()
        (delivery,) = rows(start("-C", root, "deliver", "--format", "labels", "--limit", "20", "--json"))
        assert delivery["delivered"] + delivery["refused"] == 20  # the limit counts cleared lines
        (provided, *_others) = rows(start("-C", root, "log", "export", "--client", "sample-client", "--json"))
        (added,) = rows(start("-C", root, "optout", "add", "--line-code", provided["line_code"], "--json"))
        assert (added["erased"], added["recalls"]) == ({"sample": 1}, [delivery["id"]])
        (verified,) = rows(start("-C", root, "log", "verify", "--json"))
        assert (verified["deliveries"], verified["broken"]) == (1, None)
        people = tmp_path / "people.csv"
        people.write_text("name,phone\n山田,03-0999-1001\n", encoding="utf-8")
        workspace = Workspace(root)
        (held, *_others) = workspace.rows("review", "list")
        for arguments in (
            ("client", "list"),
            ("client", "add", "new", "--name", "新しい会社"),
            ("source", "list"),
            ("list", "import", people, "--list", "new", "--source", "sample-source"),
            ("list", "show"),
            ("list", "show", "sample"),
            ("list", "drop", "new", "--yes"),
            ("optout", "list"),
            ("optout", "import", people),
            ("optout", "lift", added["id"], "--why", "asked"),
            ("review", "suppress", held["id"]),
            ("check", people),
            ("explain", "--line-code", provided["line_code"]),
            ("deliver", "--format", "labels", "--limit", "2", "--dry-run"),
            ("log", "list"),
            ("log", "show", delivery["id"]),
            ("log", "export", "--period", "2020-01-01..2099-12-31"),
            ("recall", "list"),
            ("recall", "write"),
            ("recall", "answer", "1", "--status", "deleted"),
            ("doctor",),
            ("doctor", "--repair"),
        ):
            result = workspace.run(*arguments)
            assert result.exit_code == 0, (arguments, result.output)
        again = start("init", tmp_path / "second", "--database", url)
        assert again.returncode == 1
        assert not (tmp_path / "second").exists()
    finally:
        postgresql_server.drop_database(name)
