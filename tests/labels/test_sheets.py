"""The sheet catalogue."""

from __future__ import annotations

import pytest

from gateway.pdf.bar_grid import CLEAR_ZONE, GRIDS
from gateway_labels.sheets import Sheet, find_sheet, read_sheets, sheets

HEADER = "vendor,part,faces,page_w,page_h,cols,rows,label_w,label_h,left,top,gap_x,gap_y,grid_barcode\n"


def test_the_catalogue_holds_52_sheets() -> None:
    assert len(sheets()) == 52


@pytest.mark.parametrize(
    "name", ["A-one 28366", "a-one 28366", " 28366 "], ids=["name", "small letters", "part"]
)
def test_a_sheet_is_found_by_name_or_part(name: str) -> None:
    sheet = find_sheet(name)
    assert (sheet.name, sheet.labels, sheet.width, sheet.height) == ("A-one 28366", 24, 70, 33.9)


def test_an_unknown_sheet_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="A-one 28366"):
        find_sheet("A-One 28366x")


@pytest.mark.parametrize("sheet", [s for s in sheets().values() if s.grid], ids=lambda sheet: sheet.name)
def test_the_barcode_and_its_clear_zones_fit_the_label(sheet: Sheet) -> None:
    assert sheet.grid is not None
    assert GRIDS[sheet.grid].width + 2 * CLEAR_ZONE <= sheet.width + 0.05


WRONG = {
    "labels run off the page": "V,1,2,210,297,2,1,120,40,0,0,0,0,g8",
    "labels overlap": "V,1,2,210,297,2,1,70,40,0,0,-1,0,g8",
    "a label has no size": "V,1,2,210,297,2,1,0,40,0,0,0,0,none",
    "wrong number of labels": "V,1,3,210,297,2,1,70,40,0,0,0,0,g8",
    "barcode wider than the label": "V,1,2,210,297,2,1,50,40,0,0,0,0,g8",
    "no number": "V,1,2,210,297,2,1,x,40,0,0,0,0,g8",
    "unknown grid": "V,1,2,210,297,2,1,70,40,0,0,0,0,g7",
    "too few columns": "V,1,2,210",
}


@pytest.mark.parametrize("row", WRONG.values(), ids=WRONG.keys())
def test_an_entry_that_cannot_be_right_is_refused_with_its_line(row: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(read_sheets(HEADER + row))


def test_positions_run_along_the_rows() -> None:
    sheet = find_sheet("A-one 28369")
    assert [sheet.corner(place) for place in (0, 1, 3)] == [(6, 12.9), (72, 12.9), (6, pytest.approx(46.8))]
