"""Sheets that are in no catalogue: described in the settings, or read from gLabels' files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from gateway_labels.options import LabelOptions, Printer
from gateway_labels.sheets import OwnSheet, find_sheet, grid_for

OWN = OwnSheet(
    columns=3, rows=10, width=96.0, height=40.0, left=4.5, top=10.0, page_width=297.0, page_height=420.0
)


def test_an_own_sheet_is_found_by_its_name_and_may_be_larger_than_a4() -> None:
    options = LabelOptions(sheet="rolls", sheets={"rolls": OWN})
    assert (options.stock.name, options.stock.labels, options.stock.grid) == ("rolls", 30, "g10")


WRONG = {
    "off the page": {"columns": 4, "rows": 10, "width": 60.0, "height": 20.0},
    "no size": {"columns": 1, "rows": 1, "width": 0.0, "height": 20.0},
    "negative gap": {"columns": 2, "rows": 1, "width": 60.0, "height": 20.0, "gap_x": -1.0},
    "inches for millimetres": {"columns": 1, "rows": 1, "width": 9.0, "height": 9.0, "page_width": 2100.0},
}


@pytest.mark.parametrize("measures", WRONG.values(), ids=WRONG.keys())
def test_an_own_sheet_that_cannot_be_right_is_refused(measures: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"label|page"):
        OwnSheet(**measures)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("width", "grid"),
    [(63.0, None), (63.5, "g8n"), (66.0, "g8"), (71.5, "g8"), (71.7, "g9"), (77.3, "g10")],
)
def test_the_barcode_is_the_largest_that_the_label_has_room_for(width: float, grid: str | None) -> None:
    assert grid_for(width) == grid


TEMPLATES = """<?xml version="1.0"?>
<Glabels-templates xmlns="http://glabels.org/xmlns/3.0/">
  <Template brand="Sample" part="S24" size="A4">
    <Label-rectangle id="0" width="66mm" height="33.9mm" round="0">
      <Layout nx="3" ny="8" x0="6mm" y0="12.9mm" dx="66mm" dy="33.9mm"/>
    </Label-rectangle>
  </Template>
  <Template brand="Sample" part="S24-50" equiv="S24"/>
  <Template brand="Sample" part="Inch" size="other" width="4.5in" height="324pt">
    <Label-rectangle id="0" width="2in" height="144"><Layout nx="2" ny="2" x0="18pt" y0="18" dx="2.25in" dy="2.1in"/></Label-rectangle>
  </Template>
  <Template brand="Sample" part="Disc" size="A4">
    <Label-cd id="0" radius="58mm" hole="18mm"><Layout nx="1" ny="2" x0="46mm" y0="10mm" dx="0" dy="120mm"/></Label-cd>
  </Template>
</Glabels-templates>
"""


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    path = tmp_path / "sample-templates.xml"
    path.write_text(TEMPLATES, encoding="utf-8")
    return path


@pytest.mark.parametrize("part", ["Sample/S24", "s24", "Sample/S24-50"])
def test_a_sheet_of_glabels_is_used_by_its_part(templates: Path, part: str) -> None:
    sheet = find_sheet(f"glabels:{templates}#{part}")
    like = find_sheet("A-one 28369")
    assert [sheet.corner(place) for place in range(24)] == [like.corner(place) for place in range(24)]
    assert (sheet.width, sheet.height, sheet.grid) == (66.0, 33.9, "g8")


def test_lengths_in_inches_and_points_become_millimetres(templates: Path) -> None:
    sheet = find_sheet(f"glabels:{templates}#Inch")
    assert (sheet.page_width, sheet.page_height, sheet.width, sheet.height) == (114.3, 114.3, 50.8, 50.8)
    assert (sheet.left, sheet.gap_x, round(sheet.gap_y, 2)) == (6.35, 6.35, 2.54)


def test_a_packed_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.glabels"
    only = TEMPLATES[: TEMPLATES.index('  <Template brand="Sample" part="S24-50"')] + "</Glabels-templates>"
    path.write_bytes(gzip.compress(only.encode("utf-8")))
    assert find_sheet(f"glabels:{path}").labels == 24


def test_what_is_no_grid_of_rectangles_is_refused(templates: Path) -> None:
    with pytest.raises(ValueError, match="rectangles"):
        find_sheet(f"glabels:{templates}#Disc")


def test_several_templates_need_a_name(templates: Path) -> None:
    with pytest.raises(ValueError, match="Sample/S24, Sample/S24-50"):
        find_sheet(f"glabels:{templates}")


@pytest.mark.parametrize(
    "text",
    ["", "no xml", "<Glabels-templates/>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><Glabels-templates/>'],
    ids=["empty", "no XML", "no template", "entities"],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.xml"):
        find_sheet(f"glabels:{path}#x")


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.xml"):
        find_sheet(f"glabels:{tmp_path / 'none.xml'}#x")


def test_a_printer_is_corrected_by_its_own_measures() -> None:
    printers = {"office": Printer(x=0.4, y=-0.3)}
    options = LabelOptions(printer="office", printers=printers, offset_x=1.0)
    assert options.offset == (1.4, -0.3)


def test_an_unknown_printer_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(ValueError, match="office"):
        LabelOptions(printer="hall", printers={"office": Printer()})
