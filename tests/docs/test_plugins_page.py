"""docs/plugins.md is true: every hook, name and check is in it, and every sample runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import api, testing
from gateway.plugins import Manager
from gateway.testing.command import run_command
from gateway.testing.kit import Finding, run_kit
from gateway.testing.output import OutputConformance
from gateway.testing.people import synthetic_people
from gateway.testing.workspace import open_workspace
from tests.docs.plugin_reference import hooks, lines_of, samples
from tests.installing import Install, install

__all__ = ["install"]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(gateway_\w+)[^\n]*\n(.*?)(?=^##)", PAGE, flags=re.MULTILINE | re.DOTALL))
TUTORIAL = PAGE.partition("## Tutorial")[2].partition("\n## ")[0]
BLOCK = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
SOURCES = BLOCK.findall(TUTORIAL)
ABOUT = {"a file format": 20, "a push": 40, "a suppressor": 20, "an enclosure": 15}


class _Kit(OutputConformance):
    format = "acme-lists"


def _section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def _findings(install: Install, source: str) -> dict[str, Finding]:
    install("acme-lists", "acme-lists", source)
    return {found.check: found for found in run_kit(_Kit)}


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_has_a_heading_with_its_exact_signature(hook: str) -> None:
    assert f"### `{hooks()[hook]}`\n" in PAGE


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_says_when_it_is_called_and_what_an_error_does(hook: str) -> None:
    assert "**Called** " in SECTIONS[hook]
    assert "**An error** " in SECTIONS[hook]


@pytest.mark.parametrize("hook", hooks())
def test_the_sample_of_every_hook_runs(
    install: Install, hook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = tmp_path / "numbers.txt"
    numbers.touch()
    monkeypatch.setenv("ACME_SAMPLE_FILE", str(numbers))
    (source,) = BLOCK.findall(SECTIONS[hook])
    install("acme-sample", "acme-sample", source)
    manager = Manager()
    plugin = next(each for each in manager.survey() if each.name == "acme-sample")
    assert (plugin.status, plugin.hooks) == ("active", (hook,)), plugin.reason


def test_the_samples_of_vetoes_enclosures_and_observers_do_what_they_say(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    from gateway.testing.batch import ORDER

    for place, hook in enumerate(sorted(hooks())):
        if "suppressors" not in hook:
            (source,) = BLOCK.findall(SECTIONS[hook])
            install(f"acme-{place}", f"acme-{place}", source)
    monkeypatch.setenv("ACME_COUNTER", str(tmp_path / "counter.txt"))
    manager = Manager()
    sunday = replace(ORDER, created_at=datetime(2026, 11, 21, 16, 0, tzinfo=UTC))
    assert [each.code for each in manager.vetoes(sunday)] == ["sunday"]
    assert manager.vetoes(ORDER) == ()
    (enclosure,) = manager.enclosures()
    enclosure.item.write(ORDER, tmp_path / "leaflet.txt")
    assert ORDER.delivery in (tmp_path / "leaflet.txt").read_text(encoding="utf-8")
    with manager.executor("threads://2").item.open("threads://2") as pool:
        assert pool.submit(len, "ab").result() == 2
    assert [each.level for each in manager.checks()[0].item.run()] == ["ok"]
    manager.notify_released(ORDER)
    assert (tmp_path / "counter.txt").read_text(encoding="utf-8") == "2026-11-24 format client\n"
    manager.notify_failed(ORDER, "nobody_left")
    assert "failed: nobody_left" in caplog.text


@pytest.mark.parametrize("name", sorted({*api.__all__, "__version__"}))
def test_every_public_name_is_named(name: str) -> None:
    assert re.search(rf"\b{name}\b", PAGE)


@pytest.mark.parametrize(("what", "lines"), ABOUT.items())
def test_the_samples_are_as_short_as_is_promised(what: str, lines: int) -> None:
    code, _all = lines_of(samples()[what])
    assert code <= lines


@pytest.mark.parametrize("name", testing.__all__)
def test_every_public_name_of_the_kit_is_named_and_can_be_imported(name: str) -> None:
    assert re.search(rf"`{name}\b", _section("The conformance kit"))
    assert getattr(testing, name)


@pytest.mark.parametrize("options", [{}, {"kana": "true", "between": "bar"}], ids=["as they come", "set"])
def test_the_sample_of_options_passes_the_kit(install: Install, options: dict[str, str]) -> None:
    (source,) = BLOCK.findall(_section("Options"))
    install("acme-sample", "acme-sample", source)
    kit = type("_Kit", (OutputConformance,), {"format": "acme-sample", "options": options})
    assert {found.check: found.reason for found in run_kit(kit) if found.outcome != "passed"} == {}


def test_the_sample_of_a_command_runs(install: Install, tmp_path: Path) -> None:
    (source,) = BLOCK.findall(_section("Commands"))
    install("acme-handover", "handover", source, group="gateway.commands", attribute="handover")
    (tmp_path / "gateway.toml").touch()
    with open_workspace(tmp_path, {"lists": {"main": synthetic_people(3)}}) as vendor:
        delivery = vendor.deliver(format="calls", purpose="telemarketing").id
    done = run_command("-C", tmp_path, "handover", delivery)
    assert done.returncode == 0, done.stderr
    assert {Path(line).name for line in done.stdout.splitlines()} >= {"manifest.json", "delivery-note.pdf"}
    assert "handover" in run_command("--help").stdout


def test_the_first_version_of_the_tutorial_fails_by_the_check_that_it_names(install: Install) -> None:
    found = _findings(install, SOURCES[0])
    failed = {name: each.reason for name, each in found.items() if each.outcome == "failed"}
    assert set(failed) == {"test_no_cell_is_a_formula"}
    assert f"`{failed['test_no_cell_is_a_formula']}`" in TUTORIAL.replace("\n", " ")


def test_the_second_version_of_the_tutorial_passes_the_kit(install: Install) -> None:
    found = _findings(install, SOURCES[2])
    assert {name for name, each in found.items() if each.outcome != "passed"} == set()


def test_the_tutorials_own_test_passes(install: Install, tmp_path: Path) -> None:
    site = install("acme-lists", "acme-lists", SOURCES[2]).parent
    (tmp_path / "test_plugin.py").write_text(SOURCES[1], encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            tmp_path / "test_plugin.py",
        ],
        env={"PYTHONPATH": str(site), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
