"""Full-width forms of ASCII, as Japanese forms and old systems write it."""

from __future__ import annotations

_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "　"})


def full_width(text: str) -> str:
    """Write ASCII in full width."""
    return text.translate(_WIDE)
