"""The printing grid: lengths snapped to 1/300 inch, so that bars meet device pixels at 300, 600 and 1200 dpi."""

from __future__ import annotations

STEP = 0.24
"""One grid step, 1/300 inch, in points."""

MILLIMETRE = 72 / 25.4
"""One millimetre in points."""


def steps(millimetres: float) -> int:
    """Return the nearest whole number of grid steps to a length in millimetres."""
    return round(millimetres * 300 / 25.4)


def snap(millimetres: float) -> float:
    """Return a length in points, moved to the nearest grid step."""
    return steps(millimetres) * STEP


def number(value: float) -> str:
    """Write a number as PDF wants it: no exponent, no superfluous zeros, at most four decimals."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
