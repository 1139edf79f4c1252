"""A batch in memory that writes into a folder, for tests of formats without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar, cast

from gateway.api import Address, Batch, Line, LineCode, Order
from gateway_labels.options import LabelOptions

ORDER = Order(
    delivery="D-2026-0001",
    client="client",
    client_name="",
    format="labels",
    purpose="dm",
    created_at=datetime(2026, 4, 1, tzinfo=UTC),
)

Result = TypeVar("Result")

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class MemoryState:
    """What a format keeps, kept at once."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str:
        return self.kept.get(name, "")

    def set(self, name: str, value: str) -> None:
        self.kept[name] = value


@dataclass(kw_only=True)
class MemoryBatch:
    """Lines and options in, files and what was reported out."""

    folder: Path
    lines: Sequence[Line]
    options: LabelOptions = field(default_factory=LabelOptions)
    order: Order = ORDER
    refused: dict[str, str] = field(default_factory=dict)
    reported: Counter[str] = field(default_factory=Counter)
    state: MemoryState = field(default_factory=MemoryState)
    done: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        for start in range(0, len(self.lines), size):
            yield self.lines[start : start + size]

    def map(self, task: Callable[[Batch[LabelOptions]], Result], size: int) -> Iterator[Result]:
        for part in self.chunks(size):
            yield task(replace(self, lines=part))

    def ordered(self, key: Callable[[Line], str]) -> Batch[LabelOptions]:
        return replace(self, lines=sorted(self.lines, key=lambda line: key(line).encode()[:64]))

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

    def hold(self, line: Line, reason: str) -> None:
        raise AssertionError  # labels refuse

    def report(self, code: str, count: int = 1) -> None:
        self.reported[code] += count

    def progress(self, lines: int) -> None:
        self.done += lines


def code_of(number: int) -> LineCode:
    """Make a line code's shape from a number; the check character is not computed."""
    digits = "".join(_CROCKFORD[(number * 2_654_435_761 >> shift) % 32] for shift in range(0, 50, 5))
    return LineCode(f"G{digits}{_CROCKFORD[number % 32]}")


def address(
    after_town: str = "1丁目2番3号",
    *,
    postal_code: str = "1500002",
    head: tuple[str, str, str] = ("東京都", "渋谷区", "渋谷"),
    building: str = "",
) -> Address:
    """Make an address of a real town and invented numbers."""
    prefecture, city, town = head
    return Address(
        postal_code=postal_code,
        postal_kind="representative" if postal_code.endswith("00") else "town",
        text=f"{prefecture}{city}{town}{after_town}",
        prefecture=prefecture,
        city=city,
        town=town,
        after_town=after_town,
        building=building,
    )


def line(number: int = 0, *, name: str = "見本 太郎", **fields: object) -> Line:
    """Make a synthetic line; its address is ``address()`` unless given."""
    fields.setdefault("address", address())
    return Line(code=code_of(number), name=name, **fields)  # type: ignore[arg-type]
