"""A push: the lines of a delivery go to the client's own system in chunks, each released immediately before its send.

Until the first chunk a push fails like any delivery, and nothing has left. From then on it stops and is resumed: what was
accepted is provided, line by line; the package follows when nothing is open any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event

from sqlalchemy import Connection, Engine, select, update

from gateway.api import Destination, Order, TryLater, Unacceptable
from gateway.config import Workspace
from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger, take_number
from gateway.db.tables import acquisition, delivery, line
from gateway.delivery.attempt import Attempt, count_outcomes
from gateway.delivery.enclosing import enclose, source_accounts, write_form
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.progress import Progress
from gateway.delivery.push_destination import (
    as_failure,
    guarded,
    open_destination,
    patiently,
    require_ready,
)
from gateway.delivery.push_pace import Pace
from gateway.delivery.push_release import Releases
from gateway.delivery.push_report import write_rejected
from gateway.delivery.push_rows import (
    can_be_resumed,
    count_open,
    count_states,
    lowest_fence,
    note_document,
    plan,
    settle_the_rest,
    stored_documents,
)
from gateway.delivery.push_sending import Sending
from gateway.delivery.release import Finished, Released, Revisions, finalise
from gateway.delivery.staging import FORM, NOTE, files_in, make_staging, seal, staging_path
from gateway.documents.data import Counts
from gateway.errors import Damaged, Failed, GatewayError, Refused
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.log.lines import PUSHING, leaves_of, root
from gateway.plugins import Manager


class Push:
    """One push under way; the caller holds the delivery's lock."""

    def __init__(
        self,
        engine: Engine,
        workspace: Workspace,
        manager: Manager,
        accepted: AcceptedOrder,
        attempt: Attempt,
        order: Order,
        *,
        actor: str,
        clock: Callable[[], datetime],
        progress: Progress,
    ) -> None:
        self._engine = engine
        self._workspace = workspace
        self._manager = manager
        self._accepted = accepted
        self._attempt = attempt
        self._order = order
        self._actor = actor
        self._clock = clock
        self._progress = progress
        self._resumed = False
        self.finished: Finished
        self.reports: Counter[str] = Counter()

    def rehearse(self) -> None:
        """Ask the destination whether it is ready; nobody is sent."""
        with self._destination() as destination:
            require_ready(self._accepted, destination)

    def start(self, fence: int, asked: Revisions) -> Released:
        """Plan every line, send them chunk by chunk, and release the delivery when nothing is open any more."""
        with self._destination() as destination:
            require_ready(self._accepted, destination)
            folder = make_staging(self._workspace.outbox, self._attempt.id)
            write_form(folder, self._accepted, self._order, provider=self._workspace.config.provider)
            self._attach(destination, folder / FORM)
            plan(self._engine, self._attempt.serial, self._accepted.client.id, fence)
            with writing(self._engine) as connection:
                lock_ledger(connection)
                connection.execute(
                    update(delivery)
                    .where(delivery.c.serial == self._attempt.serial)
                    .values(state=PUSHING, fence=fence)
                )
            return self._run(destination, fence, asked)

    def go_on(self, fence: int) -> Released:
        """Send what is still open, with the documents if those were not taken yet, and release the delivery."""
        self._resumed = True
        with self._destination() as destination:
            try:
                require_ready(self._accepted, destination)
                folder = staging_path(self._workspace.outbox, self._attempt.id)
                if not (folder / FORM).is_file():
                    folder = make_staging(self._workspace.outbox, self._attempt.id)
                    write_form(folder, self._accepted, self._order, provider=self._workspace.config.provider)
                self._attach(destination, folder / FORM)
            except GatewayError as error:
                raise self._stopped(error) from error
            return self._run(destination, fence, None)

    def _run(self, destination: Destination, fence: int, asked: Revisions | None) -> Released:
        try:
            self._send(destination, fence, asked)
            with reading(self._engine) as connection:
                left = count_open(connection, self._attempt.serial)
            if left:
                raise Failed(
                    "no_answer",
                    _("{count} lines have no answer yet").format(count=left),
                )
            return self._finish(destination)
        except GatewayError as error:
            with reading(self._engine) as connection:
                resumable = can_be_resumed(connection, self._attempt.serial, resumed=self._resumed)
            if not resumable:
                raise
            raise self._stopped(error) from error

    def _send(self, destination: Destination, fence: int, asked: Revisions | None) -> None:
        """Send all open lines."""
        stop = Event()
        with reading(self._engine) as connection:
            codes = LineCodes.of(connection)
            total = count_open(connection, self._attempt.serial)
        with guarded(self._accepted.format):
            destination.expect(total)
        releases = Releases(
            self._engine,
            self._manager,
            self._accepted,
            self._attempt,
            self._order,
            fence=fence,
            asked=asked,
            actor=self._actor,
            clock=self._clock,
        )
        with closing(releases), self._progress(_("pushing"), total) as advance:
            sending = Sending(
                self._engine,
                destination,
                releases,
                serial=self._attempt.serial,
                fields=self._accepted.fields,
                codes=codes,
                pace=Pace(destination.limits, stop),
                stop=stop,
                guard=lambda: guarded(self._accepted.format),
                require_ready=lambda: require_ready(self._accepted, destination),
                advance=advance,
            )
            sending.run()

    def _finish(self, destination: Destination) -> Released:
        """Close the rows, put the package together, and release: nothing new leaves, so nothing is checked again."""
        serial = self._attempt.serial
        with writing(self._engine) as connection:
            lock_ledger(connection)
            settle_the_rest(connection, serial)
        with reading(self._engine) as connection:
            counts = count_outcomes(connection, serial)
            self.reports = _reported(count_states(connection, serial))
            accounts = source_accounts(connection, _sources(connection, serial))
            leaves = root(leaves_of(connection, serial))
            fence = lowest_fence(connection, serial)
        write_rejected(self._engine, self._workspace.reports, serial, self._attempt.id)
        if not counts["delivered"]:
            raise self._nobody_accepted()
        parts = {name: counts[name] for name in ("suppressed", "held", "refused", "delivered")}
        totals = Counts(requested=sum(parts.values()), **parts)
        folder = make_staging(self._workspace.outbox, self._attempt.id)
        enclose(
            folder,
            self._manager,
            self._accepted,
            self._order,
            provider=self._workspace.config.provider,
            files=(),
            counts=totals,
            sources=accounts,
            intent_hash=self._attempt.intent_hash,
        )
        self._attach(destination, folder / NOTE)
        self.finished = Finished(
            fence=fence,
            folder=folder,
            files=seal(folder, files_in(folder)),
            counts=totals,
            root=leaves,
            vanished=frozenset(),
            revisions={},
            reports=self.reports,
        )
        now = self._clock()
        with writing(self._engine) as connection:
            return finalise(
                connection,
                self._accepted,
                self._attempt,
                self._order,
                self.finished,
                take_number(connection),
                fence=fence,
                actor=self._actor,
                now=now,
            )

    def _attach(self, destination: Destination, path: Path) -> None:
        """Hand a document to the destination, once."""
        with reading(self._engine) as connection:
            if path.name in stored_documents(connection, self._attempt.serial):
                return
        try:
            remote_id = patiently(self._accepted.format, lambda: destination.attach(path))
        except (TryLater, Unacceptable) as signal:
            raise as_failure(signal) from signal
        if remote_id:
            note_document(self._engine, self._attempt.serial, path.name, remote_id)

    @contextmanager
    def _destination(self) -> Iterator[Destination]:
        with closing(open_destination(self._accepted, self._order)) as destination:
            yield destination

    def _nobody_accepted(self) -> Refused:
        if not self.reports["rejected"]:
            return Refused(
                "nobody_left",
                _("nobody is left to deliver"),
                hint=_("their lists were dropped, or they have opted out; nothing was released"),
            )
        return Refused(
            "all_rejected",
            _("the destination has accepted nobody"),
            hint=_("see {path}").format(path=self._workspace.reports / self._attempt.id / "rejected.csv"),
        )

    def _stopped(self, error: GatewayError) -> Damaged:
        """Say what has stopped the push and how to go on; what was rejected so far can be read already."""
        with reading(self._engine) as connection:
            states = count_states(connection, self._attempt.serial)
        if states["rejected"]:
            write_rejected(self._engine, self._workspace.reports, self._attempt.serial, self._attempt.id)
        advice = _("go on with: gateway deliver --resume {id}").format(id=self._attempt.id)
        return Damaged(
            "push_stopped",
            _("the push {id} stopped after {accepted} lines, {left} are left: {reason}").format(
                id=self._attempt.id,
                accepted=states["accepted"],
                left=states["pending"] + states["in_doubt"],
                reason=error.message,
            ),
            hint=f"{error.hint}; {advice}" if error.hint else advice,
        )


def rehearsed(outbox: Path, delivery_id: str, fence: int, counts: Counts) -> Finished:
    """Return what a rehearsal would have released; there are no files yet."""
    return Finished(
        fence=fence,
        folder=staging_path(outbox, delivery_id),
        files=(),
        counts=counts,
        root="",
        vanished=frozenset(),
        revisions={},
    )


def _reported(states: Counter[str]) -> Counter[str]:
    """Tell what only pushes have: insertions, updates, and what the destination did not take."""
    return Counter({name: states[name] for name in ("inserted", "updated", "rejected") if states[name]})


def _sources(connection: Connection, serial: int) -> set[str]:
    """Return the sources of a delivery's lines."""
    statement = (
        select(acquisition.c.source_id)
        .join_from(line, acquisition, line.c.acquisition_id == acquisition.c.id)
        .where(line.c.delivery == serial)
        .distinct()
    )
    return set(connection.execute(statement).scalars())
