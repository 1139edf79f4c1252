"""Look at label PDFs with pdfium: text, and page images as a 1-bit printer sees them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2

from tests.labels.customer_bars import Image

MILLIMETRES_PER_INCH = 25.4


def texts(path: Path) -> list[str]:
    """Return the text of every page without white space, which readers place as they like."""
    document = pypdfium2.PdfDocument(path)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def image(path: Path, page: int = 0, dpi: int = 600) -> Image:
    """Return a page's ink at 50 %."""
    document = pypdfium2.PdfDocument(path)
    try:
        bitmap = document[page].render(scale=dpi / 72, grayscale=True).to_numpy()
        return np.asarray(bitmap).reshape(bitmap.shape[0], -1) < 128
    finally:
        document.close()


def crop(ink: Image, left: float, top: float, width: float, height: float, dpi: int = 600) -> Image:
    """Cut out a rectangle given in millimetres from the upper left corner."""
    x, y, right, bottom = (
        round(side * dpi / MILLIMETRES_PER_INCH) for side in (left, top, left + width, top + height)
    )
    return ink[y:bottom, x:right]
