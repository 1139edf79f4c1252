"""The answers of a push: written while the next calls are on their way, so that no call waits for them.

Until then the lines are in doubt, which is what they are for whoever looks: they may be at the destination.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from time import sleep

from gateway.delivery.push_rows import Answer

_LET_GO = 0.003
"""Seconds between an answer and its writing: the worker that brought it is on its way to the next call until then."""


class Answers:
    """What became of lines, told by several threads and written by one; a batch's answers are never parted."""

    def __init__(self, write: Callable[[Sequence[Answer]], None]) -> None:
        """``write`` writes answers in one transaction."""
        self._write = write
        self._told: SimpleQueue[Sequence[Answer] | None] = SimpleQueue()

    def tell(self, answers: Sequence[Answer]) -> None:
        """Have answers written soon."""
        if answers:
            self._told.put(answers)

    def close(self) -> None:
        """Let ``run`` end when everything told is written."""
        self._told.put(None)

    def run(self, trouble: Callable[[BaseException], None]) -> None:
        """Write until closed; what cannot be written is told to ``trouble``, and the next answers are tried."""
        while (first := self._told.get()) is not None:
            sleep(_LET_GO)
            answers, closed = self._with_others(first)
            try:
                self._write(answers)
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the workers
                trouble(error)
            if closed:
                return

    def _with_others(self, first: Sequence[Answer]) -> tuple[list[Answer], bool]:
        """Add what else has been told by now, for one transaction takes hardly longer than another."""
        answers = list(first)
        while True:
            try:
                more = self._told.get_nowait()
            except Empty:
                return answers, False
            if more is None:
                return answers, True
            answers += more
