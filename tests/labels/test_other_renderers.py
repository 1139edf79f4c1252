"""A full sheet in several renderers, at the resolutions of printers; other programs' judgement of the file.

pdfium and MuPDF come with the tests; poppler and Ghostscript take part where they are installed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pikepdf
import pymupdf
import pytest
from PIL import Image as Picture

from gateway.pdf.grid import MILLIMETRE
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.render import render
from tests.labels.batch import MemoryBatch, address, line
from tests.labels.customer_bars import Image, bars_of, characters_of, out_of_tolerance
from tests.labels.pages import MILLIMETRES_PER_INCH, crop, image

Picture.MAX_IMAGE_PIXELS = None
LINES = [line(n, address=address(f"{n % 9 + 1}丁目{n}番{n * 7 % 30}号")) for n in range(24)]

POPPLER = ["pdftoppm", "-mono", "-r", "{dpi}", "-f", "1", "-l", "1", "-singlefile", "{pdf}", "{stem}"]
GHOSTSCRIPT = [
    *("gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pbmraw", "-r{dpi}"),
    *("-dLastPage=1", "-sOutputFile={stem}.pbm", "{pdf}"),
]


def _by_pdfium(pdf: Path, dpi: int, _folder: Path) -> Image:
    return image(pdf, dpi=dpi)


def _by_mupdf(pdf: Path, dpi: int, _folder: Path) -> Image:
    with pymupdf.open(pdf) as document:  # type: ignore[no-untyped-call]  # MuPDF's constructor has no types
        pixels = document[0].get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
        return np.frombuffer(pixels.samples, dtype=np.uint8).reshape(pixels.height, pixels.stride) < 128


def _by_program(command: list[str], pdf: Path, dpi: int, folder: Path) -> Image:
    stem = folder / "page"
    filled = [part.format(dpi=dpi, pdf=pdf, stem=stem) for part in command]
    subprocess.run(filled, check=True, capture_output=True)
    with Picture.open(stem.with_suffix(".pbm")) as picture:
        return ~np.asarray(picture, dtype=np.bool_)


RENDERERS: dict[str, Callable[[Path, int, Path], Image]] = {
    "pdfium": _by_pdfium,
    "MuPDF": _by_mupdf,
    **{
        name: partial(_by_program, command)
        for name, command in (("poppler", POPPLER), ("Ghostscript", GHOSTSCRIPT))
        if shutil.which(command[0])
    },
}
AT_300 = ["pdfium", "MuPDF"]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    batch = MemoryBatch(folder=tmp_path_factory.mktemp("sheet"), lines=LINES)
    render(batch)
    return batch.path("labels.pdf")


@pytest.mark.parametrize(
    ("name", "dpi"),
    [*((name, dpi) for name in RENDERERS for dpi in (600, 1200)), *((name, 300) for name in AT_300)],
)
def test_every_bar_and_space_of_a_full_sheet_is_inside_the_tolerance(
    printed: Path, tmp_path: Path, name: str, dpi: int
) -> None:
    ink = RENDERERS[name](printed, dpi, tmp_path)
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


def test_pikepdf_finds_the_file_clean(printed: Path) -> None:
    with pikepdf.open(printed) as document:
        assert document.check_pdf_syntax() == []


def test_qpdf_finds_it_clean_where_it_is_installed(printed: Path) -> None:
    if program := shutil.which("qpdf"):
        done = subprocess.run(
            [program, "--check", str(printed)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, "No syntax or stream encoding errors found" in done.stdout) == (0, True)
