"""The run of a push after screening: start it, rehearse it, or go on with it where it stopped."""

from __future__ import annotations

from gateway.db.engine import reading
from gateway.delivery.attempt import count_outcomes
from gateway.delivery.clearing import Cleared
from gateway.delivery.publishing import open_holds
from gateway.delivery.push import Push, rehearsed
from gateway.delivery.release import Revisions
from gateway.delivery.under_way import Outcome, UnderWay, totals


def release_push(run: UnderWay, cleared: Cleared, asked: Revisions) -> Outcome:
    """Send everybody who is cleared, chunk by chunk, and release the delivery; in a rehearsal nobody is sent."""
    push = _push(run)
    if run.rehearsal:
        push.rehearse()
        with reading(run.engine) as connection:
            counts = totals(count_outcomes(connection, run.attempt.serial))
        finished = rehearsed(run.workspace.outbox, run.attempt.id, cleared.fence, counts)
        return Outcome(finished=finished, fence=cleared.fence)
    open_holds(run, cleared)
    released = push.start(cleared.fence, asked)
    return Outcome(finished=push.finished, fence=released.fence)


def go_on_with_push(run: UnderWay, fence: int) -> Outcome:
    """Send what a stopped push has left, and release the delivery; ``fence`` is the lowest of its open lines."""
    push = _push(run)
    released = push.go_on(fence)
    return Outcome(finished=push.finished, fence=released.fence)


def _push(run: UnderWay) -> Push:
    return Push(
        run.engine,
        run.workspace,
        run.manager,
        run.accepted,
        run.attempt,
        run.order,
        actor=run.actor,
        clock=run.clock,
        progress=run.progress,
    )
