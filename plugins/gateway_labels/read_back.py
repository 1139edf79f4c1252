"""Read the line codes back from the finished labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.pdf.reader import line_codes


def read_back(folder: Path) -> Iterator[str]:
    """Yield the line code of every label in every volume, as often as it is printed; raise ``Failed`` on damage."""
    for path in sorted(folder.glob("labels*.pdf")):
        yield from line_codes(path)
