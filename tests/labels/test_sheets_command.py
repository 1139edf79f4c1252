"""``gateway sheets``: listing, showing, proof and calibration, with the workspace's own sheets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from tests.labels.pages import crop, image, texts

SETTINGS = """
[formats.labels]
sheet = "rolls"

[formats.labels.sheets.rolls]
columns = 2
rows = 4
width = 96.0
height = 60.0
left = 9.0
top = 20.0

[formats.labels.printers.office]
x = 1.0
y = -0.5
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "gateway.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def _run(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(gateway, ["-C", str(workspace), "--no-third-party", "sheets", *arguments])


def test_own_sheets_are_listed_before_the_catalogue(workspace: Path) -> None:
    done = _run(workspace, "list", "--json")
    names = [json.loads(row)["name"] for row in done.stdout.splitlines()]
    assert (names[:2], len(names)) == (["rolls", "A-one 28171"], 53)


def test_the_list_tells_size_and_barcode(workspace: Path) -> None:
    rows = _run(workspace, "list").stdout.splitlines()
    assert any(row.split() == ["A-one", "28369", "24", "66", "x", "33.9", "g8"] for row in rows)
    assert any(row.startswith("A-one 28368") and row.endswith("-") for row in rows)


def test_a_sheet_is_shown_with_its_measures(workspace: Path) -> None:
    shown = json.loads(_run(workspace, "show", "28366", "--json").stdout)
    assert (shown["name"], shown["labels"], shown["width"], shown["grid"]) == ("A-one 28366", 24, 70.0, "g8")
    assert "66.0" in _run(workspace, "show", "28369").stdout


def test_an_unknown_sheet_names_the_nearest(workspace: Path) -> None:
    done = _run(workspace, "show", "A-one 2836")
    assert done.exit_code == 2
    assert "A-one 2836" in done.output


def test_the_proof_outlines_the_labels_of_the_configured_sheet(workspace: Path) -> None:
    path = workspace / "proof.pdf"
    assert _run(workspace, "proof", "--output", str(path)).exit_code == 0
    assert "896x60mm" in texts(path)[0]
    page = image(path, dpi=300)
    assert crop(page, 8.8, 30, 0.4, 5, dpi=300).any()
    assert not crop(page, 8.0, 30, 0.4, 5, dpi=300).any()


def test_the_calibration_sheet_moves_with_the_printer_and_says_what_to_write(workspace: Path) -> None:
    path = workspace / "calibration.pdf"
    done = _run(workspace, "calibrate", "--set", "printer=office", "--output", str(path))
    assert done.exit_code == 0
    assert "[formats.labels.printers.office]" in done.stderr
    assert "x=1y=-0.5mm" in texts(path)[0]


def test_a_file_that_cannot_be_written_is_refused(workspace: Path) -> None:
    done = _run(workspace, "proof", "--output", str(workspace / "none" / "proof.pdf"))
    assert done.exit_code == 2


def test_settings_without_value_are_refused(workspace: Path) -> None:
    done = _run(workspace, "proof", "--set", "sheet", "--output", str(workspace / "proof.pdf"))
    assert done.exit_code == 2
