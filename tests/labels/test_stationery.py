"""What all labels of a delivery bear, where it stands, and where the next delivery goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.api import WrongUsage
from gateway.testing.batch import MemoryState
from gateway_labels.options import NOTICE, LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from tests.labels.batch import MemoryBatch, line
from tests.labels.pages import crop, image, texts

LINES = [line(number) for number in range(30)]


def _text(folder: Path, **options: object) -> str:
    batch = MemoryBatch(folder=folder, lines=LINES[:3], options=LabelOptions(**options))  # type: ignore[arg-type]
    render(batch)
    return texts(folder / "labels.pdf")[0]


def test_the_notice_is_printed_unless_the_client_encloses_its_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    assert _text(tmp_path / "a").count(NOTICE) == 3
    assert NOTICE not in _text(tmp_path / "b", notice="enclosed")


def test_sender_free_line_and_mark_stand_on_every_label(tmp_path: Path) -> None:
    text = _text(
        tmp_path,
        sheet="28367",
        sender=("見本商事", "東京都千代田区"),
        free_line="お知らせ在中",
        postage="料金別納",
        postage_office="渋谷郵便局",
    )
    for expected in ("見本商事", "お知らせ在中", "料金別納", "渋谷郵便局"):
        assert text.count(expected) == 3


def test_the_mark_is_twenty_millimetres_wide(tmp_path: Path) -> None:
    _text(tmp_path, sheet="28367", postage="料金後納", notice="enclosed")
    label = crop(image(tmp_path / "labels.pdf", dpi=300), 18.6 + 60, 21.2, 26, 25, dpi=300)
    longest = max(int(row.sum()) for row in label)
    assert abs(longest / 300 * 25.4 - 20) < 0.5


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"free_line": "見本\ue000"}, "missing_glyph"),
        ({"sender": ("見本" * 200,)}, "does_not_fit"),
        ({"sender": ("見本",) * 8}, "does_not_fit"),
        ({"sheet": "28367", "postage": "料金別納", "postage_office": "見本" * 20}, "does_not_fit"),
        ({"font_file": "/nowhere/font.otf"}, "unusable_font"),
    ],
    ids=["no glyph", "too long", "too many rows", "office too long", "no font"],
)
def test_what_cannot_be_printed_is_refused_before_anything_is(
    tmp_path: Path, options: dict[str, object], code: str
) -> None:
    with pytest.raises(WrongUsage) as refusal:
        _text(tmp_path, **options)
    assert refusal.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options", [{"postage": "料金別納"}, {"sheet": "28368", "barcode": "required"}], ids=["mark", "barcode"]
)
def test_labels_too_small_for_what_is_asked_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"postage|barcode"):
        LabelOptions(**options)  # type: ignore[arg-type]


def test_the_next_delivery_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    state = MemoryState()
    for number, lines in enumerate((LINES[:26], LINES[:5])):
        folder = tmp_path / str(number)
        folder.mkdir()
        render(MemoryBatch(folder=folder, lines=lines, options=LabelOptions(start="continue"), state=state))
    assert state.kept == {"next place on A-one 28369": "8"}
    used = image(tmp_path / "1" / "labels.pdf", dpi=100)
    assert not crop(used, 6, 12.9, 132, 33.5, dpi=100).any()
    assert crop(used, 138.5, 13, 65, 33, dpi=100).any()


def test_the_place_is_remembered_for_each_sheet(tmp_path: Path) -> None:
    state = MemoryState()
    state.set("next place on A-one 28366", "4")
    render(MemoryBatch(folder=tmp_path, lines=LINES[:1], options=LabelOptions(start="continue"), state=state))
    assert state.kept == {"next place on A-one 28366": "4", "next place on A-one 28369": "2"}


def test_crop_marks_lie_outside_the_labels(tmp_path: Path) -> None:
    _text(tmp_path, crop_marks=True)
    page = image(tmp_path / "labels.pdf", dpi=300)
    assert crop(page, 5.5, 7, 1, 4, dpi=300).any()
    assert not crop(page, 71.7, 46, 0.6, 30, dpi=300).any()
    assert list(read_back(tmp_path)) == [each.code for each in LINES[:3]]
