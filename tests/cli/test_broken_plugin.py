"""A plugin that raises on import is a line in a list; the whole work of the gateway goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.desk import Workspace, _delivered, workspace

__all__ = ["_delivered", "workspace"]

Install = Callable[..., Path]


def test_every_command_works_beside_a_plugin_that_raises_on_import(
    workspace: Workspace, install: Install
) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    people = workspace.file("people.csv", "name,phone\n山田,03-0999-1001\n")
    (provided, *_others) = workspace.rows("log", "export", "--client", "sample-client")
    (held, *_others) = workspace.rows("review", "list")
    for arguments in (
        ("source", "add", "new", "--basis", "private_seller"),
        ("source", "list"),
        ("client", "add", "new", "--name", "新しい会社"),
        ("client", "list"),
        ("list", "import", people, "--list", "new", "--source", "new"),
        ("list", "show"),
        ("list", "drop", "new", "--yes"),
        ("optout", "add", "--line-code", provided["line_code"]),
        ("optout", "import", people),
        ("optout", "list"),
        ("optout", "show", "O000001"),
        ("optout", "lift", "O000001", "--why", "asked"),
        ("review", "list"),
        ("review", "suppress", held["id"]),
        ("check", people),
        ("explain", "--line-code", provided["line_code"]),
        ("deliver", "--format", "labels", "--limit", "2"),
        ("log", "list"),
        ("log", "verify"),
        ("recall", "write"),
        ("recall", "list"),
        ("formats",),
        ("barcode", "154-0023", "1-2-3"),
    ):
        result = workspace.run(*arguments)
        assert result.exit_code == 0, (arguments, result.output)
    listed = workspace.run("plugins", "list")
    assert listed.exit_code == 1
    (line,) = [line for line in listed.stdout.splitlines() if line.startswith("bad ")]
    assert "acme-bad" in line
    assert "broken" in line
    assert workspace.run("doctor").exit_code == 1
