"""Tell bad records from a destination that has changed under the push, when rejections come in a row.

A client may delete a field or make one required while people arrive; every record is rejected from then on, and none of
them is at fault. So rejections wait until somebody is accepted. When too many wait, the destination is checked again: if
its check finds an error the run stops, and who was rejected stays in doubt and is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from gateway.delivery.push_rows import Answer

SUSPICIOUS = 50
"""How many records may be rejected in a row before the destination is checked again."""


class Rejections:
    """Keeps rejections back while nobody is accepted; shared by all workers of a run."""

    def __init__(self, require_ready: Callable[[], None]) -> None:
        self._require_ready = require_ready
        self._waiting: list[Answer] = []
        self._lock = Lock()

    def passed(self, answers: Sequence[Answer]) -> list[Answer]:
        """Return the answers that may be written now, those that have waited included.

        Raises what the destination's check raises; nobody who waited is rejected then.
        """
        with self._lock:
            if any(each.state == "accepted" for each in answers):
                waiting, self._waiting = self._waiting, []
                return [*waiting, *answers]
            self._waiting += [each for each in answers if each.state == "rejected"]
            if len(self._waiting) < SUSPICIOUS:
                return []
            waiting, self._waiting = self._waiting, []
        self._require_ready()
        return waiting

    def rest(self) -> list[Answer]:
        """Return what still waits at the end of a run, after a last check."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._require_ready()
        return waiting
