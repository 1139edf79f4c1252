"""The main job on PostgreSQL, by URL, as its user runs it."""

from __future__ import annotations

import os
from pathlib import Path

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
        again = start("init", tmp_path / "second", "--database", url)
        assert again.returncode == 1
        assert not (tmp_path / "second").exists()
    finally:
        postgresql_server.drop_database(name)
