"""The Batch: the only way a plugin reaches a person. What it hands out has passed the check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np
from sqlalchemy import Engine, select

from gateway.api import Line, LineCode, Order
from gateway.db.engine import reading
from gateway.db.tables import line
from gateway.delivery.staging import safe_path
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.log.lines import person_values
from gateway.postal import split_address

_PAGE = 4096


class DeliveryBatch:
    """The cleared lines of one delivery, read from the database a page at a time (``gateway.api.Batch``)."""

    def __init__(
        self,
        engine: Engine,
        codes: LineCodes,
        *,
        serial: int,
        count: int,
        fields: frozenset[str],
        order: Order,
        options: object,
        folder: Path,
        advance: Callable[[int], None],
    ) -> None:
        """Stand for the ``count`` lines of delivery ``serial``; files go to ``folder``."""
        self._engine = engine
        self._codes = codes
        self._serial = serial
        self._count = count
        self._fields = fields
        self._order = order
        self._options = options
        self._folder = folder
        self._advance = advance
        self._handed_out: set[int] = set()
        self._refused: dict[int, str] = {}
        self.reports: Counter[str] = Counter()

    @property
    def order(self) -> Order:
        """The order being delivered."""
        return self._order

    @property
    def options(self) -> object:
        """The format's options."""
        return self._options

    @property
    def was_read(self) -> bool:
        """Whether the plugin has looked at any line."""
        return bool(self._handed_out)

    @property
    def refusals(self) -> dict[int, str]:
        """Lines that the plugin has left out, with its reasons."""
        return self._refused

    def __len__(self) -> int:
        return self._count - len(self._refused)

    def __iter__(self) -> Iterator[Line]:
        last = -1
        while True:
            with reading(self._engine) as connection:
                rows = connection.execute(
                    select(line.c.number, line.c.person)
                    .where(line.c.delivery == self._serial, line.c.number > last)
                    .order_by(line.c.number)
                    .limit(_PAGE)
                ).all()
            if not rows:
                return
            last = rows[-1].number
            wanted = [row for row in rows if row.number not in self._refused]
            codes = self._codes.encode(self._serial, [row.number for row in wanted])
            for row, code in zip(wanted, codes, strict=True):
                self._handed_out.add(row.number)
                yield self._line(code, person_values(row.person))

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the cleared lines in lists of at most ``size``."""
        remaining = iter(self)
        while chunk := list(islice(remaining, size)):
            yield chunk

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
        return safe_path(self._folder, name)

    def refuse(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery."""
        serial, number = self._codes.decode(line.code)
        if serial != self._serial or number not in self._handed_out:
            raise Refused(
                "foreign_line",
                _("a plugin refused a line that is not in this delivery"),
                hint=_("report it to its author"),
            )
        self._refused[number] = reason

    def report(self, code: str, count: int = 1) -> None:
        """Count something worth telling in the summary."""
        self.reports[code] += count

    def progress(self, lines: int) -> None:
        """Tell that ``lines`` more lines have been rendered."""
        self._advance(lines)

    def expected_numbers(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the numbers of the lines that the files must hold: handed out and not refused, in order."""
        numbers = np.fromiter(self._handed_out, dtype=np.int64, count=len(self._handed_out))
        numbers.sort()
        return numbers[
            ~np.isin(numbers, np.fromiter(self._refused, dtype=np.int64, count=len(self._refused)))
        ]

    def _line(self, code: LineCode, given: dict[str, Any]) -> Line:
        """Make a line of a person's stored values, without a detour over a person: a million pass here."""
        get = given.get
        address = None
        if "address" in self._fields:
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
