"""Code128 in code set B: from text to symbol values and back, with the check symbol (ISO/IEC 15417)."""

from __future__ import annotations

from functools import cache
from operator import mul

import numpy as np

START_B = 104
STOP = 106
SYMBOLS = 107
_MODULUS = 103
_FIRST, _LAST = 32, 126


@cache
def patterns() -> tuple[tuple[int, ...], ...]:
    """Return for each symbol value its bars and spaces in modules, a bar first; the tables are python-barcode's."""
    from barcode.charsets import code128

    return tuple(_runs(modules) for modules in (*code128.CODES, f"{code128.STOP}11"))


def _runs(modules: str) -> tuple[int, ...]:
    separated = modules.replace("10", "1 0").replace("01", "0 1")
    return tuple(map(len, separated.split()))


def modules_wide(characters: int) -> int:
    """Return the width in modules of a symbol for that many characters, without its quiet zones."""
    return 11 * (characters + 2) + 13


def check_value(text: bytes) -> int:
    """Return the check symbol's value; ``text`` is printable ASCII."""
    weights, offset = _weights(len(text))
    weighted: int = sum(map(mul, weights, text))
    return (weighted + offset) % _MODULUS


@cache
def _weights(length: int) -> tuple[range, int]:
    """Return the places' weights, and what start symbol and the shift from ASCII to values add to the sum."""
    weights = range(1, length + 1)
    return weights, START_B - _FIRST * sum(weights)


def check_values(texts: bytes, length: int) -> list[int]:
    """Return the check symbols' values of texts of one length (at least 1), written one behind the other."""
    symbols = np.frombuffer(texts, dtype=np.uint8).reshape(-1, length).astype(np.int64) - _FIRST
    values: list[int] = ((START_B + symbols @ np.arange(1, length + 1)) % _MODULUS).tolist()
    return values


def values(text: str) -> tuple[int, ...]:
    """Return the symbol values for printable ASCII: start, data, check, stop; raise ``ValueError`` otherwise."""
    data = text.encode("ascii")
    if not data or min(data) < _FIRST or max(data) > _LAST:
        raise ValueError("code set B holds printable ASCII only")
    return (START_B, *(byte - _FIRST for byte in data), check_value(data), STOP)


def text_of(symbol: bytes | tuple[int, ...]) -> str | None:
    """Return the text of a whole symbol, given as its values, or ``None`` where start, check or stop are wrong."""
    if len(symbol) < 4 or symbol[0] != START_B or symbol[-1] != STOP or max(symbol[1:-2]) > _LAST - _FIRST:
        return None
    data = bytes(value + _FIRST for value in symbol[1:-2])
    return data.decode("ascii") if check_value(data) == symbol[-2] else None
