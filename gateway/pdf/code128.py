"""Code128 in code set B: from text to symbol values and back, with the check symbol (ISO/IEC 15417)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

START_B = 104
STOP = 106
SYMBOLS = 107
_MODULUS = 103
_FIRST, _LAST = 32, 126
_SHORTEST = 4

Symbols = npt.NDArray[np.int64]
"""The values of symbols of one length, one symbol a row."""


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


def values(text: str) -> tuple[int, ...]:
    """Return the symbol values for printable ASCII: start, data, check, stop; raise ``ValueError`` otherwise."""
    (found,) = many_values(text.encode("ascii"), len(text)).tolist()
    return tuple(found)


def many_values(texts: bytes, length: int) -> Symbols:
    """Return the symbol values of texts of one length, written one behind the other."""
    data = np.frombuffer(texts, dtype=np.uint8).astype(np.int64)
    if not len(data) or data.min() < _FIRST or data.max() > _LAST:
        raise ValueError("code set B holds printable ASCII only")
    data = data.reshape(-1, length) - _FIRST
    symbols = np.empty((len(data), length + 3), dtype=np.int64)
    symbols[:, 0], symbols[:, -1] = START_B, STOP
    symbols[:, 1:-2], symbols[:, -2] = data, _check_values(data)
    return symbols


def text_of(symbol: Sequence[int]) -> str | None:
    """Return the text of a whole symbol, given as its values, or ``None`` where start, check or stop are wrong."""
    found = many_texts(np.array([tuple(symbol)], dtype=np.int64))
    return found[0] if found else None


def many_texts(symbols: Symbols) -> list[str] | None:
    """Return the texts of symbols of one length, or ``None`` where start, check or stop of one are wrong."""
    if symbols.shape[1] < _SHORTEST:
        return None
    data = symbols[:, 1:-2]
    sound = (
        (symbols[:, 0] == START_B)
        & (symbols[:, -1] == STOP)
        & (symbols[:, -2] == _check_values(data))
        & (data.min(axis=1) >= 0)
        & (data.max(axis=1) <= _LAST - _FIRST)
    )
    if not sound.all():
        return None
    text, length = (data + _FIRST).astype(np.uint8).tobytes().decode("ascii"), data.shape[1]
    return [text[start : start + length] for start in range(0, len(text), length)]


def _check_values(data: Symbols) -> npt.NDArray[np.int64]:
    checks: npt.NDArray[np.int64] = (START_B + data @ np.arange(1, data.shape[1] + 1)) % _MODULUS
    return checks
