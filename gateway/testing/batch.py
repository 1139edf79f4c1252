"""A batch in memory that writes into a folder, for tests of a format without database and delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Generic, TextIO, TypeVar

from gateway.api import Batch, Line, LineCode, Order
from gateway.delivery.staging import safe_path
from gateway.log.line_code import LineCodes

Options = TypeVar("Options")
Result = TypeVar("Result")

ORDER = Order(
    delivery="D0000001",
    client="client",
    client_name="見本商事",
    format="format",
    purpose="dm",
    created_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
)
_CODES = LineCodes(bytes(32))


def line_code(number: int) -> LineCode:
    """Make a valid line code from a number."""
    return _CODES.encode(1, [number])[0]


@dataclass(slots=True)
class MemoryState:
    """What a format keeps from delivery to delivery (``gateway.api.StateStore``)."""

    kept: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return what is kept under a name, or an empty string."""
        return self.kept.get(name, "")

    def set(self, name: str, value: str) -> None:
        """Keep a text."""
        self.kept[name] = value


@dataclass(kw_only=True)
class MemoryBatch(Generic[Options]):
    """Lines and options in; files, refusals and reports out (``gateway.api.Batch``)."""

    folder: Path
    lines: Sequence[Line]
    options: Options
    order: Order = ORDER
    state: MemoryState = field(default_factory=MemoryState)
    refused: dict[LineCode, str] = field(default_factory=dict)
    held: dict[LineCode, str] = field(default_factory=dict)
    reported: Counter[str] = field(default_factory=Counter)
    done: int = 0

    def __len__(self) -> int:
        return sum(1 for _line in self)

    def __iter__(self) -> Iterator[Line]:
        return (line for line in self.lines if line.code not in self.refused and line.code not in self.held)

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the lines in lists of at most ``size``."""
        remaining = iter(self)
        while chunk := list(islice(remaining, size)):
            yield chunk

    def map(self, task: Callable[[Batch[Options]], Result], size: int) -> Iterator[Result]:
        """Run a task on consecutive parts, one after the other."""
        for start in range(0, len(self.lines), size):
            yield task(replace(self, lines=self.lines[start : start + size]))

    def ordered(self, key: Callable[[Line], str]) -> MemoryBatch[Options]:
        """Return the same batch in the order of a key."""
        return replace(self, lines=sorted(self.lines, key=lambda line: key(line).encode("utf-8")[:64]))

    @contextmanager
    def open(self, name: str, encoding: str = "utf-8", newline: str | None = None) -> Iterator[TextIO]:
        """Open a new text file; ``Refused`` outside the folder."""
        with self.path(name).open("x", encoding=encoding, newline=newline) as handle:
            yield handle

    @contextmanager
    def open_binary(self, name: str) -> Iterator[BinaryIO]:
        """Open a new binary file; ``Refused`` outside the folder."""
        with self.path(name).open("xb") as handle:
            yield handle

    def path(self, name: str) -> Path:
        """Name a file of the package."""
        return safe_path(self.folder, name)

    def refuse(self, line: Line, reason: str) -> None:
        """Leave a line out."""
        self.refused[line.code] = reason

    def hold(self, line: Line, reason: str) -> None:
        """Leave a line out for somebody to decide."""
        self.held[line.code] = reason

    def report(self, code: str, count: int = 1) -> None:
        """Count something worth telling."""
        self.reported[code] += count

    def progress(self, lines: int) -> None:
        """Count rendered lines."""
        self.done += lines
