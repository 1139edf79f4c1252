"""Operators that differ from place to place in strings of one length only, filled in for many places at once.

A barcode or a code has always as many characters. Such strings are columns of bytes: putting them between their
operators is a copy of arrays, which costs a fraction of formatting each.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import numpy.typing as npt

GAP = "%s"
"""Stands for a string in the operators."""

Rows = npt.NDArray[np.uint8]
"""Strings of one length, one a row."""

_DIGITS = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode("ascii"), dtype=np.uint16)
"""For each byte its two hexadecimal digits."""


class Stamp:
    """Operators with gaps for strings of ``lengths`` bytes, which are written as hexadecimal digits."""

    def __init__(self, operators: str, *lengths: int) -> None:
        pieces = operators.split(GAP)
        shown = [
            part for piece, length in zip(pieces, lengths, strict=False) for part in (piece, "0" * 2 * length)
        ]
        ends = list(accumulate(map(len, shown)))
        self._blank = np.frombuffer("".join((*shown, pieces[-1])).encode("ascii"), dtype=np.uint8)
        self._gaps = [slice(*pair) for pair in zip(ends[::2], ends[1::2], strict=True)]
        if len(pieces) != len(lengths) + 1:
            raise ValueError("the operators have another number of gaps")

    def filled(self, *columns: Rows) -> list[str]:
        """Return the operators for each place; a column holds what stands in a gap, one row a place."""
        table = np.empty((len(columns[0]), len(self._blank)), dtype=np.uint8)
        table[:] = self._blank
        for gap, column in zip(self._gaps, columns, strict=True):
            table[:, gap] = _DIGITS[column].view(np.uint8)
        text, width = table.tobytes().decode("ascii"), len(self._blank)
        return [text[start : start + width] for start in range(0, len(text), width)]
