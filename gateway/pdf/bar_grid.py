"""Measures of the customer barcode on the printing grid, inside Japan Post's tolerance at every grid.

Nominal measures lie on the upper limit of long bar and space, and a raster that rounds up leaves the tolerance. On a
grid that device pixels meet, every bar of a sheet comes out the same (postal code manual p12 gives the tolerance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GridName = Literal["g8n", "g8", "g9", "g10"]
"""The type size in points that the measures belong to; ``n`` is narrow."""

BARS = 67
CLEAR_ZONE = 2.0
"""Blank space in millimetres that a customer barcode needs on all four sides (postal code manual p13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarGrid:
    """Measures in units of 1/``units_per_inch`` inch; ``point`` is the type size of the manual's tolerance table."""

    name: GridName
    point: int
    units_per_inch: int
    pitch: int
    bar: int
    long: int
    semi: int
    timing: int

    @property
    def width(self) -> float:
        """The symbol's width in millimetres, without clear zones."""
        return ((BARS - 1) * self.pitch + self.bar) / self.units_per_inch * 25.4

    @property
    def height(self) -> float:
        """The symbol's height in millimetres, without clear zones."""
        return self.long / self.units_per_inch * 25.4


GRIDS: dict[GridName, BarGrid] = {
    grid.name: grid
    for grid in (
        BarGrid(name="g8n", point=8, units_per_inch=600, pitch=21, bar=11, long=66, semi=44, timing=22),
        BarGrid(name="g8", point=8, units_per_inch=300, pitch=11, bar=6, long=33, semi=22, timing=11),
        BarGrid(name="g9", point=9, units_per_inch=300, pitch=12, bar=7, long=37, semi=25, timing=13),
        BarGrid(name="g10", point=10, units_per_inch=300, pitch=13, bar=7, long=42, semi=28, timing=14),
    )
}
"""All grids, the smallest first."""
