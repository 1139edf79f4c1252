"""Release of a push's chunk: a short ledger transaction of its own, immediately before every send.

It checks everything recorded above the lines' fence against the lines it is about to hand out, and sets these to
``in_doubt`` with the new fence. Nothing leaves unchecked, and whoever opts out while a call is made is found to be in doubt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, exists, func, select, update

from gateway.api import Order
from gateway.db.bulk import bulk_update
from gateway.db.clock import legal_date
from gateway.db.engine import Writer
from gateway.db.ledger import take_number
from gateway.db.tables import journal, line, push_line
from gateway.delivery.attempt import Attempt, drop_lines
from gateway.delivery.orders import AcceptedOrder, require_refusals_heard
from gateway.delivery.push_rows import OPEN, Answer, settle
from gateway.delivery.recheck import Outcomes, covered_lines, line_candidates
from gateway.delivery.release import Revisions, require_unchanged, revisions
from gateway.delivery.steady_lists import SteadyLists
from gateway.log.journal import Entry, append
from gateway.plugins import Manager

CHUNK = "push"
"""The kind of a chunk's entry in the journal; nothing that bars a person bears it."""


# Built once: a push runs them before every call, and putting a statement together takes longer than running it.
_IN_BOUNDS = (
    push_line.c.delivery == bindparam("of"),
    push_line.c.number.between(bindparam("first"), bindparam("last")),
)
_FRESH_ONES = (*_IN_BOUNDS, push_line.c.state == "pending")
_ROWS = (
    select(push_line.c.number, push_line.c.state, push_line.c.fence, push_line.c.attempts)
    .join_from(
        push_line, line, (line.c.delivery == push_line.c.delivery) & (line.c.number == push_line.c.number)
    )
    .where(*_IN_BOUNDS, push_line.c.state.in_(OPEN))
    .order_by(push_line.c.number)
)
_WAITING = select(func.count()).where(
    *_FRESH_ONES,
    exists().where(line.c.delivery == push_line.c.delivery, line.c.number == push_line.c.number),
)
_HAND_OUT = (
    update(push_line)
    .where(*_FRESH_ONES, _WAITING.correlate(None).scalar_subquery() == bindparam("lines"))
    .values(state="in_doubt", fence=bindparam("at"), attempts=push_line.c.attempts + 1)
)
_LAST_DISTURBANCE = select(func.max(journal.c.number)).where(
    journal.c.number > bindparam("after"), journal.c.kind != CHUNK
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What may be sent: line numbers, those of them that were never handed out before, and those to be taken back.

    ``covered`` lines are in doubt, and their person may not be provided any more: the destination may hold them.
    """

    numbers: frozenset[int]
    fresh: frozenset[int]
    covered: frozenset[int]


class Releases:
    """Releases the chunks of one push; called from several threads, one transaction at a time."""

    def __init__(
        self,
        engine: Engine,
        manager: Manager,
        accepted: AcceptedOrder,
        attempt: Attempt,
        order: Order,
        *,
        fence: int,
        asked: Revisions | None,
        actor: str,
        clock: Callable[[], datetime],
    ) -> None:
        """Start at the lowest fence of the lines; ``asked`` are the suppressors' revisions they were asked at."""
        self._writer = Writer(engine)
        self._manager = manager
        self._accepted = accepted
        self._attempt = attempt
        self._lists = SteadyLists(order.client_lists) if order.client_lists else None
        self._order = replace(order, client_lists=self._lists)
        self._asked = asked
        self._actor = actor
        self._clock = clock
        self._mutex = Lock()
        self._fence = fence
        self._looked_upto = fence
        self._disturbed = fence  # the last ledger number taken by anything but a push
        self._allowed_at: tuple[date, int] | None = None
        self._last: Entry | None = None

    def release(self, wanted: Mapping[int, bytes]) -> Chunk:
        """Release those of the ``wanted`` lines (number → leaf) that may leave now.

        Raises ``Refused`` when pledge, filing or lists no longer allow the delivery.
        """
        now = self._clock()
        with self._mutex:
            with self._writer.writing() as connection:
                chunk, entry = self._release(connection, take_number(connection), wanted, now)
            self._last = entry
            return chunk

    def settle(self, answers: Sequence[Answer]) -> None:
        """Write what became of lines, in a transaction of its own."""
        if answers:
            with self._mutex, self._writer.writing() as connection:
                settle(connection, self._attempt.serial, answers)

    def close(self) -> None:
        """Give the connection back."""
        self._writer.close()

    def _release(
        self, connection: Connection, number: int, wanted: Mapping[int, bytes], now: datetime
    ) -> tuple[Chunk, Entry]:
        if self._last is None or self._last.number != number - 1:
            self._look(connection, number)
        self._require_allowed(connection, now)
        news = self._suppressors_have_news()
        chunk = None
        if self._disturbed <= self._fence and not news:
            chunk = self._release_all(connection, number, wanted)
        if chunk is None:
            chunk = self._release_clear(connection, number, wanted, news=news)
        digest = hashlib.sha256(b"".join(wanted[each] for each in sorted(chunk.numbers))).hexdigest()
        content = {"delivery": self._attempt.id, "lines": len(chunk.numbers), "root": digest}
        entry = append(connection, number, CHUNK, content, actor=self._actor, now=now, last=self._last)
        return chunk, entry

    def _release_all(self, connection: Connection, number: int, wanted: Mapping[int, bytes]) -> Chunk | None:
        """Release lines above whose fence nothing but pushes was recorded; ``None`` where they must be looked at.

        Their numbers follow on each other, all of them are still there, and none was handed out before.
        """
        numbers = frozenset(wanted)
        first, last = min(numbers), max(numbers)
        if last - first + 1 != len(numbers):
            return None
        bounds = {
            "of": self._attempt.serial,
            "first": first,
            "last": last,
            "lines": len(numbers),
            "at": number,
        }
        if connection.execute(_HAND_OUT, bounds).rowcount != len(numbers):
            return None
        return Chunk(numbers=numbers, fresh=numbers, covered=frozenset())

    def _release_clear(
        self, connection: Connection, number: int, wanted: Mapping[int, bytes], *, news: bool
    ) -> Chunk:
        """Release the lines that nothing recorded above their fence speaks against; drop the others."""
        rows = self._rows(connection, wanted)
        barred = self._barred(connection, rows, number, news=news) if rows else {}
        gone = {
            row.number: barred[row.number] for row in rows if row.number in barred and row.state == "pending"
        }
        if gone:
            drop_lines(connection, self._attempt.serial, gone)
            settle(
                connection,
                self._attempt.serial,
                [Answer(number=each, state="suppressed", reason=found[1]) for each, found in gone.items()],
            )
        clear = [row for row in rows if row.number not in barred]
        self._hand_out(connection, number, clear)
        return Chunk(
            numbers=frozenset(row.number for row in clear),
            fresh=frozenset(row.number for row in clear if row.state == "pending"),
            covered=frozenset(row.number for row in rows if row.number in barred) - gone.keys(),
        )

    def _look(self, connection: Connection, number: int) -> None:
        """Note whether anything but pushes has been recorded since the last look; each entry is looked at once.

        Where this push took the last number itself, there is nothing to look at.
        """
        if self._lists:
            self._lists.forget()
        found = connection.execute(_LAST_DISTURBANCE, {"after": self._looked_upto}).scalar()
        self._disturbed = max(self._disturbed, found or 0)
        self._looked_upto = number - 1

    def _require_allowed(self, connection: Connection, now: datetime) -> None:
        """Ask again for pledge, filing and lists when the day or anything recorded could have changed the answer."""
        at = (legal_date(now), self._disturbed)
        if at != self._allowed_at:
            require_unchanged(connection, self._accepted, self._attempt, now)
            client, product = self._accepted.client.id, self._accepted.request.product
            require_refusals_heard(connection, self._manager, client, product)
            self._allowed_at = at

    def _suppressors_have_news(self) -> bool:
        """Ask every suppressor whether it knows more than at the order; one that cannot tell may always."""
        now = revisions(self._manager, self._order)
        return now != self._asked or None in now.values()

    def _rows(self, connection: Connection, wanted: Collection[int]) -> Sequence[Any]:
        """Read the rows of lines that still exist and are still to be sent."""
        bounds = {"of": self._attempt.serial, "first": min(wanted), "last": max(wanted)}
        return [row for row in connection.execute(_ROWS, bounds).all() if row[0] in wanted]

    def _barred(self, connection: Connection, rows: Sequence[Any], number: int, *, news: bool) -> Outcomes:
        """Find what was recorded above the lines' fence against them, and what suppressors say now."""
        serial, above = self._attempt.serial, min(row.fence for row in rows)
        numbers = [row.number for row in rows]
        barred: Outcomes = {}
        if self._disturbed > above:
            barred = covered_lines(
                connection, serial, self._accepted.purpose, above=above, upto=number, only=numbers
            )
        if news:
            for candidates in line_candidates(connection, serial, numbers):
                for found in self._manager.objections(candidates, self._order):
                    outcome = "suppressed" if found.verdict == "suppress" else "held"
                    barred.setdefault(found.ref, (outcome, found.rule, None))
        return barred

    def _hand_out(self, connection: Connection, number: int, clear: Sequence[Any]) -> None:
        bulk_update(
            connection,
            push_line,
            ("state", "fence", "attempts"),
            ("delivery", "number"),
            [("in_doubt", number, row.attempts + 1, self._attempt.serial, row.number) for row in clear],
        )
