"""The text of many labels as another program reads it, and the glyphs behind every code that they show."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet

from gateway.api import Line
from gateway.postal import Town, all_towns, split_address
from gateway_labels.options import NOTICE, LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from gateway_labels.sheets import find_sheet
from tests.labels.batch import MemoryBatch, code_of
from tests.labels.expected import label_text

SURNAMES = ("佐藤", "渡邉", "髙田", "山﨑", "濵口", "𠮷野", "𡈽屋", "𣘺本", "長谷川", "勅使河原")
GIVEN = ("太郎", "さくら", "真由美", "ジョン", "翔", "禮子", "凜")
BUILDINGS = ("", "", "コーポ見本101号室", "メゾン・ド・ミホン壱番館1205号室", "グランドヒルズ見本台A棟3F-12")
PLACES = find_sheet(LabelOptions().sheet).labels

SIZES = [
    pytest.param(2_000, id="some"),
    pytest.param(100_000, id="a hundred thousand", marks=pytest.mark.long),
]


@pytest.fixture(scope="module", params=SIZES)
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MemoryBatch:
    batch = MemoryBatch(folder=tmp_path_factory.mktemp("many"), lines=list(_lines(request.param)))
    render(batch)
    assert set(batch.refused.values()) <= {"does_not_fit"}
    return batch


def _lines(count: int) -> Iterator[Line]:
    """Make synthetic people at real towns, all of whose kanji come up when there are many."""
    chance = random.Random(20261124)
    towns = [town for town in all_towns() if town.kind == "town" and town.town]
    for number in range(count):
        town: Town = chance.choice(towns)
        text = f"{town.prefecture}{town.city}{town.town}{chance.randrange(1, 30)}丁目{chance.randrange(1, 99)}-{number % 20}"
        address = split_address(town.postal_code, text, chance.choice(BUILDINGS))
        yield Line(
            code=code_of(number), name=f"{chance.choice(SURNAMES)} {chance.choice(GIVEN)}", address=address
        )


def _expected(line: Line) -> str:
    assert line.address is not None
    address = replace(line.address, text=line.address.text.translate(NARROW))
    return label_text(line, [address.text, address.building, f"{line.name}　様"])


NARROW = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {0xFF0D: 0x2D}


def test_another_program_reads_what_was_meant(printed: MemoryBatch) -> None:
    lines = [line for line in printed.lines if line.code not in printed.refused]
    assert len(lines) > len(printed.lines) * 0.99
    document = pypdfium2.PdfDocument(printed.folder / "labels.pdf")
    for number in range(len(document)):
        on_page = lines[number * PLACES : (number + 1) * PLACES]
        page = document[number]
        text = page.get_textpage()
        found = "".join(text.get_text_range().split())
        text.close()
        page.close()
        assert found == NOTICE * len(on_page) + "".join(map(_expected, on_page)), f"page {number + 1}"
    document.close()


def test_every_code_that_is_shown_has_a_glyph(printed: MemoryBatch) -> None:
    path = printed.folder / "labels.pdf"
    with pikepdf.open(path) as document:
        glyphs = _glyphs(document)
        shown: set[str] = set()
        for page in document.pages:
            for part in page.Contents.read_bytes().split(b"/T ")[1:]:
                strings = b"".join(re.findall(rb"<([0-9a-f]+)>Tj", part.partition(b"/")[0])).decode("ascii")
                shown.update(strings[place : place + 4] for place in range(0, len(strings), 4))
    assert len(shown) > 500
    assert {f"cid{int(code, 16):05d}" for code in shown} - glyphs == set()


def _glyphs(document: pikepdf.Pdf) -> set[str]:
    """Return the names of the glyphs that the text font holds, the one for missing characters aside."""
    font = document.pages[0].Resources.Font.T.DescendantFonts[0]
    held = CFFFontSet()
    held.decompile(BytesIO(font.FontDescriptor.FontFile3.read_bytes()), None)
    return set(held[0].charset) - {".notdef"}


def test_every_line_code_is_read_back(printed: MemoryBatch) -> None:
    codes = [line.code for line in printed.lines if line.code not in printed.refused]
    assert list(read_back(Path(printed.folder))) == codes


def test_pikepdf_finds_the_file_clean(printed: MemoryBatch) -> None:
    with pikepdf.open(printed.folder / "labels.pdf") as document:
        assert document.check_pdf_syntax() == []
