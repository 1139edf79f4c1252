"""Stand between the gateway and a format: note which fields it reads and which files it names, and act in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar

from gateway.api import Batch, Line, LineCode, Order, StateStore
from gateway.plugins import Format, Manager, Registered
from gateway.testing.surroundings import Traces, watched_surroundings

Result = TypeVar("Result")
_ITEM_OF = {"phones": "phone", "emails": "email"}


@dataclass(slots=True)
class Watch:
    """What was seen of a format while it rendered; ``lines`` are those it was handed the last time.

    ``withdrawn`` are the codes of lines that it was handed before, and then no more: whose owners have opted out meanwhile.
    ``left_out`` are the reasons for which it refused or held lines.
    ``while_rendering`` is done once, after the first line has been handed out.
    """

    reads: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    withdrawn: set[LineCode] = field(default_factory=set)
    left_out: dict[LineCode, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    traces: list[Traces] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    stray: set[str] = field(default_factory=set)
    while_rendering: Callable[[], object] | None = None

    def delivered(self) -> list[Line]:
        """Return the lines that were handed out and neither refused nor held."""
        return [line for line in self.lines if line.code not in self.left_out]


class WatchingManager(Manager):
    """The plugins of a run, whose formats are watched."""

    watch: Watch | None = None

    def format(self, name: str) -> Registered[Format]:
        """Return the format of a name or alias, watched; errors as for any manager."""
        found = super().format(name)
        if self.watch is None or found.item.render is None:
            return found
        return replace(found, item=replace(found.item, render=_Watched(found.item.render, self.watch)))


@dataclass(frozen=True, slots=True)
class _Watched:
    """A format's ``render`` under watch."""

    render: Callable[[Batch[Any]], None]
    watch: Watch

    def __call__(self, batch: Batch[Any]) -> None:
        watch = self.watch
        before = {line.code for line in watch.lines}
        watch.lines = list(batch)
        watch.withdrawn |= before - {line.code for line in watch.lines}
        watch.left_out.clear()
        watch.named.clear()
        seen = WatchedBatch(batch, watch)
        with watched_surroundings() as traces:
            watch.traces.append(traces)
            self.render(seen)
        folder = batch.path("probe").parent
        watch.folders.append(folder)
        watch.stray = {
            name
            for path in folder.rglob("*")
            if path.is_file() and (name := path.relative_to(folder).as_posix()) not in watch.named
        }


class WatchedBatch:
    """A batch that notes what is asked of it (``gateway.api.Batch``)."""

    def __init__(self, batch: Batch[Any], watch: Watch) -> None:
        self._batch = batch
        self._watch = watch

    @property
    def order(self) -> Order:
        """The order being delivered."""
        return self._batch.order

    @property
    def options(self) -> Any:
        """The format's options."""
        return self._batch.options

    @property
    def state(self) -> StateStore:
        """What the format keeps from delivery to delivery."""
        return self._batch.state

    def __len__(self) -> int:
        return len(self._batch)

    def __iter__(self) -> Iterator[Line]:
        for line in self._batch:
            yield watched_line(line, self._watch.reads)
            if self._watch.while_rendering is not None:
                act, self._watch.while_rendering = self._watch.while_rendering, None
                act()

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out watched lines in lists."""
        chunk: list[Line] = []
        for line in self:
            chunk.append(line)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def map(self, task: Callable[[Batch[Any]], Result], size: int) -> Iterator[Result]:
        """Run a task on watched parts."""
        return self._batch.map(lambda part: task(WatchedBatch(part, self._watch)), size)

    def ordered(self, key: Callable[[Line], str]) -> WatchedBatch:
        """Return the batch in the order of a key; the key's reading is noted too."""
        reads = self._watch.reads
        return WatchedBatch(self._batch.ordered(lambda line: key(watched_line(line, reads))), self._watch)

    def open(
        self, name: str, encoding: str = "utf-8", newline: str | None = None
    ) -> AbstractContextManager[TextIO]:
        """Open a text file of the package."""
        self._watch.named.add(name)
        return self._batch.open(name, encoding, newline)

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a binary file of the package."""
        self._watch.named.add(name)
        return self._batch.open_binary(name)

    def path(self, name: str) -> Path:
        """Name a file of the package."""
        self._watch.named.add(name)
        return self._batch.path(name)

    def refuse(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery."""
        self._watch.left_out[line.code] = reason
        self._batch.refuse(line, reason)

    def hold(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery for somebody to decide."""
        self._watch.left_out[line.code] = reason
        self._batch.hold(line, reason)

    def report(self, code: str, count: int = 1) -> None:
        """Count something worth telling."""
        self._batch.report(code, count)

    def progress(self, lines: int) -> None:
        """Tell that lines have been rendered."""
        self._batch.progress(lines)


class _WatchedLine(Line):
    """A line that notes the items that are read of it."""

    __slots__ = ("_reads",)
    _reads: set[str]

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name in _ITEMS:
            reads = super().__getattribute__("_reads")
            if name == "attributes":
                return _WatchedAttributes(value, reads)
            reads.add(_ITEM_OF.get(name, name))
        return value


class _WatchedAttributes(Mapping[str, str]):
    """Attributes that note which of them are read."""

    def __init__(self, held: Mapping[str, str], reads: set[str]) -> None:
        self._held = held
        self._reads = reads

    def __getitem__(self, key: str) -> str:
        self._reads.add(key)
        return self._held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


_ITEMS = frozenset(each.name for each in fields(Line)) - {"code"}


def watched_line(line: Line, reads: set[str]) -> Line:
    """Return the same line, which adds to ``reads`` the items that are read of it."""
    watched = _WatchedLine(**{each.name: getattr(line, each.name) for each in fields(Line)})
    object.__setattr__(watched, "_reads", reads)
    return watched
