"""The run of a file format after screening: put the package together and release it, anew while opt-outs overtake it."""

from __future__ import annotations

from gateway.db.engine import writing
from gateway.db.ledger import lock_ledger
from gateway.delivery.attempt import drop_lines
from gateway.delivery.building import build
from gateway.delivery.clearing import Cleared
from gateway.delivery.release import Overtaken, Revisions, release
from gateway.delivery.under_way import Outcome, UnderWay
from gateway.delivery.workers import Workers
from gateway.errors import Refused
from gateway.i18n import _

MAX_REBUILDS = 5
"""How often a delivery is put together anew because opt-outs overtook it."""


def release_files(run: UnderWay, cleared: Cleared, asked: Revisions, workers: Workers) -> Outcome:
    """Build and release a delivery of files; ``Refused`` (``overtaken``) when opt-outs keep arriving."""
    fence = cleared.fence
    for _attempt in range(MAX_REBUILDS + 1):
        try:
            finished = build(run, workers, fence=fence, sources=cleared.sources, asked=asked)
            if run.rehearsal:
                return Outcome(finished=finished, fence=fence)
            released = release(
                run.engine,
                run.manager,
                run.accepted,
                run.attempt,
                run.order,
                finished,
                actor=run.actor,
                now=run.clock(),
            )
        except Overtaken as overtaken:
            asked = overtaken.revisions or asked
            _leave_out(run, overtaken)
            fence = overtaken.fence
        else:
            return Outcome(finished=finished, fence=released.fence)
    raise Refused(
        "overtaken",
        _("opt-outs kept arriving while the delivery was being made"),
        hint=_("try again; nothing was released"),
    )


def _leave_out(run: UnderWay, overtaken: Overtaken) -> None:
    with writing(run.engine) as connection:
        lock_ledger(connection)
        drop_lines(connection, run.attempt.serial, overtaken.outcomes)
