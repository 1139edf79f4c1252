"""Read a customer barcode from a page image, with tables of its own (postal code manual p11, p12)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.bool_]

PATTERNS = {
    "144": "0", "114": "1", "132": "2", "312": "3", "123": "4", "141": "5", "321": "6", "213": "7", "231": "8",
    "411": "9", "414": "-", "324": "a", "342": "b", "234": "c", "432": "d", "243": "e", "423": "f", "441": "g",
    "111": "h",
}  # fmt: skip
"""The manual's bar numbers (1 long, 2 up, 3 down, 4 timing) of each character; a to h are CC1 to CC8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar's edges in pixels."""

    left: int
    right: int
    top: int
    bottom: int


def bars_of(ink: Image) -> list[Bar]:
    """Return the bars of an image that shows one symbol and nothing else, from the left."""
    columns = np.flatnonzero(np.diff(np.concatenate(([0], ink.any(axis=0).astype(np.int8), [0]))))
    found = []
    for left, right in zip(columns[::2], columns[1::2], strict=True):
        rows = np.flatnonzero(ink[:, left:right].any(axis=1))
        found.append(Bar(left=int(left), right=int(right), top=int(rows[0]), bottom=int(rows[-1]) + 1))
    return found


def characters_of(bars: list[Bar]) -> str:
    """Decode 67 bars; raise ``ValueError`` for another number, wrong ends, unknown characters or a wrong sum."""
    if len(bars) != 67:
        raise ValueError("not 67 bars")
    top, bottom = min(bar.top for bar in bars), max(bar.bottom for bar in bars)
    third = (bottom - top) / 3
    states = "".join(_state(bar.top < top + third / 2, bar.bottom > bottom - third / 2) for bar in bars)
    if states[:2] != "13" or states[-2:] != "31":
        raise ValueError("start or stop is wrong")
    characters = "".join(PATTERNS[states[place : place + 3]] for place in range(2, 65, 3))
    if sum("0123456789-abcdefgh".index(character) for character in characters) % 19:
        raise ValueError("the check digit is wrong")
    return characters


def _state(up: bool, down: bool) -> str:
    return {(True, True): "1", (True, False): "2", (False, True): "3", (False, False): "4"}[up, down]


def out_of_tolerance(bars: list[Bar], millimetres: float, point: float) -> list[str]:
    """Name every measure outside the manual's tolerance, which has none for semi-long bars.

    ``millimetres`` is the size of a pixel.
    """
    limits = {"long": (3.40, 3.60), "timing": (1.05, 1.35), "bar": (0.50, 0.70), "space": (0.45, 0.60)}
    limits["pitch"] = (0.95, 1.30)
    scale = point / 10
    measured = [(_kind((bar.bottom - bar.top) * millimetres / scale), bar.bottom - bar.top) for bar in bars]
    measured += [("bar", bar.right - bar.left) for bar in bars]
    measured += [("space", after.left - before.right) for before, after in pairwise(bars)]
    measured += [("pitch", after.left - before.left) for before, after in pairwise(bars)]
    return [
        f"{name} {pixels * millimetres:.3f}"
        for name, pixels in measured
        if name in limits and not limits[name][0] * scale <= pixels * millimetres <= limits[name][1] * scale
    ]


def _kind(height: float) -> str:
    """Tell which bar is meant by a height in millimetres at 10 points."""
    nominal = {"long": 3.6, "semi": 2.4, "timing": 1.2}
    return min(nominal, key=lambda kind: abs(nominal[kind] - height))
