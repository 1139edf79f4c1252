"""What a file format is handed: the cleared lines, and the only place that it may write to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO

from typing_extensions import TypeVar

from gateway.api.lines import Line
from gateway.api.orders import Order

Options = TypeVar("Options", default=object, covariant=True)

Result = TypeVar("Result")


class StateStore(Protocol):
    """Small texts that a format keeps from one delivery of a client to the next; no personal data."""

    def get(self, name: str) -> str:
        """Return what is kept under a name for this format and the order's client, or an empty string."""

    def set(self, name: str, value: str) -> None:
        """Keep a text of at most 1000 characters, if the delivery is released; otherwise all stays as it was."""


class Batch(Protocol[Options]):
    """The cleared lines of one delivery and the only place a plugin may write to."""

    @property
    def order(self) -> Order:
        """The order being delivered."""

    @property
    def options(self) -> Options:
        """The format's options, an instance of its ``options`` type."""

    def __len__(self) -> int:
        """Count the cleared lines."""

    def __iter__(self) -> Iterator[Line]:
        """Hand out the cleared lines in order; may be repeated."""

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the cleared lines in lists of at most ``size``."""

    def map(self, task: Callable[[Batch[Options]], Result], size: int) -> Iterator[Result]:
        """Run a task on consecutive parts of at most ``size`` lines and yield its results in order.

        ``task`` is a function of a module, because with ``--jobs`` it runs in other processes. It gets a batch of its
        part, may read, refuse and report, opens no file, and returns what the caller puts into the files.
        """

    def ordered(self, key: Callable[[Line], str]) -> Batch[Options]:
        """Return the same batch in the order of a key, equal ones as they were; the first 64 bytes of UTF-8 count.

        ``key`` is a function of a module or an instance of a module's class, for the same reason as in ``map``.
        """

    @property
    def state(self) -> StateStore:
        """What the format keeps from delivery to delivery; parts of a batch have none."""

    def open(
        self, name: str, encoding: str = "utf-8", newline: str | None = None
    ) -> AbstractContextManager[TextIO]:
        """Open a new text file of the package for writing; ``Refused`` outside the staging folder."""

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new binary file of the package for writing."""

    def path(self, name: str) -> Path:
        """Name a file of the package for libraries that open files themselves."""

    def refuse(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery; ``reason`` is a stable code such as ``missing_glyph``."""

    def hold(self, line: Line, reason: str) -> None:
        """Leave a line out for somebody to decide: a correction of the list or another option would let it go."""

    def report(self, code: str, count: int = 1) -> None:
        """Count something worth telling in the summary, such as ``no_barcode``; never personal data."""

    def progress(self, lines: int) -> None:
        """Tell that ``lines`` more lines have been rendered."""
