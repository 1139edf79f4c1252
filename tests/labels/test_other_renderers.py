"""The same sheet in other renderers than pdfium, where they are installed: poppler and Ghostscript; qpdf on the file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from gateway.pdf.grid import MILLIMETRE
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.render import render
from tests.labels.batch import MemoryBatch, address, line
from tests.labels.customer_bars import Image, bars_of, characters_of, out_of_tolerance
from tests.labels.pages import MILLIMETRES_PER_INCH, crop

Picture.MAX_IMAGE_PIXELS = None
LINES = [line(n, address=address(f"{n % 9 + 1}丁目{n}番{n * 7 % 30}号")) for n in range(24)]
RENDERERS = {
    "poppler": ["pdftoppm", "-mono", "-r", "{dpi}", "-f", "1", "-l", "1", "-singlefile", "{pdf}", "{stem}"],
    "ghostscript": [
        *("gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pbmraw", "-r{dpi}"),
        *("-dLastPage=1", "-sOutputFile={stem}.pbm", "{pdf}"),
    ],
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    batch = MemoryBatch(folder=tmp_path_factory.mktemp("sheet"), lines=LINES)
    render(batch)
    return batch.path("labels.pdf")


def _ink(command: list[str], pdf: Path, dpi: int, folder: Path) -> Image:
    stem = folder / "page"
    filled = [part.format(dpi=dpi, pdf=pdf, stem=stem) for part in command]
    subprocess.run(filled, check=True, capture_output=True)
    with Picture.open(stem.with_suffix(".pbm")) as picture:
        return ~np.asarray(picture, dtype=np.bool_)


@pytest.mark.parametrize("dpi", [600, 1200])
@pytest.mark.parametrize("name", RENDERERS)
def test_every_bar_of_a_full_sheet_is_inside_the_tolerance(
    printed: Path, tmp_path: Path, name: str, dpi: int
) -> None:
    command = RENDERERS[name]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    ink = _ink(command, printed, dpi, tmp_path)
    job = Job(LabelOptions())
    layout = job.plans[0]
    assert layout.bars is not None
    assert layout.grid is not None
    problems = []
    for place in range(job.sheet.labels):
        left, top = job.sheet.corner(place)
        x = left + layout.bars[0] / MILLIMETRE - 1
        y = top + job.sheet.height - layout.bars[1] / MILLIMETRE - layout.grid.height - 1
        bars = bars_of(crop(ink, x, y, layout.grid.width + 2, layout.grid.height + 2, dpi))
        problems += out_of_tolerance(bars, MILLIMETRES_PER_INCH / dpi, layout.grid.point)
        assert characters_of(bars).startswith("1500002")
    assert problems == []


def test_qpdf_finds_the_file_clean(printed: Path) -> None:
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not installed")
    done = subprocess.run(
        ["qpdf", "--check", str(printed)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, "No syntax or stream encoding errors found" in done.stdout) == (0, True)
