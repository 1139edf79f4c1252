"""What re-reading finds when the finished labels are not what was meant."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from gateway.errors import Failed
from gateway.pdf.bar_font import code128_string
from gateway.pdf.reader import line_codes
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from tests.labels.batch import MemoryBatch, code_of, line

CODES = [code_of(number) for number in range(5)]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    render(MemoryBatch(folder=tmp_path, lines=[line(number) for number in range(5)]))
    return tmp_path


def _edit(folder: Path, old: str, new: str) -> None:
    """Change the page's content and pack it again, keeping every position in the file by padding."""
    path = folder / "labels.pdf"
    data = path.read_bytes()
    found = re.search(rb"<</Filter/FlateDecode/Length (\d+)>>stream\n", data)
    assert found
    start, length = found.end(), int(found[1])
    content = zlib.decompress(data[start : start + length]).decode("ascii")
    assert old in content
    packed = zlib.compress(content.replace(old, new, 1).encode("ascii"), 9)
    assert len(packed) <= length
    path.write_bytes(data[:start] + packed.ljust(length, b"\0") + data[start + length :])


def _shown(code: str) -> str:
    return f"<{code128_string(code)}>Tj"


def test_all_codes_are_found_in_order(labels: Path) -> None:
    assert list(read_back(labels)) == CODES


def test_a_doubled_label_shows(labels: Path) -> None:
    _edit(labels, _shown(CODES[1]), _shown(CODES[0]))
    assert list(read_back(labels)) == [CODES[0], CODES[0], *CODES[2:]]


def test_a_missing_label_shows(labels: Path) -> None:
    _edit(labels, _shown(CODES[1]), "")
    assert list(read_back(labels)) == [CODES[0], *CODES[2:]]


def test_a_foreign_label_shows(labels: Path) -> None:
    _edit(labels, _shown(CODES[1]), _shown("GXXXXXXXXXXX"))
    assert "GXXXXXXXXXXX" in list(read_back(labels))


def test_a_changed_bar_is_refused(labels: Path) -> None:
    string = code128_string(CODES[1])
    _edit(labels, string, string[:6] + ("a0" if string[6:8] != "a0" else "a1") + string[8:])
    with pytest.raises(Failed, match="page 1"):
        list(read_back(labels))


def test_a_code_in_the_text_font_is_missing(labels: Path) -> None:
    _edit(labels, _shown(CODES[1]), f"/T 24 Tf {_shown(CODES[1])}")
    assert CODES[1] not in list(read_back(labels))


def test_a_page_that_shows_a_form_nobody_knows_is_refused(labels: Path) -> None:
    _edit(labels, "/L Do", "/M Do")
    with pytest.raises(Failed, match="page 1"):
        list(read_back(labels))


def test_a_form_that_could_show_bars_is_refused(labels: Path) -> None:
    path = labels / "labels.pdf"
    data = path.read_bytes()
    fonts = re.search(rb"/Resources<</Font<</T (\d+) 0 R>>>>", data)
    bars = re.search(rb"/Font<</T \d+ 0 R/B (\d+) 0 R>>", data)
    assert fonts
    assert bars
    path.write_bytes(data.replace(fonts[0], fonts[0].replace(fonts[1], bars[1].rjust(len(fonts[1])), 1), 1))
    with pytest.raises(Failed, match="not a whole PDF"):
        list(line_codes(path))


def test_a_folder_without_labels_has_no_codes(tmp_path: Path) -> None:
    assert list(read_back(tmp_path)) == []
