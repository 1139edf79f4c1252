"""Reading metadata without importing anything."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis.strategies import text

from gateway.entry_points import COMMANDS, PLUGINS, installed

Install = Callable[..., Path]


@pytest.mark.parametrize("group", [PLUGINS, COMMANDS, "console_scripts", "pytest11", "no such group"])
def test_it_agrees_with_the_standard_library(group: str) -> None:
    ours = {(point.name, point.value) for point in installed(group)}
    assert ours == {(point.name, point.value) for point in metadata.entry_points(group=group)}


def test_a_malformed_line_is_kept_and_harms_no_other(install: Install, tmp_path: Path) -> None:
    install("acme-good", "good", "")
    install("acme-bad", "bad", "")
    (tmp_path / "site" / "acme_bad-1.0.dist-info" / "entry_points.txt").write_text(
        "# comment\n[other]\nx = y\n[gateway.plugins]\nnonsense\n", encoding="utf-8"
    )
    found = {point.distribution: point for point in installed(PLUGINS, [str(tmp_path / "site")])}
    assert found["acme-good"].module == "acme_good"
    assert (found["acme-bad"].name, found["acme-bad"].value) == ("nonsense", "")


@given(text())
def test_no_text_in_an_entry_points_file_raises(content: str) -> None:
    with TemporaryDirectory() as folder:
        info = Path(folder) / "acme-1.0.dist-info"
        info.mkdir()
        (info / "entry_points.txt").write_text(
            f"[gateway.plugins]\n{content}", encoding="utf-8", errors="replace"
        )
        for point in installed(PLUGINS, [folder]):
            assert point.distribution == "acme"
            assert point.module == point.module.strip()


def test_a_distribution_found_twice_counts_once(tmp_path: Path) -> None:
    for folder, version in (("one", "1.0"), ("two", "2.0")):
        info = tmp_path / folder / f"Acme_Plugin-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Name: Acme_Plugin\nVersion: {version}\n\nName: x\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(
            "[gateway.plugins]\na = acme:thing [extra]\n", encoding="utf-8"
        )
    (found,) = installed(PLUGINS, [str(tmp_path / "one"), str(tmp_path / "absent"), str(tmp_path / "two")])
    assert (found.distribution, found.version) == ("acme-plugin", "1.0")
    assert (found.module, found.attribute, found.package) == ("acme", "thing", "acme")
