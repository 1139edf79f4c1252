"""From an empty folder: ``gateway plugins new``, then its tox, in an environment of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from time import perf_counter

import pytest

from tests.docs.shell import ROOT, typed

BUILT_FROM = ("gateway", "plugins", "pyproject.toml", "README.md", "LICENSE")
LONGEST = 60.0


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment in it that has the gateway and tox."""
    folder = tmp_path_factory.mktemp("stranger")
    made = typed(
        'python3 -m venv .venv && . .venv/bin/activate && pip install -q "$GATEWAY[testing]" tox', folder
    )
    assert made.returncode == 0, made.stdout[-3000:]
    return folder


@pytest.mark.long
def test_a_new_plugin_is_green_within_a_minute_on_one_python(stranger: Path) -> None:
    commands = (
        ". .venv/bin/activate && gateway plugins new sample-plugin && cd sample-plugin && tox -e py-latest"
    )
    started = perf_counter()
    done = typed(commands, stranger)
    seconds = perf_counter() - started
    assert done.returncode == 0, done.stdout[-3000:]
    print(f"gateway plugins new and tox on one Python: {seconds:.1f} s")  # noqa: T201 - shown with -s
    assert seconds < LONGEST


@pytest.mark.long
def test_a_new_plugin_is_green_on_every_python_that_is_installed(stranger: Path) -> None:
    done = typed(
        ". .venv/bin/activate && gateway plugins new acme-everywhere && cd acme-everywhere && tox", stranger
    )
    assert done.returncode == 0, done.stdout[-3000:]
    green = re.findall(r"^  (py\d+)-(oldest|latest): OK", done.stdout, flags=re.MULTILINE)
    print(f"green on {', '.join(sorted({python for python, _gateway in green}))}")  # noqa: T201 - see above
    assert len(green) >= 2
    assert len(green) + len(re.findall(r"^  py\d+-\w+: SKIP", done.stdout, flags=re.MULTILINE)) == 6


@pytest.mark.long
@pytest.mark.parametrize("kind", ["push", "suppressor"])
def test_a_new_plugin_of_another_kind_is_green_too(stranger: Path, kind: str) -> None:
    done = typed(
        f". .venv/bin/activate && gateway plugins new acme-{kind} --kind {kind} && cd acme-{kind} && tox -e py-latest",
        stranger,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.long
def test_the_oldest_and_the_latest_gateway_come_from_a_folder_of_wheels(stranger: Path) -> None:
    _build(stranger, "0.1.0")
    _build(stranger, "0.2.0")
    done = typed(
        ". .venv/bin/activate && gateway plugins new acme-both --gateway wheels && cd acme-both"
        " && tox -e py-oldest,py-latest -- -k test_a_person",
        stranger,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert _installed(stranger / "acme-both" / ".tox" / "py-oldest") == "0.1.0"
    assert _installed(stranger / "acme-both" / ".tox" / "py-latest") == "0.2.0"


def _build(folder: Path, version: str) -> None:
    """Build a wheel of these sources under a version."""
    source = folder / f"sources-{version}"
    source.mkdir()
    for name in BUILT_FROM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    project = source / "pyproject.toml"
    text = re.sub(
        r'^version = ".+"$', f'version = "{version}"', project.read_text("utf-8"), flags=re.MULTILINE
    )
    project.write_text(text, encoding="utf-8")
    done = typed(f". .venv/bin/activate && pip wheel -q --no-deps -w wheels ./{source.name}", folder)
    assert done.returncode == 0, done.stdout[-3000:]


def _installed(environment: Path) -> str:
    (metadata,) = environment.rglob("delivery_gateway-*.dist-info")
    return metadata.name.removeprefix("delivery_gateway-").removesuffix(".dist-info")
