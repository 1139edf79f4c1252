"""Count what was printed for the post office: pieces by delivery area, with barcode and without, bundles, sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress


@dataclass(slots=True)
class Tally:
    """The counts of one delivery; ``areas`` and ``barcoded`` are pieces by area, ``bundles`` by the slip's name."""

    areas: Counter[str] = field(default_factory=Counter)
    barcoded: Counter[str] = field(default_factory=Counter)
    bundles: Counter[str] = field(default_factory=Counter)
    pieces: int = 0
    sheets: int = 0
    blanks: int = 0
    volumes: int = 0

    @property
    def slips(self) -> int:
        """All slips, one a bundle."""
        return self.bundles.total()

    def add(self, areas: Sequence[str], barcoded: Sequence[bool]) -> None:
        """Count labels by their area, and those of them that bear a barcode."""
        self.areas.update(areas)
        self.barcoded.update(compress(areas, barcoded))
