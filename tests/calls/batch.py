"""A batch of call lines in memory that writes into a folder, for tests of the format without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar, cast

from gateway.api import Address, Batch, Line, LineCode, Order, StateStore
from gateway_calls.options import CallOptions
from gateway_calls.proof import Proofs
from gateway_calls.read_back import read_back
from gateway_calls.render import render

ORDER = Order(
    delivery="D-2026-0001",
    client="client",
    client_name="",
    format="calls",
    purpose="telemarketing",
    created_at=datetime(2026, 4, 1, tzinfo=UTC),
)
ADDRESS = Address(
    postal_code="1500002",
    postal_kind="town",
    text="東京都渋谷区渋谷1丁目2番3号",
    prefecture="東京都",
    city="渋谷区",
    town="渋谷",
    after_town="1丁目2番3号",
    building="見本ビル101",
)
Result = TypeVar("Result")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(kw_only=True)
class MemoryBatch:
    """Lines and options in, files and what was reported out."""

    folder: Path
    lines: Sequence[Line]
    options: CallOptions = field(default_factory=CallOptions)
    order: Order = ORDER
    refused: dict[str, str] = field(default_factory=dict)
    reported: Counter[str] = field(default_factory=Counter)
    done: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        for start in range(0, len(self.lines), size):
            yield self.lines[start : start + size]

    def map(self, task: Callable[[Batch[CallOptions]], Result], size: int) -> Iterator[Result]:
        for lines in self.chunks(size):
            yield task(replace(self, lines=lines))

    def ordered(self, key: Callable[[Line], str]) -> Batch[CallOptions]:
        return replace(self, lines=sorted(self.lines, key=key))

    @property
    def state(self) -> StateStore:
        raise AssertionError  # the format keeps nothing

    def open(
        self, name: str, encoding: str = "utf-8", newline: str | None = None
    ) -> AbstractContextManager[TextIO]:
        return cast("TextIO", (self.folder / name).open("x", encoding=encoding, newline=newline))

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        return cast("BinaryIO", (self.folder / name).open("xb"))

    def path(self, name: str) -> Path:
        return self.folder / name

    def refuse(self, line: Line, reason: str) -> None:
        self.refused[line.code] = reason

    def report(self, code: str, count: int = 1) -> None:
        self.reported[code] += count

    def progress(self, lines: int) -> None:
        self.done += lines


def code_of(number: int) -> LineCode:
    """Make a line code's shape from a number; the check character is not computed."""
    digits = "".join(_CROCKFORD[(number * 2_654_435_761 >> shift) % 32] for shift in range(0, 50, 5))
    return LineCode(f"G{digits}{_CROCKFORD[number % 32]}")


def line(number: int = 0, **fields: object) -> Line:
    """Make a synthetic line with a number that no one has."""
    given: dict[str, object] = {
        "name": "見本　太郎",
        "kana": "ミホン　タロウ",
        "phones": (f"+8133460{number % 10_000:04d}",),
        "address": ADDRESS,
        **fields,
    }
    return Line(code=code_of(number), **given)  # type: ignore[arg-type]


def write(folder: Path, lines: Sequence[Line], **options: object) -> MemoryBatch:
    """Write lines by a profile; the files are read back as the gateway does, and the codes compared."""
    batch = MemoryBatch(folder=folder, lines=lines, options=CallOptions(**options))  # type: ignore[arg-type]
    proofs = Proofs()
    render(batch, proofs)
    left = [line.code for line in lines if line.code not in batch.refused]
    assert list(read_back(folder, proofs)) == left
    return batch
