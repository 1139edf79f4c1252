"""Ids as people write them: a letter and a number, such as ``O000017``."""

from __future__ import annotations

LARGEST_ID = (1 << 31) - 1
"""The largest id that a column of the database holds."""


def read_id(text: str, prefix: str = "") -> int | None:
    """Return the number of an id, whatever case it was typed in; ``None`` when no row can have it."""
    digits = text.strip().upper().removeprefix(prefix)
    if not (digits.isascii() and digits.isdigit()) or len(digits.lstrip("0")) > len(str(LARGEST_ID)):
        return None
    number = int(digits)
    return number if number <= LARGEST_ID else None
