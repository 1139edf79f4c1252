"""A set of fingerprints that grows by pages of an order's lists: eight bytes each, be they millions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gateway.suppression.key_pages import Int64s


class SeenFingerprints:
    """Sorted runs, each at least twice as long as the next, so that there are few of them and adding stays cheap."""

    def __init__(self) -> None:
        self._runs: list[Int64s] = []

    def add(self, fingerprints: Int64s) -> npt.NDArray[np.bool_]:
        """Add some, int64[n], and tell which of them are new, bool[n]; of equals the first is."""
        values, first = np.unique(fingerprints, return_index=True)
        known = np.zeros(len(values), dtype=np.bool_)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, values), len(run) - 1)
            known |= run[places] == values
        fresh = np.zeros(len(fingerprints), dtype=np.bool_)
        fresh[first[~known]] = True
        self._keep(values[~known])
        return fresh

    def _keep(self, values: Int64s) -> None:
        if not len(values):
            return
        self._runs.append(values)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate((self._runs[-1], last)), kind="stable")
