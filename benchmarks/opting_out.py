"""Record opt-outs one after the other in a process of its own, while something else is measured."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Event as EventType
from types import TracebackType

from sqlalchemy import Connection, Engine, event

from gateway.db.engine import open_database
from gateway.suppression.opting_out import opt_out
from gateway.suppression.register import OptOutRequest
from gateway.testing.people import synthetic_people

_NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Meanwhile:
    """Opts a stranger out every so many seconds until the block ends, then prints what that took."""

    def __init__(self, url: str, every: float) -> None:
        """``every`` counts from the start of one opt-out to the start of the next; 0 stands for none at all."""
        context = get_context("spawn")
        self._stop = context.Event()
        self._process = context.Process(target=_opt_out_strangers, args=(url, every, self._stop))
        self._every = every

    def __enter__(self) -> None:
        if self._every:
            self._process.start()

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._every:
            self._stop.set()
            self._process.join()


def _opt_out_strangers(url: str, every: float, stop: EventType) -> None:
    engine = open_database(url)
    waits = _Waits(engine)
    taken: list[float] = []
    cpu = time.process_time()
    for stranger in synthetic_people(1_000_000, seed=2):
        started = time.perf_counter()
        request = OptOutRequest(person=stranger, received_on=date(2026, 11, 24))
        opt_out(engine, [request], actor="benchmark", now=_NOW)
        taken.append(time.perf_counter() - started)
        if stop.wait(max(0.0, every - taken[-1])):
            break
    engine.dispose()
    busy = (time.process_time() - cpu) / len(taken)
    print(f"{'opt-outs':<14}{len(taken):>12,}   {busy:.2f} CPU seconds each")
    print(f"{'longest':<14}{max(taken):>12.2f} s   waiting for the ledger {waits.longest:.3f} s")


class _Waits:
    """The longest time that a transaction has waited for somebody else's."""

    def __init__(self, engine: Engine) -> None:
        self.longest = 0.0
        self._started = 0.0
        # SQLite's writers wait where they begin, with a connection just taken from the pool.
        event.listen(engine, "checkout", self._start)
        event.listen(engine, "begin", self._end)

    def _start(self, *_pooled: object) -> None:
        self._started = time.perf_counter()

    def _end(self, _connection: Connection) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._started)
