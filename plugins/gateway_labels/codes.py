"""Encode what is of one length on all labels: postal code, customer barcode, Code128 and line code, as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gateway.api import Line
from gateway.pdf.bar_font import code128_rows
from gateway.pdf.stamp import Stamp
from gateway.pdf.text_font import TextFont
from gateway_labels.customer_barcode_many import Symbols
from gateway_labels.layout import LINE_CODE_LENGTH, Plan
from gateway_labels.template import ending
from gateway_labels.wording import POSTAL_DIGITS, POSTAL_MARK, postal_row

_DIGITS_BEFORE_HYPHEN = 3
_POSTAL_STRING = Stamp("%s", 2 * (POSTAL_DIGITS + 2))


def postal_strings(font: TextFont, codes: Sequence[str]) -> list[str]:
    """Encode postal codes as they are printed, and others as nothing."""
    joined = "".join(codes)
    if not (joined.isascii() and joined.isdigit()) or set(map(len, codes)) != {POSTAL_DIGITS}:
        return font.encode_all([postal_row(code) for code in codes])
    digits = _characters(joined, POSTAL_DIGITS)
    points = np.empty((len(codes), POSTAL_DIGITS + 2), dtype=np.uint32)
    hyphen = _DIGITS_BEFORE_HYPHEN + 1
    points[:, 0], points[:, hyphen] = ord(POSTAL_MARK), ord("-")
    points[:, 1:hyphen], points[:, hyphen + 1 :] = np.split(digits, [_DIGITS_BEFORE_HYPHEN], axis=1)
    return _POSTAL_STRING.filled(font.columns(points))


class Endings:
    """Encodes the barcodes and the line code of labels, with the operators between them, for each of ``plans``."""

    def __init__(self, plans: Sequence[Plan], font: TextFont) -> None:
        self._plans = plans
        self._font = font
        self._stamps: dict[int, Stamp] = {}

    def strings(self, lines: Sequence[Line], symbols: Symbols, plans: npt.NDArray[np.int64]) -> list[str]:
        """Return the endings; ``plans`` says which layout each label has."""
        codes = [line.code for line in lines]
        columns = (
            code128_rows(codes),
            self._font.columns(_characters("".join(codes), LINE_CODE_LENGTH)),
        )
        kinds = 2 * plans + (symbols[:, 0] > 0)
        if (kinds == kinds[0]).all():
            return self._filled(int(kinds[0]), symbols, *columns)
        found = np.empty(len(codes), dtype=np.object_)
        for kind in np.unique(kinds).tolist():
            of_kind = kinds == kind
            found[of_kind] = self._filled(kind, *(column[of_kind] for column in (symbols, *columns)))
        strings: list[str] = found.tolist()
        return strings

    def _filled(self, kind: int, *columns: npt.NDArray[np.uint8]) -> list[str]:
        plan, has_bars = divmod(kind, 2)
        if kind not in self._stamps:
            self._stamps[kind] = ending(self._plans[plan], has_bars=bool(has_bars))
        return self._stamps[kind].filled(*(columns if has_bars else columns[1:]))


def _characters(joined: str, length: int) -> npt.NDArray[np.uint32]:
    """Return texts of one length, written one behind the other, as rows of code points."""
    return np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, length).astype(np.uint32)
