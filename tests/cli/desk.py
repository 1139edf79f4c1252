"""A delivered sample workspace for the command line's tests, made once a process and copied."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway

ENVIRON = {"GATEWAY_LANG": "en", "GATEWAY_HOME": None, "GATEWAY_DATABASE_URL": None, "GATEWAY_DEBUG": None}


class Workspace:
    """A workspace and a way to type commands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *arguments: str | Path, answer: str = "", language: str = "en") -> Result:
        """Run one command; ``answer`` is what is typed when it asks."""
        return CliRunner().invoke(
            gateway,
            ["-C", str(self.root), *map(str, arguments)],
            input=answer,
            env={**ENVIRON, "GATEWAY_LANG": language},
        )

    def rows(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """Run a command that succeeds with ``--json`` and read what it prints."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file beside the workspace."""
        path = self.root.parent / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def snapshot(self) -> dict[str, object]:
        """Tell what is there: files with their sizes, except the database's own, and rows by table."""
        found: dict[str, object] = {
            str(path.relative_to(self.root.parent)): path.stat().st_size
            for path in sorted(self.root.parent.rglob("*"))
            if path.is_file() and not path.name.startswith("gateway.db")
        }
        connection = sqlite3.connect(self.root / "gateway.db")
        try:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                found[f"table {table}"] = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        finally:
            connection.close()
        return found


@pytest.fixture(scope="session")
def _delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("desk") / "demo"
    runner = CliRunner()
    for arguments in (["init", str(root), "--sample"], ["-C", str(root), "deliver", "--format", "labels"]):
        result = runner.invoke(gateway, arguments, env=ENVIRON)
        assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def workspace(_delivered: Path, tmp_path: Path) -> Workspace:
    """A workspace with the sample, delivered once."""
    root = tmp_path / "desk" / "demo"
    shutil.copytree(_delivered, root)
    return Workspace(root)
