"""The Batch: the only way a plugin reaches a person. What it hands out has passed the check."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, func, select

from gateway.api import Batch, Line, LineCode, Order
from gateway.db.engine import reading
from gateway.db.tables import line
from gateway.delivery.plugin_state import DeliveryState
from gateway.delivery.staging import safe_path
from gateway.delivery.workers import Workers, worker_engine
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.log.lines import person_values
from gateway.postal import split_address

_PAGE = 4096
_FEW = 500
_LAST = 1 << 62
_KEY = np.dtype("S64")
_KEYS_AT_ONCE = 20_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSource:
    """What a batch is made from, in this process or another: one delivery's lines with numbers in a range."""

    serial: int
    fields: frozenset[str]
    order: Order
    options: object
    first: int = 0
    last: int = _LAST
    numbers: array[int] | None = None
    """Just these lines in this order, all of them in the range; ``None`` means the range in its own order."""


@dataclass(slots=True)
class Tally:
    """What a plugin has said about lines: who stays out and why, by line number, and its own counts.

    ``left_out`` gives the outcome (``refused`` or ``held``) and the reason.
    """

    left_out: dict[int, tuple[str, str]] = field(default_factory=dict)
    reports: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take over what was said about another part."""
        self.left_out.update(other.left_out)
        self.reports.update(other.reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a batch for another process; ``task`` is a function of a plugin's module."""

    url: str
    key: bytes
    source: BatchSource
    task: Callable[[Batch[Any]], Any]


class DeliveryBatch:
    """The cleared lines of one delivery, read from the database a page at a time (``gateway.api.Batch``)."""

    def __init__(
        self,
        engine: Engine,
        codes: LineCodes,
        source: BatchSource,
        *,
        folder: Path | None,
        workers: Workers,
        advance: Callable[[int], None],
    ) -> None:
        """Stand for the lines of ``source``; files go to ``folder``, and a part without one writes none."""
        self._engine = engine
        self._codes = codes
        self._source = source
        self._folder = folder
        self._workers = workers
        self._advance = advance
        self._count = self._count_lines()
        self.tally = Tally()
        self._state = DeliveryState(engine, source.order.format, source.order.client)

    @property
    def order(self) -> Order:
        """The order being delivered."""
        return self._source.order

    @property
    def options(self) -> Any:
        """The format's options."""
        return self._source.options

    def __len__(self) -> int:
        return self._count - len(self.tally.left_out)

    def __iter__(self) -> Iterator[Line]:
        left_out, fields = self.tally.left_out, self._source.fields
        for rows in self._pages():
            wanted = [row for row in rows if row[0] not in left_out]
            codes = self._codes.encode(self._source.serial, [number for number, _person in wanted])
            for (_number, person), code in zip(wanted, codes, strict=True):
                yield make_line(code, person_values(person), fields)

    def numbers(self) -> list[int]:
        """Return the numbers of the lines that iterating hands out, in its order."""
        return [
            number for rows in self._pages() for number, _person in rows if number not in self.tally.left_out
        ]

    def ordered(self, key: Callable[[Line], str]) -> DeliveryBatch:
        """Return the same batch in the order of a key; what is refused and reported there counts here."""
        numbers, keys = np.empty(self._count, dtype=np.int64), np.empty(self._count, dtype=_KEY)
        end = 0
        for part_numbers, part_keys in self.map(_Keys(key), _KEYS_AT_ONCE):
            start, end = end, end + len(part_numbers)
            numbers[start:end], keys[start:end] = part_numbers, part_keys
        places = np.argsort(keys[:end], kind="stable")
        ordered = DeliveryBatch(
            self._engine,
            self._codes,
            replace(self._source, numbers=array("q", numbers[places].tobytes())),
            folder=self._folder,
            workers=self._workers,
            advance=self._advance,
        )
        ordered.tally, ordered._state = self.tally, self._state
        return ordered

    @property
    def state(self) -> DeliveryState:
        """What the format keeps from delivery to delivery."""
        if self._folder is None:
            raise Refused("no_state_in_parts", _("a part of a batch keeps nothing: ask the whole batch"))
        return self._state

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the cleared lines in lists of at most ``size``."""
        remaining = iter(self)
        while chunk := list(islice(remaining, size)):
            yield chunk

    def map(self, task: Callable[[Batch[Any]], Result], size: int) -> Iterator[Result]:
        """Run a task on consecutive parts of at most ``size`` lines and yield its results in order."""
        parts = ((None, part) for part in self._parts(task, size))
        run = _run_elsewhere if self._workers.parallel else self._run_here
        for _context, (result, tally) in self._workers.map(run, parts):
            self.tally.add(tally)
            yield result

    @contextmanager
    def open(self, name: str, encoding: str = "utf-8", newline: str | None = None) -> Iterator[TextIO]:
        """Open a new text file of the package; ``Refused`` outside the staging folder."""
        with self.path(name).open("x", encoding=encoding, newline=newline) as handle:
            yield handle

    @contextmanager
    def open_binary(self, name: str) -> Iterator[BinaryIO]:
        """Open a new binary file of the package."""
        with self.path(name).open("xb") as handle:
            yield handle

    def path(self, name: str) -> Path:
        """Name a file of the package for libraries that open files themselves."""
        if self._folder is None:
            raise Refused(
                "no_files_in_parts", _("a part of a batch writes no files: hand back what belongs in them")
            )
        return safe_path(self._folder, name)

    def refuse(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery."""
        self._leave_out(line, "refused", reason)

    def hold(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery for somebody to decide."""
        self._leave_out(line, "held", reason)

    def _leave_out(self, line: Line, outcome: str, reason: str) -> None:
        serial, number = self._codes.decode(line.code)
        if serial != self._source.serial or not self._source.first <= number <= self._source.last:
            raise Refused(
                "foreign_line",
                _("a plugin leaves out a line that is not in this delivery"),
                hint=_("report it to its author"),
            )
        self.tally.left_out[number] = (outcome, reason)

    def report(self, code: str, count: int = 1) -> None:
        """Count something worth telling in the summary."""
        self.tally.reports[code] += count

    def progress(self, lines: int) -> None:
        """Tell that ``lines`` more lines have been rendered."""
        self._advance(lines)

    def _pages(self) -> Iterator[Sequence[Any]]:
        """Yield number and person of the lines, a page at a time."""
        last = self._source.first - 1
        if self._source.numbers is None:
            while rows := self._page(last):
                last = rows[-1][0]
                yield rows
            return
        for start in range(0, len(self._source.numbers), _FEW):
            wanted = self._source.numbers[start : start + _FEW].tolist()
            statement = select(line.c.number, line.c.person).where(
                line.c.delivery == self._source.serial, line.c.number.in_(wanted)
            )
            with reading(self._engine) as connection:
                found = {number: (number, person) for number, person in connection.execute(statement)}
            yield [found[number] for number in wanted if number in found]

    def _page(self, after: int) -> Sequence[Any]:
        with reading(self._engine) as connection:
            return connection.execute(
                select(line.c.number, line.c.person)
                .where(
                    line.c.delivery == self._source.serial,
                    line.c.number > after,
                    line.c.number <= self._source.last,
                )
                .order_by(line.c.number)
                .limit(_PAGE)
            ).all()

    def _count_lines(self) -> int:
        if self._source.numbers is not None:
            return len(self._source.numbers)
        within = line.c.number.between(self._source.first, self._source.last)
        with reading(self._engine) as connection:
            statement = select(func.count()).where(line.c.delivery == self._source.serial, within)
            return int(connection.execute(statement).scalar_one())

    def _parts(self, task: Callable[[Batch[Any]], Any], size: int) -> Iterator[_Part]:
        """Cut the lines into parts; lines that were refused or vanished make some parts a little smaller."""
        url = self._engine.url.render_as_string(hide_password=False) if self._workers.parallel else ""
        for source in self._part_sources(size):
            yield _Part(url=url, key=self._codes.key, source=source, task=task)

    def _part_sources(self, size: int) -> Iterator[BatchSource]:
        if self._source.numbers is not None:
            for start in range(0, len(self._source.numbers), size):
                yield replace(self._source, numbers=self._source.numbers[start : start + size])
            return
        with reading(self._engine) as connection:
            within = line.c.number.between(self._source.first, self._source.last)
            statement = select(func.max(line.c.number)).where(line.c.delivery == self._source.serial, within)
            highest = connection.execute(statement).scalar()
        if highest is None:
            return
        for first in range(self._source.first, highest + 1, size):
            yield replace(self._source, first=first, last=min(first + size - 1, self._source.last))

    def _run_here(self, part: _Part) -> tuple[Any, Tally]:
        batch = DeliveryBatch(
            self._engine, self._codes, part.source, folder=None, workers=self._workers, advance=_ignore
        )
        return part.task(batch), batch.tally


@dataclass(frozen=True, slots=True)
class _Keys:
    """A task that computes the sort keys of a part's lines, with their numbers."""

    key: Callable[[Line], str]

    def __call__(self, batch: Batch[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bytes_]]:
        numbers = batch.numbers() if isinstance(batch, DeliveryBatch) else []
        keys = [self.key(line).encode("utf-8") for line in batch]
        return np.array(numbers, dtype=np.int64), np.array(keys, dtype=_KEY)


def _run_elsewhere(part: _Part) -> tuple[Any, Tally]:
    """Run a plugin's task on a part, in a worker process."""
    batch = DeliveryBatch(
        worker_engine(part.url),
        LineCodes(part.key),
        part.source,
        folder=None,
        workers=Workers(None, 1),
        advance=_ignore,
    )
    return part.task(batch), batch.tally


def _ignore(_lines: int) -> None:
    """Show nothing: the parent shows the progress of its parts."""


def make_line(code: LineCode, given: dict[str, Any], fields: frozenset[str]) -> Line:
    """Make a line of a person's stored values, without a detour over a person: a million pass here."""
    get = given.get
    address = None
    if "address" in fields:
        address = split_address(get("postal_code", ""), get("address", ""), get("building", ""))
    return Line(
        code=code,
        name=get("name", ""),
        kana=get("kana", ""),
        phones=tuple(get("phones", ())),
        emails=tuple(get("emails", ())),
        address=address,
        company=get("company", ""),
        department=get("department", ""),
        title=get("title", ""),
        joint_names=get("joint_names", ""),
        honorific=get("honorific", ""),
        attributes=get("attributes", {}),
    )
