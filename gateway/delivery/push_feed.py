"""The feed of a push: reads open lines and lays batches ready while the workers wait for answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from queue import Empty, Queue
from threading import Event, Lock, Semaphore
from time import sleep
from typing import NamedTuple

from sqlalchemy import Engine

from gateway.api import Line, LineCode, Parcel
from gateway.db.engine import reading
from gateway.delivery.batch import make_line
from gateway.delivery.push_rows import OpenLine, open_lines
from gateway.log.line_code import LineCodes
from gateway.log.lines import person_values

_PAGE = 1024
_LOOK = 0.1
_GIVE_WAY = 8


class Item(NamedTuple):
    """A line with its parcel; ``leaf`` stands for it in the journal."""

    number: int
    leaf: bytes
    parcel: Parcel


class Feed:
    """Batches of one run, made by one thread and taken by several."""

    def __init__(
        self,
        engine: Engine,
        *,
        serial: int,
        fields: frozenset[str],
        codes: LineCodes,
        batch: int,
        workers: int,
        prepare: Callable[[str, Line], object],
        guard: Callable[[], AbstractContextManager[None]],
        stop: Event,
    ) -> None:
        self._engine = engine
        self._serial = serial
        self._fields = fields
        self._codes = codes
        self._size = max(1, batch)
        self._workers = workers
        self._prepare = prepare
        self._guard = guard
        self._stop = stop
        self._ready: Queue[list[Item] | None] = Queue()
        self._room = Semaphore(2 * workers)  # how many batches may still be laid ready
        self._owed = 0  # batches taken, for which no new ones are being made yet
        self._lock = Lock()

    def run(self) -> None:
        """Make batches until no line is open, or the run stops."""
        try:
            for batch in self._batches():
                self._ready.put(batch)
                while not self._stop.is_set() and not self._room.acquire(timeout=_LOOK):
                    pass
        finally:
            for _worker in range(self._workers):
                self._ready.put(None)

    def take(self) -> list[Item] | None:
        """Take the next batch, or ``None`` when there is none left or the run stops."""
        while not self._stop.is_set():
            try:
                batch = self._ready.get(timeout=_LOOK)
            except Empty:
                continue
            if batch is not None:
                with self._lock:
                    self._owed += 1
            return batch
        return None

    def make_room(self) -> None:
        """Let a batch be made for each that was taken.

        Called when one is sent, and not when it is taken: a worker on its way from an answer to the next send would have
        to share the interpreter.
        """
        with self._lock:
            owed, self._owed = self._owed, 0
        if owed:
            self._room.release(owed)

    def _batches(self) -> Iterator[list[Item]]:
        size, last = self._size, -1
        waiting: list[tuple[OpenLine, LineCode]] = []
        while not self._stop.is_set():
            with reading(self._engine) as connection:
                found = open_lines(connection, self._serial, last, max(size, _PAGE))
            last = found[-1].number if found else last
            codes = self._codes.encode(self._serial, [each.number for each in found])
            waiting += zip(found, codes, strict=True)
            while len(waiting) >= size or (waiting and not found):
                yield self._items(waiting[:size])
                waiting = waiting[size:]
            if not found:
                return

    def _items(self, lines: Sequence[tuple[OpenLine, LineCode]]) -> list[Item]:
        made: list[Line] = []
        for each, code in lines:
            if not len(made) % _GIVE_WAY and self._ready.qsize() > self._workers:
                sleep(0)  # nobody waits for this batch: whoever is on its way to a call goes first
            made.append(make_line(code, person_values(each.person), self._fields))
        with self._guard():
            prepared = [
                self._prepare(each.key, line) for (each, _code), line in zip(lines, made, strict=True)
            ]
        return [
            Item(each.number, each.leaf, Parcel(key=each.key, line=line, prepared=ready))
            for (each, _code), line, ready in zip(lines, made, prepared, strict=True)
        ]
