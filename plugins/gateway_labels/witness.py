"""Independent witnesses of the finished labels: pdfium's text and zxing-cpp's pictures (extra ``verify``).

Our own reader knows what our writer writes. A page of which another program reads other codes is not released,
whichever of the two is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gateway.api import Failed
from gateway.i18n import _

PAGES = 400
"""How many pages pdfium reads, about: each volume's share at most, and half of that at least if it has so many."""

_FEWEST = 2
"""Pages of each volume that are read in any case: its first and its last."""

_CODE = re.compile("⑩([!-~]{12})[!-~\u2420①-⑳]⑫")
"""A Code128 in the text layer: start, line code, check symbol, stop (``gateway.pdf.bar_font``)."""

_DOTS_PER_INCH = (300, 600)
"""Resolutions of the pictures; the finer one only where the coarser shows too little."""


class Witness:
    """Hears what our reader finds on a sample of pages, and compares.

    The file is one of several ``volumes``; ``looks`` says whether pictures of it are looked at.
    """

    def __init__(self, path: Path, *, volumes: int = 1, looks: bool = True) -> None:
        self._path = path
        self._most = max(_FEWEST, PAGES // volumes)
        self._looks = looks
        self._every = 1
        self._heard: dict[int, Sequence[str]] = {}
        self._last: tuple[int, Sequence[str]] = (0, ())

    def hear(self, page: int, codes: Sequence[str]) -> None:
        """Note the codes of a page, counted from 0; the sample is thinned out as it grows, so that it stays small."""
        self._last = (page, codes)
        if page % self._every == 0:
            self._heard[page] = codes
            if len(self._heard) > self._most:
                self._every *= 2
                self._heard = {at: found for at, found in self._heard.items() if at % self._every == 0}

    def compare(self) -> None:
        """Let the witnesses that are installed read the noted pages; raise ``Failed`` (``witness_differs``)."""
        if find_spec("pypdfium2") is None:
            return
        self._heard[self._last[0]] = self._last[1]
        document = _open(self._path)
        try:
            for page, codes in self._heard.items():
                if sorted(_codes(document, page)) != sorted(codes):
                    raise self._differs(page)
            if self._looks and find_spec("zxingcpp") is not None:
                for page in sorted({min(self._heard), max(self._heard)}):
                    self._look(document, page)
        finally:
            document.close()

    def _look(self, document: Any, page: int) -> None:
        """Decode the codes from a picture of the page."""
        wanted = sorted(self._heard[page])
        for dots in _DOTS_PER_INCH:
            seen = sorted(_seen(document, page, dots))
            if seen == wanted:
                return
        raise self._differs(page)

    def _differs(self, page: int) -> Failed:
        return Failed(
            "witness_differs",
            _("{file}, page {page}: another program reads other line codes").format(
                file=self._path.name, page=page + 1
            ),
            hint=_("nothing was released; report it with the versions of pypdfium2 and zxing-cpp"),
        )


def whole_file(path: Path, foreign: Failed) -> Iterator[str]:
    """Yield the codes that pdfium reads from all pages of a file that our writer did not make."""
    if find_spec("pypdfium2") is None:
        raise foreign
    document = _open(path)
    try:
        for page in range(len(document)):
            yield from _codes(document, page)
    finally:
        document.close()


def _open(path: Path) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise Failed(
            "unreadable_labels",
            _("{file}: pdfium cannot open it").format(file=path.name),
            hint=_("make the delivery again"),
        ) from None


def _codes(document: Any, page: int) -> list[str]:
    opened = document[page]
    text = opened.get_textpage()
    try:
        return _CODE.findall("".join(text.get_text_range().split()))
    finally:
        text.close()
        opened.close()


def _seen(document: Any, page: int, dots: int) -> list[str]:
    import zxingcpp

    opened = document[page]
    try:
        picture = opened.render(scale=dots / 72, grayscale=True).to_numpy()
        formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128)
        return [found.text for found in zxingcpp.read_barcodes(picture, formats=formats)]
    finally:
        opened.close()
