"""A batch for the label benchmark: its lines are made while they are asked for, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar, cast

from benchmarks.labels_people import lines
from gateway.api import Batch, Line, Order
from gateway_labels.options import LabelOptions

Result = TypeVar("Result")

PEOPLE = "people.csv"


class NoState:
    """Keeps nothing."""

    def get(self, name: str) -> str:  # noqa: ARG002 - the protocol's signature
        """Return nothing."""
        return ""

    def set(self, name: str, value: str) -> None:
        """Forget it."""


class StreamBatch:
    """A batch whose lines are made while they are asked for; a part of it holds its lines."""

    state = NoState()

    def __init__(self, folder: Path, count: int, part: Sequence[Line] | None = None) -> None:
        self.folder = folder
        self.count = count
        self.part = part
        self.options = LabelOptions()
        created = datetime(2026, 4, 1, tzinfo=UTC)
        self.order = Order(
            delivery="benchmark",
            client="c",
            client_name="",
            format="labels",
            purpose="dm",
            created_at=created,
        )
        self.refused = 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Line]:
        return lines(self.folder / PEOPLE) if self.part is None else iter(self.part)

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out lists of lines."""
        source = iter(self)
        while chunk := list(islice(source, size)):
            yield chunk

    def map(self, task: Callable[[Batch[LabelOptions]], Result], size: int) -> Iterator[Result]:
        """Run a task on parts, here."""
        for part in self.chunks(size):
            yield task(StreamBatch(self.folder, len(part), part))

    def ordered(self, key: Callable[[Line], str]) -> Batch[LabelOptions]:
        """Sort in memory; the core sorts by numbers."""
        return StreamBatch(self.folder, self.count, sorted(self, key=key))

    def open(
        self, name: str, encoding: str = "utf-8", newline: str | None = None
    ) -> AbstractContextManager[TextIO]:
        """Open a text file."""
        return cast("TextIO", (self.folder / name).open("w", encoding=encoding, newline=newline))

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a binary file."""
        return cast("BinaryIO", (self.folder / name).open("wb"))

    def path(self, name: str) -> Path:
        """Name a file."""
        return self.folder / name

    def refuse(self, line: Line, reason: str) -> None:  # noqa: ARG002 - the protocol's signature
        """Count a refusal."""
        self.refused += 1

    def hold(self, line: Line, reason: str) -> None:  # noqa: ARG002 - the protocol's signature
        """Count it as refused: the labels hold nothing."""
        self.refused += 1

    def report(self, code: str, count: int = 1) -> None:
        """Ignore what the summary would tell."""

    def progress(self, lines: int) -> None:
        """Ignore the progress."""
