"""Count what was printed for the post office: pieces by delivery area, with barcode and without, bundles, sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway_labels.bundles import Label


@dataclass(slots=True)
class Tally:
    """The counts of one delivery; ``areas`` and ``barcoded`` are pieces by area, ``bundles`` by the slip's name."""

    areas: Counter[str] = field(default_factory=Counter)
    barcoded: Counter[str] = field(default_factory=Counter)
    bundles: Counter[str] = field(default_factory=Counter)
    sheets: int = 0
    blanks: int = 0
    volumes: int = 0

    @property
    def pieces(self) -> int:
        """All labels that stand for a piece of mail."""
        return self.areas.total()

    @property
    def slips(self) -> int:
        """All slips, one a bundle."""
        return self.bundles.total()

    def add(self, labels: Sequence[Label]) -> None:
        """Count labels."""
        self.areas.update([label.area for label in labels])
        self.barcoded.update([label.area for label in labels if label.barcoded])
