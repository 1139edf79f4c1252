"""The pace of a push: calls a second, one Retry-After gate for all workers, full jitter, a circuit that opens."""

from __future__ import annotations

import random
from collections.abc import Callable
from threading import Event, Lock
from time import monotonic

from gateway.api import PushLimits

MAX_ATTEMPTS = 6
"""How often a batch is sent before it is left in doubt."""
MAX_FAILURES = 12
"""How many calls in a row, of all workers, may fail before the run stops."""
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
LONGEST_WAIT = 900.0
"""A destination that asks for a longer pause than this is left alone: the run stops and is resumed later."""
_ROUNDING = 1e-9


class Pace:
    """Says when the next call may be made; shared by all workers of a run."""

    def __init__(
        self,
        limits: PushLimits,
        stop: Event,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Fill the bucket with half a second's calls; ``stop`` ends every wait."""
        self._rate = limits.per_second
        self._capacity = max(1.0, limits.per_second / 2)
        self._tokens = self._capacity
        self._filled_at = clock()
        self._not_before = 0.0
        self._failures = 0
        self._clock = clock
        self._sleep = stop.wait if sleep is None else sleep
        self._lock = Lock()

    def wait(self) -> None:
        """Wait until the gate is open and take a token."""
        while True:
            pause = self._claim()
            if pause <= 0:
                return
            if self._sleep(pause):
                return

    def failed(self, attempt: int, after: float) -> bool:
        """Shut the gate for all, as long as was asked for or by full jitter; returns whether to go on.

        ``attempt`` counts from 1. A successful call in between closes the circuit again.
        """
        ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
        pause = after if after > 0 else random.uniform(0, ceiling)  # noqa: S311 - spreads load, keeps no secret
        with self._lock:
            self._failures += 1
            if after > 0:
                self._not_before = max(self._not_before, self._clock() + pause)
            open_ = self._failures >= MAX_FAILURES or after > LONGEST_WAIT
        if not open_ and after <= 0:
            self._sleep(pause)
        return not open_

    def succeeded(self) -> None:
        """Note a call that was answered."""
        self._failures = 0

    def _claim(self) -> float:
        """Take a token, or return how long to wait for one."""
        with self._lock:
            now = self._clock()
            if now < self._not_before:
                return self._not_before - now
            if self._rate <= 0:
                return 0.0
            level = self._level()
            if 1 - level > _ROUNDING:
                return (1 - level) / self._rate
            self._tokens = max(0.0, level - 1)
            self._filled_at = now
            return 0.0

    def _level(self) -> float:
        return min(self._capacity, self._tokens + (self._clock() - self._filled_at) * self._rate)
