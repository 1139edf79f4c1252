"""Stage 1: which records share a key with which opt-outs, by set membership on integer arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.suppression.key_pages import Int64s, KeyPage


class KeyIndex:
    """Sorted keys with their owners, and a bitmap that turns most probes away at once."""

    def __init__(self, keys: Int64s, owners: Int64s) -> None:
        """Index ``keys`` int64[n]; ``owners`` int64[n] says whom each belongs to."""
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._owners = owners[order]
        bits = max(16, int(len(keys) * 16).bit_length())
        self._mask = np.int64((1 << bits) - 1)
        self._bitmap = np.zeros(1 << bits, dtype=np.bool_)
        self._bitmap[self._keys & self._mask] = True

    def __len__(self) -> int:
        return len(self._keys)

    def meets(self, keys: Int64s) -> bool:
        """Tell whether any of some keys int64[n] is one of the index."""
        if not len(self._keys):
            return False
        likely = keys[self._bitmap[keys & self._mask]]
        places = np.searchsorted(self._keys, likely)
        return bool((self._keys[np.minimum(places, len(self._keys) - 1)] == likely).any())

    def candidates(self, page: KeyPage) -> list[tuple[int, int]]:
        """Return the distinct pairs (record number, owner) that share a key, in record order."""
        if not len(self._keys) or not len(page.keys):
            return []
        likely = np.flatnonzero(self._bitmap[page.keys & self._mask])
        probes = page.keys[likely]
        starts = np.searchsorted(self._keys, probes, side="left")
        counts = np.searchsorted(self._keys, probes, side="right") - starts
        met = counts > 0
        if not met.any():
            return []
        rows = np.repeat(page.rows_of(likely[met]), counts[met])
        pairs = np.stack([page.numbers[rows], self._owners[_ranges(starts[met], counts[met])]], axis=1)
        return [(int(number), int(owner)) for number, owner in np.unique(pairs, axis=0)]


def _ranges(starts: npt.NDArray[np.intp], counts: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Concatenate ``range(start, start + count)`` for all pairs."""
    before = np.cumsum(counts) - counts
    positions: npt.NDArray[np.intp] = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    return positions
