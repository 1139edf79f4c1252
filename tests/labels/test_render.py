"""Which labels are printed where, and which are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from gateway.api import Line, WrongUsage
from gateway.pdf.text_font import TextFont
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from gateway_labels.sheets import Sheet, find_sheet, sheets
from tests.labels.batch import MemoryBatch, address, code_of, line
from tests.labels.pages import crop, image, texts

LINES = [line(number) for number in range(60)]


def _printed(folder: Path, lines: list[Line], **options: object) -> MemoryBatch:
    batch = MemoryBatch(folder=folder, lines=lines, options=LabelOptions(**options))  # type: ignore[arg-type]
    render(batch)
    return batch


def _used(path: Path, sheet: Sheet, page: int = 0) -> list[int]:
    """Return the positions that hold ink, counted from 1."""
    ink = image(path, page, dpi=100)
    used = []
    for place in range(sheet.labels):
        left, top = sheet.corner(place)
        if crop(ink, left + 1, top + 1, sheet.width - 2, sheet.height - 2, dpi=100).any():
            used.append(place + 1)
    return used


REFUSED = {
    "missing_glyph": line(name="見本\ue000太郎"),
    "no_address": line(address=None),
    "no_name": line(name=""),
    "does_not_fit": line(address=address(building="見本" * 60)),
}


@pytest.mark.parametrize(("reason", "bad"), REFUSED.items(), ids=REFUSED.keys())
def test_a_line_that_cannot_be_printed_is_refused_and_the_others_close_up(
    tmp_path: Path, reason: str, bad: Line
) -> None:
    good = [line(1), line(2)]
    batch = _printed(tmp_path, [good[0], bad, good[1]])
    assert batch.refused == {bad.code: reason}
    assert list(read_back(tmp_path)) == [each.code for each in good]
    assert _used(tmp_path / "labels.pdf", find_sheet("28369")) == [1, 2]


def test_nothing_of_a_refused_line_is_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    bad = line(9, name="鷲\ue000", address=address(building="麒麟閣"))
    _printed(tmp_path / "with", [line(1), bad, line(2)])
    _printed(tmp_path / "without", [line(1), line(2)])
    files = [tmp_path / folder / "labels.pdf" for folder in ("with", "without")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_without_a_printable_line_there_is_no_file(tmp_path: Path) -> None:
    _printed(tmp_path, [REFUSED["no_name"]])
    assert list(tmp_path.iterdir()) == []


REPRESENTATIVE = address(postal_code="1500000")


def test_a_line_without_barcode_is_printed_and_reported(tmp_path: Path) -> None:
    batch = _printed(tmp_path, [line(1, address=REPRESENTATIVE), line(2)])
    assert batch.reported == {"no_barcode:representative_code": 1}
    assert batch.refused == {}
    assert list(read_back(tmp_path)) == [code_of(1), code_of(2)]


def test_a_line_without_barcode_is_refused_where_one_is_required(tmp_path: Path) -> None:
    batch = _printed(tmp_path, [line(1, address=REPRESENTATIVE), line(2)], barcode="required")
    assert batch.refused == {code_of(1): "no_barcode:representative_code"}


def test_no_barcode_is_printed_where_none_is_wanted(tmp_path: Path) -> None:
    batch = _printed(tmp_path, [line(1), line(2, address=REPRESENTATIVE)], barcode="none")
    assert "[" not in texts(tmp_path / "labels.pdf")[0]
    assert batch.reported == {}


def test_a_sheet_too_narrow_for_the_barcode_is_reported(tmp_path: Path) -> None:
    batch = _printed(tmp_path, LINES[:3], sheet="A-one 28368")
    assert batch.reported == {"no_barcode:sheet_too_narrow": 3}


def test_the_first_sheet_starts_at_the_asked_position(tmp_path: Path) -> None:
    _printed(tmp_path, LINES[:26], start=20)
    sheet = find_sheet("28369")
    assert _used(tmp_path / "labels.pdf", sheet) == [20, 21, 22, 23, 24]
    assert _used(tmp_path / "labels.pdf", sheet, page=1) == list(range(1, 22))


def test_volumes_hold_the_asked_number_of_sheets(tmp_path: Path) -> None:
    batch = _printed(tmp_path, LINES, sheets_per_file=1, start=13)
    names = ["labels-001.pdf", "labels-002.pdf", "labels-003.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert [len(texts(tmp_path / name)) for name in names] == [1, 1, 1]
    assert list(read_back(tmp_path)) == [each.code for each in LINES]
    assert batch.done == len(LINES)


def test_a_delivery_that_fits_one_volume_has_no_number(tmp_path: Path) -> None:
    _printed(tmp_path, LINES[:24], sheets_per_file=1)
    assert [path.name for path in tmp_path.iterdir()] == ["labels.pdf"]


def test_a_volume_embeds_only_its_own_characters(tmp_path: Path) -> None:
    rare = [line(number, name="鷲" if number < 24 else "鷹") for number in range(48)]
    _printed(tmp_path, rare, sheets_per_file=1)
    first, second = (
        pypdfium2.PdfDocument(tmp_path / name)[0].get_textpage().get_text_range()
        for name in ("labels-001.pdf", "labels-002.pdf")
    )
    assert ("鷲" in first, "鷹" in first, "鷲" in second, "鷹" in second) == (True, False, False, True)


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        _printed(tmp_path / folder, LINES)
    assert (tmp_path / "a" / "labels.pdf").read_bytes() == (tmp_path / "b" / "labels.pdf").read_bytes()


def test_an_offset_moves_everything_by_that_much(tmp_path: Path) -> None:
    for folder, offset in (("a", 0.0), ("b", 2.54)):
        (tmp_path / folder).mkdir()
        _printed(tmp_path / folder, LINES[:3], offset_x=offset, offset_y=-offset)
    still, moved = (image(tmp_path / folder / "labels.pdf", dpi=300) for folder in ("a", "b"))
    assert np.array_equal(still[30:, :-30], moved[:-30, 30:])


def test_outlines_are_drawn_and_read_back_still_works(tmp_path: Path) -> None:
    _printed(tmp_path, LINES[:1], outlines=True)
    sheet = find_sheet("28369")
    left, top = sheet.corner(23)
    corner = crop(image(tmp_path / "labels.pdf", dpi=300), left - 0.3, top - 0.3, 5, 0.6, dpi=300)
    assert corner.any()
    assert list(read_back(tmp_path)) == [LINES[0].code]


def test_bars_near_the_paper_edge_are_reported(tmp_path: Path) -> None:
    batch = _printed(tmp_path, LINES[:24], sheet="A-one 28366")
    assert batch.reported == {"bars_near_paper_edge": 16}


def test_full_width_digits_are_kept_if_asked(tmp_path: Path) -> None:
    wide = [line(1, address=address("１丁目２番３号"))]
    _printed(tmp_path, wide, digits="as_given")
    assert "渋谷１丁目２番３号" in texts(tmp_path / "labels.pdf")[0]


LOW = 22.0
"""Millimetres below which a label has no room for the notice."""


@pytest.mark.parametrize("sheet", sheets().values(), ids=lambda sheet: sheet.name)
def test_an_ordinary_label_fits_every_sheet_of_the_catalogue(sheet: Sheet) -> None:
    ordinary = [line(1, address=address("2丁目17番25号", building="見本マンション101号室"))]
    refused: list[str] = []
    job = Job(LabelOptions(sheet=sheet.name, notice="print" if sheet.height > LOW else "enclosed"))
    composer = job.composer(TextFont(), lambda code, _count: refused.append(code))
    assert len(composer.labels(ordinary, lambda _, reason: refused.append(reason)).lines) == 1
    assert refused == []


def test_a_sheet_too_small_for_the_notice_is_refused_with_advice() -> None:
    with pytest.raises(WrongUsage) as refusal:
        Job(LabelOptions(sheet="ELM023"))
    assert (refusal.value.code, "notice=enclosed" in refusal.value.hint) == ("does_not_fit", True)
