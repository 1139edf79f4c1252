"""The delivery, step by step: order, intent, screening, vetoes, release of files or of a push, publication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine, update

from gateway.acquisition.rekeying import renew_keys
from gateway.config import Workspace
from gateway.db.engine import reading, writing
from gateway.db.locks import hold_lock
from gateway.db.tables import delivery
from gateway.delivery.attempt import begin, fail, is_released, lock_name
from gateway.delivery.clearing import Cleared, clear, require_known_columns
from gateway.delivery.enclosing import plugin_order
from gateway.delivery.orders import AcceptedOrder, OrderRequest, accept
from gateway.delivery.progress import Progress, no_progress
from gateway.delivery.publishing import publish_package, report_left_out
from gateway.delivery.push_resume import stopped_push, take_up
from gateway.delivery.push_rows import can_be_resumed
from gateway.delivery.recovery import recover
from gateway.delivery.release import revisions
from gateway.delivery.releasing_files import release_files
from gateway.delivery.releasing_push import go_on_with_push, release_push
from gateway.delivery.reports import LeftOut
from gateway.delivery.staging import remove_staging, require_reports, require_writable
from gateway.delivery.under_way import Outcome, UnderWay, nobody_left
from gateway.delivery.workers import Workers, open_workers
from gateway.documents.data import Counts
from gateway.errors import Failed, GatewayError, Refused
from gateway.i18n import _
from gateway.plugins import Manager
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.key_pages import count_records

__all__ = ["DeliveryResult", "Progress", "deliver", "no_progress", "resume"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """What came of an order; ``package`` is empty in a rehearsal. ``reports`` are the plugin's own counts.

    ``left_out`` counts who did not leave by outcome and rule; a rehearsal keeps no record of it.
    """

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
    left_out: Counter[LeftOut] = field(default_factory=Counter)


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
    _set_right(engine, workspace, actor=actor, now=clock())
    with reading(engine) as connection:
        accepted = accept(connection, manager, workspace.config, request, now=clock())
        require_known_columns(connection, tuple(accepted.lists), request.where)
        total = sum(count_records(connection, list_id) for list_id in accepted.lists)
    _require_room(workspace)
    with ExitStack() as stack:
        run = _begin(stack, engine, workspace, manager, accepted, actor, clock, progress)
        try:
            with open_workers(
                engine, manager, jobs=request.jobs, executor_url=request.executor, lines=total
            ) as workers:
                cleared, outcome = _to_release(run, workers, total)
        except BaseException as error:
            if not _has_left(run):
                _give_up(run, error)
            raise
        package, left_out = ("", Counter[LeftOut]()) if run.rehearsal else _publish(run, cleared)
        return _result(run, outcome, package, left_out, monotonic() - started)


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
    _set_right(engine, workspace, actor=actor, now=clock())
    _require_room(workspace)
    with reading(engine) as connection:
        serial = stopped_push(connection, identifier)
    with hold_lock(engine, lock_name(serial)) as taken:
        if not taken:
            raise _busy()
        stopped = take_up(engine, manager, workspace.config, serial, actor=actor, now=clock())
        run = UnderWay(
            engine=engine,
            workspace=workspace,
            manager=manager,
            accepted=stopped.accepted,
            attempt=stopped.attempt,
            order=plugin_order(stopped.accepted, stopped.attempt.id, stopped.created_at, engine),
            actor=actor,
            clock=clock,
            progress=progress,
        )
        try:
            outcome = go_on_with_push(run, stopped.fence)
        except BaseException as error:
            # Nobody was accepted and nobody is left to send: there is nothing to go on with any more.
            if not _has_left(run, resumed=True):
                _give_up(run, error)
            raise
        package, left_out = _publish(run, Cleared(fence=stopped.fence))
        return _result(run, outcome, package, left_out, monotonic() - started)


def _set_right(engine: Engine, workspace: Workspace, *, actor: str, now: datetime) -> None:
    """Finish what interrupted commands have left: erasures, deliveries."""
    act_on_opt_outs(engine, actor=actor, now=now)
    recover(engine, workspace, actor=actor, now=now)


def _require_room(workspace: Workspace) -> None:
    require_writable(workspace.outbox)
    require_reports(workspace.reports)


def _begin(
    stack: ExitStack,
    engine: Engine,
    workspace: Workspace,
    manager: Manager,
    accepted: AcceptedOrder,
    actor: str,
    clock: Callable[[], datetime],
    progress: Progress,
) -> UnderWay:
    """Record the intent and hold the delivery's lock from then on."""
    created = clock()
    with writing(engine) as connection:
        attempt = begin(connection, accepted, actor=actor, now=created)
        # Taken before the row is committed, so that nobody takes the delivery for an abandoned one.
        if not stack.enter_context(hold_lock(engine, lock_name(attempt.serial))):
            raise _busy()
    return UnderWay(
        engine=engine,
        workspace=workspace,
        manager=manager,
        accepted=accepted,
        attempt=attempt,
        order=plugin_order(accepted, attempt.id, created, engine),
        actor=actor,
        clock=clock,
        progress=progress,
    )


def _to_release(run: UnderWay, workers: Workers, total: int) -> tuple[Cleared, Outcome]:
    """Screen, ask for vetoes, and release; a rehearsal ends without a trace."""
    asked = revisions(run.manager, run.order)  # before screening, so that no change after it is missed
    cleared = _screen(run, workers, total)
    _require_no_veto(run)
    if run.accepted.format.item.push is not None:
        outcome = release_push(run, cleared, asked)
    else:
        outcome = release_files(run, cleared, asked, workers)
    if run.rehearsal:
        _remove(run, "")
    return cleared, outcome


def _screen(run: UnderWay, workers: Workers, total: int) -> Cleared:
    with run.progress(_("screening"), total) as advance:
        cleared = clear(
            run.engine,
            run.manager,
            run.accepted,
            run.order,
            serial=run.attempt.serial,
            salt=run.attempt.salt,
            workers=workers,
            advance=advance,
        )
    with writing(run.engine) as connection:
        connection.execute(
            update(delivery).where(delivery.c.serial == run.attempt.serial).values(state="screened")
        )
    if not cleared.counts["cleared"]:
        raise nobody_left(cleared.counts)
    return cleared


def _require_no_veto(run: UnderWay) -> None:
    for refusal in run.manager.vetoes(run.order):
        raise Refused(
            refusal.code,
            _("a plugin refuses the delivery: {message}").format(message=refusal.message),
            hint=_("nothing was released"),
        )


def _has_left(run: UnderWay, *, resumed: bool = False) -> bool:
    """Tell whether an error comes too late to undo the delivery.

    What a push has handed out stays recorded, and the rest is resumed. An interrupt that came just after the release
    cannot undo it: the delivery is recovered like one whose process has died.
    """
    with reading(run.engine) as connection:
        if can_be_resumed(connection, run.attempt.serial, resumed=resumed):
            return True
    return is_released(run.engine, run.attempt.serial)


def _give_up(run: UnderWay, error: BaseException) -> None:
    """Remove everything that was made; nothing has left."""
    code = error.code if isinstance(error, GatewayError) else type(error).__name__
    _remove(run, code)
    if not run.rehearsal:
        run.manager.notify_failed(run.order, code)


def _remove(run: UnderWay, code: str) -> None:
    remove_staging(run.workspace.outbox, run.attempt.id)
    fail(run.engine, run.attempt, code, actor=run.actor, now=run.clock())


def _publish(run: UnderWay, cleared: Cleared) -> tuple[str, Counter[LeftOut]]:
    package = publish_package(run)
    left_out = report_left_out(run, cleared)
    run.manager.notify_released(run.order)
    return str(package), left_out


def _result(
    run: UnderWay, outcome: Outcome, package: str, left_out: Counter[LeftOut], seconds: float
) -> DeliveryResult:
    return DeliveryResult(
        id="" if run.rehearsal else run.attempt.id,
        client=run.accepted.client.id,
        format=run.accepted.format.item.name,
        purpose=run.accepted.purpose,
        fence=outcome.fence,
        counts=outcome.finished.counts,
        package=package,
        files=tuple(each.name for each in outcome.finished.files),
        seconds=seconds,
        reports=Counter(outcome.finished.reports),
        left_out=left_out,
    )


def _busy() -> Failed:
    return Failed("delivery_busy", _("another process works on the same delivery"), hint=_("try again"))
