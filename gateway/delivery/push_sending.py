"""Sending a push: workers that release a chunk, send it, and read what became of each line.

Faults are of three kinds. Retryable (the call may not have been heard): the lines stay in doubt and are sent again,
checked again before it. Of a record: the record is dropped, or searched for by halves when the destination does not name
it. Fatal: the run stops, everything not yet answered stays as it is and is resumed later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from threading import Event, Lock
from typing import Literal

from sqlalchemy import Engine

from gateway.api import Destination, Line, Outcome, Sent, TryLater, Unacceptable
from gateway.delivery.push_answers import Answers
from gateway.delivery.push_feed import Feed, Item
from gateway.delivery.push_pace import MAX_ATTEMPTS, Pace
from gateway.delivery.push_rejections import Rejections
from gateway.delivery.push_release import Chunk, Releases
from gateway.delivery.push_rows import Answer
from gateway.errors import Failed, GatewayError, PluginFault
from gateway.i18n import _
from gateway.log.line_code import LineCodes

MOST_WORKERS = 16
_LONGEST_REASON = 200


class Sending:
    """One run over the open lines of a push."""

    def __init__(
        self,
        engine: Engine,
        destination: Destination,
        releases: Releases,
        *,
        serial: int,
        fields: frozenset[str],
        codes: LineCodes,
        pace: Pace,
        stop: Event,
        guard: Callable[[], AbstractContextManager[None]],
        require_ready: Callable[[], None],
        advance: Callable[[int], None],
    ) -> None:
        """``guard`` turns whatever the plugin raises by mistake into a ``PluginFault``.

        ``require_ready`` raises when the destination's own check finds an error.
        """
        self._destination = destination
        self._releases = releases
        self._pace = pace
        self._stop = stop
        self._guard = guard
        self._rejections = Rejections(require_ready)
        self._advance = advance
        self._lock = Lock()
        self._workers = max(1, min(destination.limits.workers, MOST_WORKERS))
        self._feed = Feed(
            engine,
            serial=serial,
            fields=fields,
            codes=codes,
            batch=destination.limits.batch,
            workers=self._workers,
            prepare=destination.prepare,
            guard=guard,
            stop=stop,
        )
        self._answers = Answers(releases.settle)
        self._fault: BaseException | None = None

    def run(self) -> None:
        """Send until nothing is open; raises what stopped it, with every answer written."""
        with ThreadPoolExecutor(self._workers + 2, thread_name_prefix="push") as pool:
            writing = pool.submit(self._answers.run, self._stop_with)
            tasks = [pool.submit(self._fill), *(pool.submit(self._work) for _place in range(self._workers))]
            try:
                self._wait(tasks)
            finally:
                self._answers.close()
        if self._fault is not None:
            raise self._fault
        writing.result()
        self._releases.settle(self._rejections.rest())

    def _wait(self, tasks: Sequence[Future[None]]) -> None:
        """Wait for the workers; an interrupt stops them, and their last answers are waited for."""
        try:
            wait(tasks)
        except BaseException:
            self._stop.set()
            wait(tasks)
            raise

    def _work(self) -> None:
        try:
            while (batch := self._feed.take()) is not None:
                self._deliver(batch)
                self._feed.make_room()
                self._advance(len(batch))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the workers
            self._stop_with(error)

    def _stop_with(self, error: BaseException) -> None:
        with self._lock:
            self._fault = self._fault or error
        self._stop.set()

    def _fill(self) -> None:
        try:
            self._feed.run()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the workers
            self._stop_with(error)

    def _deliver(self, batch: Sequence[Item]) -> None:
        """Send a batch until every line has an answer, is left in doubt, or the run stops."""
        attempts = 0
        while batch and not self._stop.is_set():
            self._pace.wait()
            if self._stop.is_set():
                break
            chunk = self._releases.release({each.number: each.leaf for each in batch})
            if len(chunk.numbers) < len(batch):
                self._take_back([each for each in batch if each.number in chunk.covered])
                batch = [each for each in batch if each.number in chunk.numbers]
            if not batch:
                break
            batch, trouble = self._try(batch, chunk)
            if trouble is not None:
                attempts += 1
                self._endure(trouble, attempts)
                if attempts >= MAX_ATTEMPTS:
                    break

    def _try(self, batch: Sequence[Item], chunk: Chunk) -> tuple[Sequence[Item], TryLater | None]:
        """Send a released batch once; returns what is still to be sent, and the trouble there was."""
        try:
            outcomes = self._send(batch, chunk)
        except TryLater as later:
            return batch, later
        except Unacceptable as fault:
            self._pace.succeeded()
            return self._sort_out(batch, fault), None
        self._pace.succeeded()
        answers, again = _read(batch, outcomes)
        self._answers.tell(self._rejections.passed(answers))
        return again, TryLater("row") if again else None

    def _sort_out(self, batch: Sequence[Item], fault: Unacceptable) -> Sequence[Item]:
        """Reject the records that the destination names, or look for them in the two halves of the batch."""
        named = [each for each in batch if each.parcel.key in fault.reasons]
        if not named and len(batch) > 1:
            half = len(batch) // 2
            self._deliver(batch[:half])
            return batch[half:]
        bad = named or batch
        numbers = {each.number for each in bad}
        answers = [_rejected(each, fault.reasons.get(each.parcel.key, fault.reason)) for each in bad]
        self._answers.tell(self._rejections.passed(answers))
        return [each for each in batch if each.number not in numbers]

    def _send(self, batch: Sequence[Item], chunk: Chunk) -> list[Outcome]:
        try:
            self._feed.make_room()
            with self._guard():
                return list(self._destination.send([each.parcel for each in batch]))
        except PluginFault:
            raise
        except GatewayError:
            # The destination has refused the call as such: what was never handed out before has not left.
            fresh = [each for each in batch if each.number in chunk.fresh]
            self._releases.settle([Answer(number=each.number, state="pending") for each in fresh])
            raise

    def _take_back(self, covered: Sequence[Item]) -> None:
        """Withdraw lines in doubt whose person has opted out since: they may be there, and must not stay."""
        if not covered:
            return
        try:
            with self._guard():
                withdrawn = self._destination.withdraw([Sent(key=each.parcel.key) for each in covered])
                outcomes = {each.key: each.outcome for each in withdrawn}
        except (TryLater, Unacceptable):
            return  # they stay in doubt
        self._releases.settle([_taken_back(each.number, outcomes.get(each.parcel.key)) for each in covered])

    def _endure(self, later: TryLater, attempt: int) -> None:
        if not self._pace.failed(attempt, later.after):
            raise Failed(
                "destination_unavailable",
                _("the destination does not answer ({reason})").format(reason=later.reason),
                hint=_("wait until it is back"),
            )


def _read(batch: Sequence[Item], outcomes: Iterable[Outcome]) -> tuple[list[Answer], list[Item]]:
    """Sort a batch into what is answered and what has to be sent again; a line without an outcome is one of these."""
    by_key = {outcome.key: outcome for outcome in outcomes}
    answers: list[Answer] = []
    again: list[Item] = []
    for item in batch:
        outcome = by_key.get(item.parcel.key)
        if outcome is None or outcome.state == "again":
            again.append(item)
        elif outcome.state == "rejected":
            answers.append(_rejected(item, outcome.reason))
        else:
            answers.append(
                Answer(
                    number=item.number,
                    state="accepted",
                    remote_id=outcome.remote_id,
                    operation=outcome.operation,
                )
            )
    return answers, again


def _taken_back(number: int, outcome: Literal["deleted", "flagged", "absent"] | None) -> Answer:
    """Say what a line in doubt was after all: what was there has been provided, for however short a time."""
    if outcome == "absent":
        return Answer(number=number, state="suppressed", reason="never_arrived", withdrawal=outcome)
    return Answer(
        number=number,
        state="accepted",
        reason="" if outcome else "not_withdrawn",
        withdrawal=outcome or "",
    )


def _rejected(item: Item, reason: str) -> Answer:
    return Answer(number=item.number, state="rejected", reason=_without_values(reason, item.parcel.line))


def _without_values(reason: str, line: Line) -> str:
    """Withhold a reason that quotes the person: destinations like to repeat what they did not like."""
    address = line.address
    values = [line.name, line.kana, line.company, line.department, line.title, line.joint_names]
    values += [*line.phones, *line.emails, *line.attributes.values()]
    if address is not None:
        values += [address.postal_code, address.text, address.after_town, address.building]
    short = " ".join(reason.split())[:_LONGEST_REASON]
    if any(len(value) > 1 and value in short for value in values):
        return "rejected (the destination's text quotes the person and is withheld)"
    return short or "rejected"
