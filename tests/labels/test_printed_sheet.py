"""One full sheet of labels, looked at with other programs: text, both barcodes, fonts, clear zones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdf
import pytest
import zxingcpp

from gateway.api import Line
from gateway.pdf.bar_grid import CLEAR_ZONE, GRIDS
from gateway.pdf.grid import MILLIMETRE
from gateway_labels.job import Job
from gateway_labels.layout import Plan
from gateway_labels.options import NOTICE, LabelOptions
from gateway_labels.render import render
from gateway_labels.sheets import Sheet, find_sheet
from tests.labels.batch import MemoryBatch, address, line
from tests.labels.customer_bars import Image, bars_of, characters_of, out_of_tolerance
from tests.labels.expected import characters, label_text
from tests.labels.pages import MILLIMETRES_PER_INCH, crop, image, texts
from tests.pdf.resources import fonts_of

SHEET = find_sheet(LabelOptions().sheet)
HAKATA = ("福岡県", "福岡市博多区", "博多駅東")

SPECIAL = [
    line(
        0,
        name="𠮷野 﨑太郎",
        address=address("3-4-5", postal_code="8120013", head=HAKATA, building="髙島ビル3F"),
    ),
    line(1, address=address("２丁目１７番２５号", building="メゾン渋谷グランドヒルズ壱番館１２０５号室")),
    line(2, name="", company="株式会社見本商事", address=address("1-1", building="見本タワー32階")),
    line(
        3,
        company="株式会社見本商事",
        department="営業部",
        title="部長",
        address=address("1-1", building="見本塔"),
    ),
    line(4, name="見本 次郎", joint_names="良子、三郎"),
    line(5, name="見本 先生", honorific="先生"),
]
LINES = SPECIAL + [
    line(
        number, name=f"見本 {number}郎", address=address(f"{number % 9 + 1}丁目{number}番{number * 7 % 30}号")
    )
    for number in range(len(SPECIAL), SHEET.labels)
]

EXPECTED_ROWS = {
    0: ["福岡県福岡市博多区博多駅東3-4-5", "髙島ビル3F", "𠮷野 﨑太郎　様"],
    1: ["東京都渋谷区渋谷2丁目17番25号", "メゾン渋谷グランドヒルズ壱番館1205号室", "見本 太郎　様"],
    2: ["東京都渋谷区渋谷1-1", "見本タワー32階", "株式会社見本商事　御中"],
    3: ["東京都渋谷区渋谷1-1", "見本塔", "株式会社見本商事", "営業部 部長", "見本 太郎　様"],
    4: ["東京都渋谷区渋谷1丁目2番3号", "見本 次郎　様　良子　様　三郎　様"],
    5: ["東京都渋谷区渋谷1丁目2番3号", "見本 先生"],
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    batch = MemoryBatch(folder=tmp_path_factory.mktemp("labels"), lines=LINES)
    render(batch)
    assert batch.refused == {}
    return batch.path("labels.pdf")


def test_mincho_prints_the_same_text(printed: Path, tmp_path: Path) -> None:
    batch = MemoryBatch(folder=tmp_path, lines=LINES, options=LabelOptions(font="mincho"))
    render(batch)
    assert texts(batch.path("labels.pdf")) == texts(printed)


@pytest.fixture(scope="module")
def ink(printed: Path) -> Image:
    return image(printed)


def _layout(sheet: Sheet) -> Plan:
    return Job(LabelOptions(sheet=sheet.name)).plans[0]


def _bars(ink: Image, sheet: Sheet, place: int, clear: float = 1.0) -> Image:
    """Cut out a label's customer barcode with some of its clear zone."""
    layout = _layout(sheet)
    assert layout.bars is not None
    assert layout.grid is not None
    left, top = sheet.corner(place)
    x = left + layout.bars[0] / MILLIMETRE
    y = top + sheet.height - layout.bars[1] / MILLIMETRE - layout.grid.height
    return crop(ink, x - clear, y - clear, layout.grid.width + 2 * clear, layout.grid.height + 2 * clear)


def _address(of: Line) -> str:
    assert of.address is not None
    return of.address.text


def test_the_text_of_every_label_is_what_was_meant(printed: Path) -> None:
    labels = "".join(
        label_text(each, EXPECTED_ROWS.get(place, [_address(each), f"{each.name}　様"]))
        for place, each in enumerate(LINES)
    )
    assert texts(printed) == [NOTICE * SHEET.labels + labels]


def test_every_customer_barcode_decodes_from_the_image(ink: Image) -> None:
    decoded = [characters_of(bars_of(_bars(ink, SHEET, place))) for place in range(SHEET.labels)]
    assert [f"[{found}]" for found in decoded] == [characters(each) for each in LINES]


def test_every_bar_is_inside_the_official_tolerance(ink: Image) -> None:
    pixel = MILLIMETRES_PER_INCH / 600
    assert [
        problem
        for place in range(SHEET.labels)
        for problem in out_of_tolerance(bars_of(_bars(ink, SHEET, place)), pixel, point=8)
    ] == []


def test_nothing_is_printed_in_the_clear_zones(ink: Image) -> None:
    for place in range(SHEET.labels):
        around = _bars(ink, SHEET, place, clear=CLEAR_ZONE - 0.05).copy()
        margin = round((CLEAR_ZONE - 0.05) * 600 / MILLIMETRES_PER_INCH)
        around[margin - 2 : -margin + 2, margin - 2 : -margin + 2] = False
        assert not around.any()


def test_every_line_code_is_read_from_the_image_by_another_program(ink: Image) -> None:
    picture = np.where(ink[::2, ::2], 0, 255).astype(np.uint8)
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128))
    assert sorted(code.text for code in found) == sorted(each.code for each in LINES)


def test_no_label_touches_its_edge(ink: Image) -> None:
    edge = 1.1
    for place in range(SHEET.labels):
        left, top = SHEET.corner(place)
        whole = crop(ink, left, top, SHEET.width, SHEET.height)
        inner = crop(ink, left + edge, top + edge, SHEET.width - 2 * edge, SHEET.height - 2 * edge)
        assert whole.sum() == inner.sum()


def test_metadata_and_fonts_hold_no_personal_data(printed: Path) -> None:
    reader = pypdf.PdfReader(printed, strict=True)
    assert reader.metadata == {
        "/Title": "Address labels, delivery D0000001",
        "/Producer": "delivery-gateway",
    }
    assert sorted(fonts_of(printed)) == ["/B", "/T"]
    assert b"Helvetica" not in printed.read_bytes()


@pytest.mark.parametrize(
    ("name", "dpi"),
    [
        ("A-one 28369", 1200),
        ("Avery A4 L7160", 600),
        ("A-one 28362", 600),
        ("A-one 28362", 1200),
        ("A-one 28366", 600),
    ],
    ids=["g8 at 1200 dpi", "g8n at 600 dpi", "g10 at 600 dpi", "g10 at 1200 dpi", "28366 at 600 dpi"],
)
def test_bars_of_other_grids_and_resolutions_are_inside_the_tolerance(
    tmp_path: Path, name: str, dpi: int
) -> None:
    sheet = find_sheet(name)
    assert sheet.grid is not None
    batch = MemoryBatch(folder=tmp_path, lines=LINES[6:9], options=LabelOptions(sheet=name))
    render(batch)
    layout = _layout(sheet)
    assert layout.bars is not None
    page = image(batch.path("labels.pdf"), dpi=dpi)
    for place in range(min(2, sheet.columns)):
        left, top = sheet.corner(place)
        height = GRIDS[sheet.grid].height
        y = top + sheet.height - layout.bars[1] / MILLIMETRE - height
        part = crop(page, left + 0.5, y - 1, sheet.width - 1, height + 2, dpi)
        bars = bars_of(part)
        assert f"[{characters_of(bars)}]" == characters(LINES[6 + place])
        assert out_of_tolerance(bars, MILLIMETRES_PER_INCH / dpi, GRIDS[sheet.grid].point) == []
