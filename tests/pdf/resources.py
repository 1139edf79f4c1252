"""Look into a PDF with pypdf."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pypdf


def fonts_of(path: Path) -> dict[str, Any]:
    """Return the fonts of the first page by their resource names."""
    page = cast("Any", pypdf.PdfReader(path, strict=True).pages[0])
    return dict(page["/Resources"]["/Font"])


def resolved(value: Any) -> Any:
    """Follow a reference."""
    return value.get_object()
