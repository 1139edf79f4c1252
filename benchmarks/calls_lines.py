"""Lines for the benchmark of call files: ready in memory, or made anew whenever somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import overload

from gateway.api import Line, LineCode
from gateway.testing.batch import ORDER, MemoryBatch
from gateway.testing.people import synthetic_people
from gateway_calls.options import CallOptions

Names = Sequence[tuple[str, str]]
CALLS = replace(ORDER, format="calls", purpose="telemarketing")
_DISTINCT = 2000
"""Different names; more lines repeat them under other codes and numbers."""


@dataclass(kw_only=True)
class ReadyBatch(MemoryBatch[CallOptions]):
    """A batch that costs next to nothing itself, so that the writer is measured; nobody may be left out."""

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the lines in slices."""
        for start in range(0, len(self.lines), size):
            yield self.lines[start : start + size]

    def __len__(self) -> int:
        return len(self.lines)

    def refuse(self, line: Line, reason: str) -> None:
        """Let nobody be refused, or the writers would not write the same."""
        raise AssertionError(line.code, reason)

    hold = refuse


def some_names() -> Names:
    """Return names and their kana that cp932 can write; with them the writers write the same in every encoding."""
    people = ((person.name, person.kana) for person in synthetic_people(2 * _DISTINCT))
    return list(islice((each for each in people if _is_in_cp932("".join(each))), _DISTINCT))


def _is_in_cp932(text: str) -> bool:
    return text.encode("cp932", "ignore").decode("cp932") == text


@dataclass(frozen=True, slots=True)
class MadeLines(Sequence[Line]):
    """Lines that are in memory only while somebody holds them, as in a delivery that reads a page at a time.

    Each has a land line or a mobile number that no other has.
    """

    names: Names
    numbers: range

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        if isinstance(place, slice):
            return MadeLines(self.names, self.numbers[place])
        number = self.numbers[place]
        name, kana = self.names[number % len(self.names)]
        return Line(code=LineCode(f"G{number:011d}"), name=name, kana=kana, phones=(_phone(number),))


def _phone(number: int) -> str:
    spread = number * 7919 % 10_000_000
    if number % 3 == 0:
        return f"+81{(7, 8, 9)[spread % 3]}0{1 + spread % 9}{spread:07d}"
    return f"+81{(3, 6)[number % 2]}{4 + spread % 4}{spread:07d}"
