"""Read the line codes back from the finished labels, with independent witnesses where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.pdf.reader import ForeignPdf, page_codes
from gateway_labels.witness import Witness, whole_file


def read_back(folder: Path) -> Iterator[str]:
    """Yield the line code of every label in every volume, as often as it is printed; raise ``Failed`` on damage.

    Our own reader walks all pages. With the extra ``verify``, pdfium reads about 400 of them as well and zxing-cpp
    decodes pictures of the outer ones; they have to agree. Files that our writer did not make are read by pdfium
    alone, and refused without it.
    """
    paths = sorted(folder.glob("labels*.pdf"))
    for path in paths:
        yield from _codes(path, volumes=len(paths), is_outer=path in (paths[0], paths[-1]))


def _codes(path: Path, *, volumes: int, is_outer: bool) -> Iterator[str]:
    witness = Witness(path, volumes=volumes, looks=is_outer)
    try:
        for page, codes in enumerate(page_codes(path)):
            witness.hear(page, codes)
            yield from codes
    except ForeignPdf as foreign:
        yield from whole_file(path, foreign)
        return
    witness.compare()
