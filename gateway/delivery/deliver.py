"""The delivery, step by step: order, intent, screening, rendering, enclosing, re-reading, release, publication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic

from sqlalchemy import Engine, update

from gateway.acquisition.rekeying import renew_keys
from gateway.api import Order
from gateway.config import Workspace
from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger
from gateway.db.locks import hold_lock
from gateway.db.tables import delivery
from gateway.delivery.attempt import Attempt, begin, count_outcomes, drop_lines, fail, is_released, lock_name
from gateway.delivery.batch import BatchSource, DeliveryBatch
from gateway.delivery.clearing import Cleared, clear, require_known_columns
from gateway.delivery.enclosing import enclose, plugin_order, source_accounts
from gateway.delivery.orders import AcceptedOrder, OrderRequest, accept
from gateway.delivery.push import Push, rehearsed
from gateway.delivery.push_resume import stopped_push, take_up
from gateway.delivery.recheck import vanished_lines
from gateway.delivery.recovery import recover
from gateway.delivery.release import Finished, Overtaken, Released, Revisions, release, revisions
from gateway.delivery.reports import write_report
from gateway.delivery.rereading import require_same_lines
from gateway.delivery.staging import (
    CORE_FILES,
    files_in,
    make_staging,
    publish,
    remove_staging,
    require_reports,
    require_writable,
    seal,
)
from gateway.delivery.workers import Workers, open_workers
from gateway.documents.data import Counts
from gateway.errors import Damaged, Failed, GatewayError, Refused
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.log.lines import leaves_of, root
from gateway.plugins import Manager, blame
from gateway.suppression.erasure import act_on_opt_outs, open_hold
from gateway.suppression.key_pages import count_records, line_numbers

MAX_REBUILDS = 5
"""How often a delivery is put together anew because opt-outs overtook it."""

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""``progress(step, total)`` shows one step; it yields a function that takes how much more has been done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """What came of an order; ``package`` is empty in a rehearsal. ``reports`` are the plugin's own counts."""

    id: str
    client: str
    format: str
    purpose: str
    fence: int
    counts: Counts
    package: str
    files: tuple[str, ...]
    seconds: float
    reports: Counter[str] = field(default_factory=Counter)


def no_progress(_step: str, _total: int) -> AbstractContextManager[Callable[[int], None]]:
    """Show nothing."""
    return nullcontext(lambda _done: None)


def deliver(
    engine: Engine,
    workspace: Workspace,
    manager: Manager,
    request: OrderRequest,
    *,
    actor: str,
    clock: Callable[[], datetime],
    progress: Progress = no_progress,
) -> DeliveryResult:
    """Deliver an order, or release nothing and say why.

    Raises ``WrongUsage`` for unknown names, ``Refused`` for whatever a rule forbids, ``Failed`` for the surroundings
    and ``PluginFault`` for a plugin; after any of them nothing has left. ``Damaged`` (``unpublished``) means that the
    delivery is released but could not be put in place.
    """
    started = monotonic()
    renew_keys(engine, actor=actor, now=clock(), progress=progress)
    act_on_opt_outs(engine, actor=actor, now=clock())
    recover(engine, workspace, actor=actor, now=clock())
    with reading(engine) as connection:
        accepted = accept(connection, manager, workspace.config, request, now=clock())
        require_known_columns(connection, tuple(accepted.lists), request.where)
        total = sum(count_records(connection, list_id) for list_id in accepted.lists)
    require_writable(workspace.outbox)
    require_reports(workspace.reports)
    with ExitStack() as stack:
        created = clock()
        with writing(engine) as connection:
            attempt = begin(connection, accepted, actor=actor, now=created)
            # Taken before the row is committed, so that nobody takes the delivery for an abandoned one.
            if not stack.enter_context(hold_lock(engine, lock_name(attempt.serial))):
                raise Failed(
                    "delivery_busy", _("another process works on the same delivery"), hint=_("try again")
                )
        order = plugin_order(accepted, attempt.id, created, engine)
        run = _Run(engine, workspace, manager, accepted, attempt, order, actor, clock, progress, total)
        try:
            with open_workers(
                engine, manager, jobs=request.jobs, executor_url=request.executor, lines=total
            ) as run.workers:
                released = run.to_release()
        except BaseException as error:
            # What a push has handed out stays recorded, and the rest is resumed. An interrupt that came just after the
            # release cannot undo it: the delivery is recovered like one whose process has died.
            if not run.push.has_left() and not is_released(engine, attempt.serial):
                run.give_up(error)
            raise
        if released is None:
            return run.result(monotonic() - started)
        run.publish()
        return run.result(monotonic() - started)


def resume(
    engine: Engine,
    workspace: Workspace,
    manager: Manager,
    identifier: str,
    *,
    actor: str,
    clock: Callable[[], datetime],
    progress: Progress = no_progress,
) -> DeliveryResult:
    """Go on with a push that has stopped, under the order it was given; every line left is checked again.

    Raises ``WrongUsage`` when there is nothing to go on with, ``Refused`` when client, pledge or filing no longer allow
    it, ``Damaged`` (``push_stopped``) when it stops once more.
    """
    started = monotonic()
    act_on_opt_outs(engine, actor=actor, now=clock())
    recover(engine, workspace, actor=actor, now=clock())
    require_writable(workspace.outbox)
    require_reports(workspace.reports)
    with reading(engine) as connection:
        serial = stopped_push(connection, identifier)
    with hold_lock(engine, lock_name(serial)) as taken:
        if not taken:
            raise Failed(
                "delivery_busy", _("another process works on the same delivery"), hint=_("try again")
            )
        stopped = take_up(engine, manager, workspace.config, serial, actor=actor, now=clock())
        order = plugin_order(stopped.accepted, stopped.attempt.id, stopped.created_at, engine)
        run = _Run(
            engine, workspace, manager, stopped.accepted, stopped.attempt, order, actor, clock, progress, 0
        )
        run.cleared = Cleared(fence=stopped.fence)
        run.go_on()
        run.publish()
        return run.result(monotonic() - started)


class _Run:
    """One delivery under way; holds what its steps hand on to each other."""

    def __init__(
        self,
        engine: Engine,
        workspace: Workspace,
        manager: Manager,
        accepted: AcceptedOrder,
        attempt: Attempt,
        order: Order,
        actor: str,
        clock: Callable[[], datetime],
        progress: Progress,
        total: int,
    ) -> None:
        self.total = total
        self.workers: Workers
        self.engine = engine
        self.workspace = workspace
        self.manager = manager
        self.accepted = accepted
        self.attempt = attempt
        self.order = order
        self.actor = actor
        self.clock = clock
        self.progress = progress
        self.push = Push(
            engine, workspace, manager, accepted, attempt, order, actor=actor, clock=clock, progress=progress
        )
        self.fence = 0
        self.cleared: Cleared
        self.finished: Finished
        self.package = ""
        self.reports: Counter[str] = Counter()

    def to_release(self) -> Released | None:
        """Do everything up to the release, anew while opt-outs overtake it; ``None`` in a rehearsal."""
        asked: Revisions = revisions(
            self.manager, self.order
        )  # before screening, so that no change after it is missed
        self.cleared = self._clear()
        self.fence = self.cleared.fence
        self._require_no_veto()
        if self.accepted.format.item.push is not None:
            return self._start_push(asked)
        for _attempt in range(MAX_REBUILDS + 1):
            try:
                self.finished = self._build(asked)
                if self.accepted.request.dry_run:
                    self._close_rehearsal()
                    return None
                released = release(
                    self.engine,
                    self.manager,
                    self.accepted,
                    self.attempt,
                    self.order,
                    self.finished,
                    actor=self.actor,
                    now=self.clock(),
                )
            except Overtaken as overtaken:
                asked = overtaken.revisions or asked
                self._leave_out(overtaken)
            else:
                self.fence = released.fence
                return released
        raise Refused(
            "overtaken",
            _("opt-outs kept arriving while the delivery was being made"),
            hint=_("try again; nothing was released"),
        )

    def go_on(self) -> None:
        """Send what a stopped push has left, up to the release."""
        self._note_push(self.push.go_on(self.cleared.fence))

    def _start_push(self, asked: Revisions) -> Released | None:
        if self.accepted.request.dry_run:
            with reading(self.engine) as connection:
                counts = count_outcomes(connection, self.attempt.serial)
            self.finished = rehearsed(self.workspace.outbox, self.attempt.id, self.fence, _totals(counts))
            self.push.rehearse()
            self._close_rehearsal()
            return None
        self._open_holds()
        released = self.push.start(self.fence, asked)
        self._note_push(released)
        return released

    def _note_push(self, released: Released) -> None:
        self.finished = self.push.finished
        self.reports = self.push.reports
        self.fence = released.fence

    def publish(self) -> None:
        """Put a released delivery in place, write the report of what was left out, tell the observers."""
        try:
            self.package = str(publish(self.workspace.outbox, self.attempt.id))
            with writing(self.engine) as connection:
                connection.execute(
                    update(delivery).where(delivery.c.serial == self.attempt.serial).values(state="published")
                )
        except (OSError, GatewayError) as error:
            raise Damaged(
                "unpublished",
                _("the delivery {id} is released but its package is not in place").format(id=self.attempt.id),
                hint=_("run: gateway doctor --repair"),
            ) from error
        try:
            self._open_holds()
            write_report(self.engine, self.workspace.reports, self.attempt.serial, self.attempt.id)
        except (OSError, GatewayError) as error:
            raise Damaged(
                "unreported",
                _(
                    "the delivery {id} is released and in place, but not the report of what it left out"
                ).format(id=self.attempt.id),
                hint=_("check the space left and the folder of reports; do not deliver again"),
            ) from error
        self.manager.notify_released(self.order)

    def give_up(self, error: BaseException) -> None:
        """Remove everything that was made; nothing has left."""
        remove_staging(self.workspace.outbox, self.attempt.id)
        code = error.code if isinstance(error, GatewayError) else type(error).__name__
        fail(self.engine, self.attempt, code, actor=self.actor, now=self.clock())
        if not self.accepted.request.dry_run:
            self.manager.notify_failed(self.order, code)

    def result(self, seconds: float) -> DeliveryResult:
        """Say what came of the order."""
        return DeliveryResult(
            id="" if self.accepted.request.dry_run else self.attempt.id,
            client=self.accepted.client.id,
            format=self.accepted.format.item.name,
            purpose=self.accepted.purpose,
            fence=self.fence,
            counts=self.finished.counts,
            package=self.package,
            files=tuple(each.name for each in self.finished.files),
            seconds=seconds,
            reports=self.reports,
        )

    def _clear(self) -> Cleared:
        with self.progress(_("screening"), self.total) as advance:
            cleared = clear(
                self.engine,
                self.manager,
                self.accepted,
                self.order,
                serial=self.attempt.serial,
                salt=self.attempt.salt,
                workers=self.workers,
                advance=advance,
            )
        with writing(self.engine) as connection:
            connection.execute(
                update(delivery).where(delivery.c.serial == self.attempt.serial).values(state="screened")
            )
        if not cleared.counts["cleared"]:
            raise _nobody_left(cleared.counts)
        return cleared

    def _require_no_veto(self) -> None:
        for refusal in self.manager.vetoes(self.order):
            raise Refused(
                refusal.code,
                _("a plugin refuses the delivery: {message}").format(message=refusal.message),
                hint=_("nothing was released"),
            )

    def _build(self, asked: Revisions) -> Finished:
        """Render, enclose and re-read into a fresh staging folder."""
        folder = make_staging(self.workspace.outbox, self.attempt.id)
        with reading(self.engine) as connection:
            counts = count_outcomes(connection, self.attempt.serial)
            vanished = vanished_lines(connection, self.attempt.serial)
            codes = LineCodes.of(connection)
        if not counts["delivered"]:
            raise _nobody_left(counts)
        batch = self._render(folder, codes, counts["delivered"])
        self.reports = batch.tally.reports
        self._apply_refusals(batch, vanished)
        with reading(self.engine) as connection:
            counts = count_outcomes(connection, self.attempt.serial)
            numbers = line_numbers(connection, self.attempt.serial)
            if not counts["delivered"]:
                raise _nobody_left(counts)
            accounts = source_accounts(connection, self.cleared.sources)
            leaves = root(leaves_of(connection, self.attempt.serial))
            # Asked last: if no erasure has come in by now, what was read above fits together.
            if vanished_lines(connection, self.attempt.serial) != vanished:
                raise Overtaken(self.fence, {})
        names = [name for name in files_in(folder) if name not in CORE_FILES]
        with self.progress(_("re-reading"), counts["delivered"]) as advance:
            require_same_lines(self.accepted.format, folder, names, codes, self.attempt.serial, numbers)
            advance(counts["delivered"])
        totals = _totals(counts)
        enclose(
            folder,
            self.manager,
            self.accepted,
            self.order,
            provider=self.workspace.config.provider,
            files=seal(folder, names),
            counts=totals,
            sources=accounts,
            intent_hash=self.attempt.intent_hash,
        )
        return Finished(
            fence=self.fence,
            folder=folder,
            files=seal(folder, files_in(folder)),
            counts=totals,
            root=leaves,
            vanished=vanished,
            revisions=asked,
            state=batch.state.pending,
            reports=self.reports,
        )

    def _render(self, folder: Path, codes: LineCodes, count: int) -> DeliveryBatch:
        registered = self.accepted.format
        with self.progress(_("rendering"), count) as advance:
            batch = DeliveryBatch(
                self.engine,
                codes,
                BatchSource(
                    serial=self.attempt.serial,
                    fields=self.accepted.fields,
                    # Who refused the client is for suppressors; a format gets nothing to look people up with.
                    order=replace(self.order, client_lists=None),
                    options=self.accepted.options,
                ),
                folder=folder,
                workers=self.workers,
                advance=advance,
            )
            if registered.item.render is None:
                raise Failed(
                    "no_push", _("the format {name} cannot be rendered").format(name=registered.item.name)
                )
            with blame(registered.plugin, registered.item.name):
                registered.item.render(batch)
        return batch

    def _apply_refusals(self, batch: DeliveryBatch, vanished: frozenset[int]) -> None:
        """Take out what the plugin refused; start over when an erasure took a line that may be in the files."""
        with writing(self.engine) as connection:
            lock_ledger(connection)
            drop_lines(
                connection,
                self.attempt.serial,
                {number: ("refused", reason, None) for number, reason in batch.tally.refused.items()},
            )
            if vanished_lines(connection, self.attempt.serial) != vanished:
                raise Overtaken(self.fence, {})

    def _leave_out(self, overtaken: Overtaken) -> None:
        with writing(self.engine) as connection:
            lock_ledger(connection)
            drop_lines(connection, self.attempt.serial, overtaken.outcomes)
        self.fence = overtaken.fence

    def _close_rehearsal(self) -> None:
        remove_staging(self.workspace.outbox, self.attempt.id)
        fail(self.engine, self.attempt, "", actor=self.actor, now=self.clock())

    def _open_holds(self) -> None:
        if self.cleared.held:
            with writing(self.engine) as connection:
                lock_ledger(connection)
                for found, list_id, record_id in self.cleared.held:
                    open_hold(connection, found, list_id, record_id, origin="delivery", now=self.clock())
            self.cleared.held.clear()


def _totals(counts: Counter[str]) -> Counts:
    parts = {name: counts[name] for name in ("suppressed", "held", "refused", "delivered")}
    return Counts(requested=sum(parts.values()), **parts)


def _nobody_left(counts: Counter[str]) -> Refused:
    out = ", ".join(f"{name} {counts[name]}" for name in ("suppressed", "held", "refused") if counts[name])
    return Refused(
        "nobody_left",
        _("nobody is left to deliver ({counts})").format(counts=out or _("the lists are empty")),
        hint=_("see the sources' basis, the opt-outs and --where; nothing was released"),
    )
