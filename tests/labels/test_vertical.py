"""Vertical writing: kanji numerals, columns, the turned barcode."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from gateway_labels.options import LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from gateway_labels.sheets import OwnSheet
from gateway_labels.vertical import broken, upright
from tests.labels.batch import MemoryBatch, address, code_of, line
from tests.labels.customer_bars import bars_of, characters_of, out_of_tolerance
from tests.labels.pages import MILLIMETRES_PER_INCH, crop, image, texts

TALL = OwnSheet(columns=4, rows=3, width=49.5, height=95.0, left=6.0, top=6.0)
OPTIONS = LabelOptions(sheet="tall", sheets={"tall": TALL}, writing="vertical", font="mincho")

UPRIGHT = {
    "渋谷2丁目17番25号": "渋谷二丁目十七番二十五号",
    "1205号室": "一二〇五号室",
    "１０－３": "十－三",
    "101-20": "一〇一－二十",
    "ABビル3F": "ＡＢビル三Ｆ",
    "05番": "〇五番",
}


@pytest.mark.parametrize(("text", "vertical"), UPRIGHT.items())
def test_numbers_become_kanji_and_letters_full_width(text: str, vertical: str) -> None:
    assert upright(text) == vertical


def test_a_column_breaks_before_the_room_and_never_before_a_long_vowel() -> None:
    assert broken("メゾン渋谷グランドヒルズ壱番館一二〇五号室", 16) == [
        "メゾン渋谷グランドヒルズ壱番館",
        "一二〇五号室",
    ]
    assert broken("渋谷アパーート", 5) == ["渋谷", "アパーート"]


BROKEN = {
    "not behind a hyphen": ("鹿児島県瀬戸内町古仁屋一－二－三", 13, ["鹿児島県瀬戸内町古仁屋", "一－二－三"]),
    "behind a municipality": ("福岡県福岡市博多区博多駅東三－四－五", 11, ["福岡県福岡市博多区", "博多駅東三－四－五"]),
    "behind a middle dot": ("長宗我部　ジャン・バティスト・エマニュエル　様", 12, ["長宗我部", "ジャン・バティスト・", "エマニュエル　様"]),
    "not before an honorific": ("一般社団法人日本見本市協議会東日本支部　御中", 20, ["一般社団法人", "日本見本市協議会東日本支部　御中"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "most", "columns"), BROKEN.values(), ids=BROKEN.keys())
def test_a_column_breaks_at_a_good_place(text: str, most: int, columns: list[str]) -> None:
    assert broken(text, most) == columns


def test_joint_names_stand_with_their_honorifics_side_by_side(tmp_path: Path) -> None:
    batch = MemoryBatch(folder=tmp_path, lines=[line(1, joint_names="良子、三郎")], options=OPTIONS)
    render(batch)
    with pymupdf.open(tmp_path / "labels.pdf") as document:  # type: ignore[no-untyped-call]  # it has no types
        words = [span for span in _spans(document[0]) if span[0] == "様"]
    assert len(words) == 3
    assert len({round(bottom, 1) for _, bottom in words}) == 1


def _spans(page: pymupdf.Page) -> list[tuple[str, float]]:
    """Return each character of the page with its lower edge."""
    return [
        (character["c"], character["bbox"][3])
        for block in page.get_text("rawdict")["blocks"]  # type: ignore[no-untyped-call]  # it has no types
        for row in block["lines"]
        for span in row["spans"]
        for character in span["chars"]
    ]


@pytest.fixture
def printed(tmp_path: Path) -> MemoryBatch:
    lines = [
        line(0, address=address("2丁目17番25号", building="メゾン渋谷1205号室")),
        line(1, name="", company="一般社団法人日本見本市見本町見本産業振興協議会連合会東日本支部"),
        line(2, joint_names="良子、三郎", company="見本社", department="営業部", title="部長"),
        line(3, name="見本\ue000"),
        line(4, address=None),
        line(5, name=""),
    ]
    batch = MemoryBatch(folder=tmp_path, lines=lines, options=OPTIONS)
    render(batch)
    return batch


def test_vertical_labels_are_printed_and_read_back(printed: MemoryBatch) -> None:
    assert printed.refused == {code_of(3): "missing_glyph", code_of(4): "no_address", code_of(5): "no_name"}
    assert list(read_back(printed.folder)) == [code_of(0), code_of(1), code_of(2)]
    text = texts(printed.folder / "labels.pdf")[0]
    assert "東京都渋谷区渋谷二丁目十七番二十五号メゾン渋谷一二〇五号室" in text
    assert "見本太郎様良子様三郎様" in text


def test_the_turned_barcode_decodes_and_keeps_the_tolerance(printed: MemoryBatch) -> None:
    ink = image(printed.folder / "labels.pdf")
    left, top = 6.0, 6.0
    upright_bars = crop(ink, left + 1, top + 1, 5.9, 85)
    bars = bars_of(upright_bars[::-1].T)
    assert characters_of(bars)[:7] == "1500002"
    assert out_of_tolerance(bars, MILLIMETRES_PER_INCH / 600, point=10) == []


def test_labels_that_are_not_tall_are_refused() -> None:
    with pytest.raises(ValueError, match="not tall enough"):
        LabelOptions(writing="vertical")
