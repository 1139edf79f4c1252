"""``gateway plugins`` and ``gateway formats``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Install = Callable[..., Path]
Run = Callable[..., Result]

FORMAT = """
from dataclasses import dataclass
from typing import Literal
from gateway.api import OutputFormat, hookimpl

@dataclass(frozen=True)
class Options:
    header: bool = True
    order: Literal["given", "name"] = "given"

@hookimpl
def gateway_register_formats():
    yield OutputFormat(name="jsonl", summary="JSON Lines", purposes={"telemarketing"}, method="file",
                       fields={"name"}, aliases=("ndjson",), options=Options, render=print)
"""


def test_the_list_names_a_broken_plugin_and_its_distribution_and_exits_1(run: Run, install: Install) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    result = run("plugins", "list")
    assert result.exit_code == 1
    line = next(line for line in result.output.splitlines() if line.startswith("bad"))
    assert line.split()[1:4] == ["acme-bad", "1.0", "broken"]
    assert "RuntimeError: boom" in line


def test_the_list_exits_0_when_all_is_well(run: Run, install: Install) -> None:
    install("acme-ok", "ok", FORMAT)
    install("acme-lacks", "lacks", "import surely_not_installed")
    assert run("--disable-plugin", "labels", "plugins", "list").exit_code == 0


def test_the_list_as_json_has_one_object_a_line(run: Run, install: Install) -> None:
    install("acme-ok", "ok", FORMAT)
    rows = [json.loads(line) for line in run("plugins", "list", "--json").stdout.splitlines()]
    ok = next(row for row in rows if row["name"] == "ok")
    assert ok == {
        "name": "ok",
        "distribution": "acme-ok",
        "version": "1.0",
        "entry_point": "acme_ok",
        "status": "active",
        "reason": "",
        "hooks": ["gateway_register_formats"],
    }


def test_one_plugin_is_shown_with_what_it_provides(run: Run, install: Install) -> None:
    install("acme-ok", "ok", FORMAT)
    result = run("plugins", "show", "ok", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["provides"] == ["format jsonl"]
    assert "acme-ok" in run("plugins", "show", "ok@acme-ok").output


def test_showing_a_broken_plugin_exits_1_and_debug_shows_the_traceback(run: Run, install: Install) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    assert run("plugins", "show", "bad").exit_code == 1
    assert "Traceback" in run("--debug", "plugins", "show", "bad").stderr


@pytest.mark.parametrize(
    "source",
    ["raise RuntimeError('boom')", "raise SystemExit(9)", "import os; os.write(1, b''); 1 / 0"],
    ids=["raises", "exits", "divides by zero"],
)
def test_with_a_plugin_that_raises_on_import_commands_still_work(
    run: Run, install: Install, source: str
) -> None:
    install("acme-bad", "bad", source)
    assert run("--help").exit_code == 0
    assert run("formats").exit_code == 0
    assert run("plugins", "show", "labels").exit_code in (0, 1)
    assert run("plugins", "list").exit_code == 1


def test_a_plugin_that_is_broken_does_not_reach_a_real_process(install: Install) -> None:
    site = install("acme-bad", "bad", "raise RuntimeError('boom')").parent
    result = subprocess.run(
        [sys.executable, "-m", "gateway", "plugins", "list"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={"PYTHONPATH": str(site), "PATH": "", "GATEWAY_LANG": "en"},
    )
    assert result.returncode == 1
    assert "acme-bad" in result.stdout
    assert "Traceback" not in result.stderr


def test_formats_are_listed_with_their_options(run: Run, install: Install) -> None:
    install("acme-ok", "ok", FORMAT)
    rows = [json.loads(line) for line in run("formats", "--json").stdout.splitlines()]
    jsonl = next(row for row in rows if row["format"] == "jsonl")
    assert jsonl["aliases"] == ["ndjson"]
    assert jsonl["purposes"] == ["telemarketing"]
    assert jsonl["options"] == [
        {"option": "header", "type": "bool", "default": True},
        {"option": "order", "type": "given|name", "default": "given"},
    ]


def test_one_format_is_shown_with_what_can_be_set(run: Run, install: Install) -> None:
    install("acme-ok", "ok", FORMAT)
    assert run("formats", "ndjson").output.splitlines() == [
        "format jsonl of ok: JSON Lines",
        "  --set header=True  (bool)",
        "  --set order=given  (given|name)",
    ]
    assert json.loads(run("formats", "jsonl", "--json").stdout)["format"] == "jsonl"
    assert run("formats", "xml").exit_code == 2


def test_a_broken_plugin_is_told_beside_the_formats(run: Run, install: Install) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    result = run("formats")
    assert result.exit_code == 0
    assert "acme-bad" in result.stderr
    assert "acme-bad" not in result.stdout
