"""Six misbehaving distributions at once: every command works, the start stays fast, and each is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from gateway.cli.main import core_commands
from tests.installing import Install

HOOK = "from gateway.api import hookimpl, OutputFormat\n"
FORMAT = (
    'OutputFormat(name="labels", summary="-", purposes={"dm"}, method="file", fields={"name"}, render=print)'
)
MISBEHAVING = {
    "acme-fails": ("raise RuntimeError('boom')", "RuntimeError: boom"),
    "acme-wraps": (
        HOOK + "@hookimpl(wrapper=True)\ndef gateway_register_formats():\n    return (yield)\n",
        "is a wrapper",
    ),
    "acme-asks": (HOOK + "@hookimpl\ndef gateway_veto_delivery(nobody): return []\n", "nobody"),
    "acme-clashes": (HOOK + f"@hookimpl\ndef gateway_register_formats(): return [{FORMAT}]\n", "provided by"),
    "acme-dawdles": ("import time\ntime.sleep(2)\n", "takes 2."),
    "acme-guesses": (
        HOOK + "@hookimpl\ndef gateway_register_form(): return []\n",
        "no hook gateway_register_form",
    ),
}
TRIES = 10
DELIVERY = "deliver --format calls --purpose telemarketing --json"
WORKING = (
    "source list", "client list", "list show", "optout list", "optout add --name 見本花子 --phone 03-1460-0001",
    "review list", DELIVERY, "log list", "log verify", "recall list", "returns list", "formats", "plugins freeze",
    "plugins show calls", "calls profiles", "barcode 1000001 1-1",
)  # fmt: skip


@pytest.fixture
def site(install: Install) -> Path:
    """A folder with all six."""
    for name, (source, _reason) in MISBEHAVING.items():
        path = install(name, name.removeprefix("acme-"), source)
    return path.parent


def _run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        env={"PYTHONPATH": str(site), "PATH": "", "GATEWAY_LANG": "en"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_each_is_named_with_its_distribution_and_what_is_wrong(site: Path) -> None:
    result = _run(site, "plugins", "list", "--json")
    assert result.returncode == 1
    rows = {row["distribution"]: row for row in map(json.loads, result.stdout.splitlines())}
    wrong = {
        name: rows[name]["reason"]
        for name, (_source, reason) in MISBEHAVING.items()
        if reason not in rows[name]["reason"]
    }
    assert wrong == {}
    assert rows["acme-dawdles"]["status"] == "active"


def test_the_clash_names_both_distributions(site: Path) -> None:
    result = _run(site, "formats", "labels", "--json")
    assert result.returncode == 1
    message = json.loads(result.stdout)["message"]
    assert "acme-clashes" in message
    assert "delivery-gateway" in message


@pytest.mark.parametrize(
    "arguments", [("--help",), *((name, "--help") for name in core_commands()), ("formats",)]
)
def test_every_command_tells_what_it_does(site: Path, arguments: tuple[str, ...]) -> None:
    result = _run(site, *arguments)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr


def test_the_version_is_told_at_once(site: Path) -> None:
    """Seconds of the processor: other tests that run at the same time have no part in them."""

    def seconds() -> float:
        before = getrusage(RUSAGE_CHILDREN)
        assert _run(site, "--version").returncode == 0
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _try in range(TRIES)) < 0.15


def test_every_command_works(site: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "demo")
    assert _run(site, "init", folder, "--sample").returncode == 0
    results = {line: _run(site, "-C", folder, *line.split()) for line in WORKING}
    assert {line: each.stderr for line, each in results.items() if each.returncode} == {}
    assert json.loads(results[DELIVERY].stdout)["delivered"] > 0
    result = _run(site, "-C", folder, "doctor", "--json")
    assert result.returncode == 1
    told = " ".join(row["message"] for row in map(json.loads, result.stdout.splitlines()))
    assert {name for name in MISBEHAVING if name not in told} == set()
