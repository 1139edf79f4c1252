"""Other programs read the finished labels too, and a difference stops the delivery."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pypdf
import pytest

from gateway.errors import Failed
from gateway_labels import witness
from gateway_labels.options import LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from gateway_labels.witness import Witness
from tests.labels.batch import MemoryBatch, code_of, line

CODES = [code_of(number) for number in range(50)]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    lines = [line(number) for number in range(50)]
    render(MemoryBatch(folder=tmp_path, lines=lines, options=LabelOptions(numbered=True)))
    return tmp_path


def test_all_agree_on_a_sound_file(labels: Path) -> None:
    assert list(read_back(labels)) == CODES


@pytest.mark.parametrize(
    "heard",
    [[*CODES[:23], code_of(99)], CODES[:23], [*CODES[:24], CODES[0]]],
    ids=["other", "fewer", "twice"],
)
def test_a_page_on_which_the_witness_reads_other_codes_is_refused(labels: Path, heard: list[str]) -> None:
    listener = Witness(labels / "labels.pdf")
    listener.hear(0, heard)
    with pytest.raises(Failed, match="page 1") as refusal:
        listener.compare()
    assert refusal.value.code == "witness_differs"


def test_a_picture_without_the_code_is_refused(labels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "_seen", lambda _document, _page, _dots: CODES[:23])
    with pytest.raises(Failed) as refusal:
        list(read_back(labels))
    assert refusal.value.code == "witness_differs"


def test_the_sample_of_pages_stays_small() -> None:
    listener = Witness(Path("unread.pdf"))
    for page in range(50_000):
        listener.hear(page, ())
    assert witness.PAGES / 2 <= len(listener._heard) <= witness.PAGES
    spread = sorted(listener._heard)
    assert len({after - before for before, after in pairwise(spread)}) == 1


def test_volumes_share_the_sample_and_only_the_outer_ones_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line(number) for number in range(24 * 20)]
    render(MemoryBatch(folder=tmp_path, lines=lines, options=LabelOptions(sheets_per_file=5)))
    read, seen = witness._codes, witness._seen
    pages: list[int] = []
    pictures: list[int] = []

    def listening(document: object, page: int) -> list[str]:
        pages.append(page)
        return read(document, page)

    def watching(document: object, page: int, dots: int) -> list[str]:
        pictures.append(page)
        return seen(document, page, dots)

    monkeypatch.setattr(witness, "PAGES", 8)
    monkeypatch.setattr(witness, "_codes", listening)
    monkeypatch.setattr(witness, "_seen", watching)
    assert len(list(read_back(tmp_path))) == len(lines)
    assert pages == [0, 4] * 4
    assert pictures == [0, 4] * 2


def test_a_file_that_another_program_wrote_again_is_read_whole(labels: Path) -> None:
    path = labels / "labels.pdf"
    writer = pypdf.PdfWriter(clone_from=path)
    writer.write(path)
    assert list(read_back(labels)) == CODES


def test_a_file_that_is_no_pdf_is_refused(labels: Path) -> None:
    (labels / "labels.pdf").write_bytes(b"no pdf at all")
    with pytest.raises(Failed) as refusal:
        list(read_back(labels))
    assert refusal.value.code == "unreadable_labels"
