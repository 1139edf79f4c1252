"""Where partitioned work runs: in this process, in processes of this machine, or where a plugin's executor takes it.

A task gets ids and numbers, never rows: a worker reads its part from the database and hands back what it made. The
last check and the release stay in the parent.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import get_context
from typing import TypeVar

from sqlalchemy import Engine

from gateway.db.engine import make_engine
from gateway.errors import Failed, Refused
from gateway.i18n import _
from gateway.plugins import Manager, blame

Context = TypeVar("Context")
Task = TypeVar("Task")
Result = TypeVar("Result")

WORTH_WORKERS = 50_000
"""Below so many lines starting processes takes longer than they save."""
MOST_BY_DEFAULT = 2


class Workers:
    """Runs tasks in order, with at most a few waiting, so that memory stays flat."""

    def __init__(self, executor: Executor | None, count: int) -> None:
        self._executor = executor
        self._count = count

    @property
    def parallel(self) -> bool:
        """Whether tasks leave this process."""
        return self._executor is not None

    def map(
        self, run: Callable[[Task], Result], tasks: Iterable[tuple[Context, Task]]
    ) -> Iterator[tuple[Context, Result]]:
        """Yield each task's context, which stays here, with its result, in the order of the tasks."""
        if self._executor is None:
            for context, task in tasks:
                yield context, run(task)
            return
        waiting: deque[tuple[Context, Future[Result]]] = deque()
        try:
            with _alive():
                for context, task in tasks:
                    waiting.append((context, self._executor.submit(run, task)))
                    if len(waiting) > 2 * self._count:
                        first, future = waiting.popleft()
                        yield first, future.result()
                while waiting:
                    first, future = waiting.popleft()
                    yield first, future.result()
        finally:
            for _context, future in waiting:
                future.cancel()

    def start(self, run: Callable[[Task], Result], task: Task) -> Callable[[], Result]:
        """Start a task beside what happens here; return what waits for its result. Without workers it runs only then."""
        if self._executor is None:
            return partial(run, task)
        with _alive():
            future = self._executor.submit(run, task)

        def result() -> Result:
            with _alive():
                return future.result()

        return result


@contextmanager
def _alive() -> Iterator[None]:
    try:
        yield
    except BrokenExecutor as error:
        raise Failed(
            "worker_died",
            _("a worker process of the delivery died"),
            hint=_("there may be too little memory; try --jobs 1"),
        ) from error


@contextmanager
def open_workers(
    engine: Engine, manager: Manager, *, jobs: int, executor_url: str, lines: int
) -> Iterator[Workers]:
    """Open what ``--jobs`` and ``--executor`` ask for; ``jobs=0`` decides by the number of lines and cores."""
    if executor_url:
        if engine.dialect.name == "sqlite":
            raise Refused(
                "executor_needs_postgresql",
                _("workers on other machines cannot read a SQLite file"),
                hint=_("use --jobs, or move the workspace to PostgreSQL"),
            )
        registered = manager.executor(executor_url)
        with blame(registered.plugin, registered.item.scheme):
            executor = registered.item.open(executor_url)
        with executor:
            yield Workers(executor, max(jobs, MOST_BY_DEFAULT))
        return
    if not jobs:
        jobs = min(os.cpu_count() or 1, MOST_BY_DEFAULT) if lines >= WORTH_WORKERS else 1
    if jobs == 1:
        yield Workers(None, 1)
        return
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin) as pool:
            yield Workers(pool, jobs)
    except OSError as error:
        raise Failed(
            "no_workers",
            _("worker processes cannot be started ({reason})").format(reason=error.strerror),
            hint=_("try --jobs 1"),
        ) from error


@cache
def worker_engine(url: str) -> Engine:
    """Return a worker's own engine, kept for its next task."""
    return make_engine(url)


def _begin() -> None:
    """Prepare a worker process as the command line prepares the parent."""
    import gc

    gc.set_threshold(100_000, 50, 100)
