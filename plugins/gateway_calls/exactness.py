"""Exact writing in the target's encoding: what comes back from the file is what was put in, or the line stays."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))


def encode_exactly(text: str, encoding: str) -> bytes | None:
    """Encode a text, or return ``None`` when it would not come back the same.

    cp932 encodes some signs (〜 U+301C, − U+2212) to bytes that decode to others, so that asking for errors is not enough.
    """
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        return None
    if encoding == "cp932" and data.decode(encoding) != text:
        return None
    return data


def is_exact(text: str, encoding: str) -> bool:
    """Tell whether a text comes back the same from an encoding."""
    return encode_exactly(text, encoding) is not None


@cache
def substitutions() -> Mapping[str, str]:
    """Return what may stand for a character; variation selectors fall away."""
    tables = tomllib.loads((files("gateway_calls") / "substitutions.toml").read_text(encoding="utf-8"))
    found = {character: other for table in tables.values() for character, other in table.items()}
    return {**found, **dict.fromkeys(map(chr, _SELECTORS), "")}


def substitute(text: str, encoding: str, counts: Counter[str]) -> str | None:
    """Replace what the encoding lacks from the table; ``None`` when the table lacks it too.

    ``counts`` is told of each replacement, as ``substituted:U+20BB7:U+5409``: characters, never a person's text.
    """
    table = substitutions()
    used: Counter[str] = Counter()
    parts = []
    for character in text:
        if is_exact(character, encoding):
            parts.append(character)
            continue
        other = table.get(character)
        if other is None:
            return None
        parts.append(other)
        used[f"substituted:{_points(character)}:{_points(other) or 'none'}"] += 1
    result = "".join(parts)
    if not is_exact(result, encoding):
        return None
    counts.update(used)
    return result


def _points(text: str) -> str:
    return "+".join(f"U+{ord(character):04X}" for character in text)
