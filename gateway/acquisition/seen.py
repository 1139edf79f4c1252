"""Which numbers have been seen: a set of 64-bit integers that takes eight bytes each, for millions of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class SeenNumbers:
    """A growing set of int64, kept as a few sorted arrays; each is at least twice as long as the next."""

    def __init__(self) -> None:
        """Start empty."""
        self._levels: list[Int64s] = []

    def __len__(self) -> int:
        return sum(len(level) for level in self._levels)

    def add(self, numbers: Int64s) -> None:
        """Add numbers that are not in the set yet."""
        if not len(numbers):
            return
        self._levels.append(np.sort(numbers))
        while len(self._levels) > 1 and len(self._levels[-2]) < 2 * len(self._levels[-1]):
            merged = np.concatenate((self._levels.pop(), self._levels.pop()))
            merged.sort(kind="stable")  # merges runs that are sorted already
            self._levels.append(merged)

    def holds(self, numbers: Int64s) -> Flags:
        """Tell for each number whether it is in the set."""
        found = np.zeros(len(numbers), dtype=np.bool_)
        for level in self._levels:
            places = np.searchsorted(level, numbers)
            places[places == len(level)] = 0
            found |= level[places] == numbers
        return found


def is_repeated(numbers: Int64s) -> Flags:
    """Tell for each number whether it stands further up in the same array."""
    repeated = np.ones(len(numbers), dtype=np.bool_)
    repeated[np.unique(numbers, return_index=True)[1]] = False
    return repeated
