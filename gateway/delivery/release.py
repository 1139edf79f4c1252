"""Release (出荷確定): the one transaction, under the ledger's lock, in which a delivery becomes final."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

from gateway.api import Order
from gateway.db.clock import legal_date, stamp
from gateway.db.engine import reading, writing
from gateway.db.ledger import current_number, take_number
from gateway.db.tables import delivery, delivery_file, journal, list_
from gateway.delivery.attempt import Attempt
from gateway.delivery.clients import valid_pledge
from gateway.delivery.filings import filing_in_force
from gateway.delivery.manifest import manifest
from gateway.delivery.orders import AcceptedOrder, require_new_reference, require_refusals_heard
from gateway.delivery.plugin_state import keep
from gateway.delivery.recheck import Outcomes, covered_lines, line_candidates, vanished_lines
from gateway.delivery.staging import MANIFEST, PackageFile, write_durably
from gateway.documents.data import Counts
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.journal import GENESIS, append
from gateway.log.lines import provision_digest
from gateway.plugins import Manager, blame

Revisions = Mapping[str, str | None]
"""What each suppressor answered for ``revision``, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A delivery ready for release: its files re-read and hashed, its lines' root, what it was checked against.

    ``state`` is what the format wants to keep for the client's next delivery, ``reports`` are its counts.
    """

    fence: int
    folder: Path
    files: Sequence[PackageFile]
    counts: Counts
    root: str
    vanished: frozenset[int]
    revisions: Revisions
    state: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A final delivery."""

    fence: int
    manifest_sha256: str
    released_at: datetime


class Overtaken(Exception):
    """Something recorded since the fence covers lines of the delivery; it was not released.

    ``revisions`` tells at which revisions the suppressors have been asked about all lines meanwhile.
    """

    def __init__(self, fence: int, outcomes: Outcomes, revisions: Revisions | None = None) -> None:
        super().__init__(f"{len(outcomes)} lines are covered")
        self.fence = fence
        self.outcomes = outcomes
        self.revisions = revisions


def release(
    engine: Engine,
    manager: Manager,
    accepted: AcceptedOrder,
    attempt: Attempt,
    order: Order,
    finished: Finished,
    *,
    actor: str,
    now: datetime,
) -> Released:
    """Release a finished delivery, or raise ``Overtaken`` with the lines to leave out and the fence they were found at.

    Everything numbered above the fence is matched against the cleared lines, nearly all of it before the ledger is
    locked. Taking the ledger number waits for every transaction that has taken one; what those recorded is visible
    afterwards, and matched too. Pledge, filing, lists, reference and suppressors are asked again. The manifest reaches the
    disk before the commit.
    """
    asked = _ask_beforehand(engine, manager, attempt, order, finished)
    checked = _check_beforehand(engine, accepted, attempt, finished, asked)
    with writing(engine) as connection:
        number = take_number(connection)
        outcomes = covered_lines(connection, attempt.serial, accepted.purpose, above=checked, upto=number)
        asked = _ask_at_last(connection, manager, attempt, order, asked, outcomes)
        if outcomes or vanished_lines(connection, attempt.serial) - finished.vanished:
            raise Overtaken(number - 1, outcomes, asked)
        require_unchanged(connection, accepted, attempt, now)
        require_refusals_heard(connection, manager, accepted.client.id, accepted.request.product)
        if revisions(manager, order) != asked:
            raise Overtaken(number - 1, {})
        return finalise(
            connection, accepted, attempt, order, finished, number, fence=number, actor=actor, now=now
        )


def finalise(
    connection: Connection,
    accepted: AcceptedOrder,
    attempt: Attempt,
    order: Order,
    finished: Finished,
    number: int,
    *,
    fence: int,
    actor: str,
    now: datetime,
) -> Released:
    """Write manifest, records and the release entry; the caller has taken ``number`` and checked up to ``fence``."""
    previous = connection.execute(
        select(journal.c.entry_hash).order_by(journal.c.number.desc()).limit(1)
    ).scalar_one_or_none()
    content = manifest(
        accepted,
        attempt,
        fence=fence,
        counts=finished.counts,
        files=finished.files,
        entry=number,
        previous_hash=previous or GENESIS,
        created_at=order.created_at,
        released_at=now,
        reports=finished.reports,
    )
    write_durably(finished.folder / MANIFEST, content)
    sha256 = hashlib.sha256(content).hexdigest()
    released = Released(fence=fence, manifest_sha256=sha256, released_at=now)
    _record(connection, attempt, finished, number, released)
    keep(connection, attempt.serial, order.format, order.client, finished.state)
    entry = {
        "delivery": attempt.id,
        "manifest_sha256": sha256,
        "lines": finished.counts.delivered,
        "root": finished.root,
        "fence": fence,
        "provision": provision_digest(connection, attempt.serial),
    }
    append(connection, number, "release", entry, actor=actor, now=now)
    return released


def revisions(manager: Manager, order: Order) -> dict[str, str | None]:
    """Ask every suppressor for its revision; ``None`` stands for one that cannot tell and is always asked anew."""
    found: dict[str, str | None] = {}
    for each in manager.suppressors():
        with blame(each.plugin, each.item.name):
            found[each.item.name] = each.item.revision(order) if each.item.revision else None
    return found


def _check_beforehand(
    engine: Engine, accepted: AcceptedOrder, attempt: Attempt, finished: Finished, asked: Revisions
) -> int:
    """Match what has come in since the fence before the ledger is locked; return the number up to which it was.

    Nobody waits for this. What is recorded meanwhile has a higher number, and is left for the check under the lock.
    """
    with reading(engine) as connection:
        upto = current_number(connection)
        outcomes = covered_lines(
            connection, attempt.serial, accepted.purpose, above=finished.fence, upto=upto
        )
    if outcomes:
        raise Overtaken(upto, outcomes, asked)
    return upto


def _ask_beforehand(
    engine: Engine, manager: Manager, attempt: Attempt, order: Order, finished: Finished
) -> Revisions:
    """Ask suppressors that know something new about all lines before the ledger is locked, for it may take long."""
    now = revisions(manager, order)
    if now == finished.revisions or None in now.values():
        return finished.revisions
    with reading(engine) as connection:
        outcomes = _objections(connection, manager, attempt, order)
    if outcomes:
        raise Overtaken(finished.fence, outcomes, now)
    return now


def _ask_at_last(
    connection: Connection,
    manager: Manager,
    attempt: Attempt,
    order: Order,
    asked: Revisions,
    outcomes: Outcomes,
) -> Revisions:
    """Ask the suppressors about all lines once more, unless every one says that nothing has changed."""
    now = revisions(manager, order)
    if now == asked and None not in now.values():
        return asked
    outcomes |= _objections(connection, manager, attempt, order)
    return now


def _objections(connection: Connection, manager: Manager, attempt: Attempt, order: Order) -> Outcomes:
    outcomes: Outcomes = {}
    for candidates in line_candidates(connection, attempt.serial):
        for found in manager.objections(candidates, order):
            outcome = "suppressed" if found.verdict == "suppress" else "held"
            outcomes[found.ref] = (outcome, found.rule, None)
    return outcomes


def require_unchanged(
    connection: Connection, accepted: AcceptedOrder, attempt: Attempt, now: datetime
) -> None:
    """Ask once more what was asked at the order: pledge, filing, lists, reference."""
    valid_pledge(connection, accepted.client.id, accepted.purpose, legal_date(now))
    require_new_reference(connection, accepted.client.id, accepted.request, but=attempt.serial)
    if filing_in_force(connection) != attempt.filing_version:
        raise Refused(
            "filing_changed",
            _("the filing was changed while the delivery was being made"),
            hint=_("deliver again under the new filing"),
        )
    there = set(connection.execute(select(list_.c.id).where(list_.c.id.in_(accepted.lists))).scalars())
    if there != set(accepted.lists):
        raise Refused(
            "list_dropped",
            _("a list was dropped while it was being delivered"),
            hint=_("deliver again without it"),
        )


def _record(
    connection: Connection, attempt: Attempt, finished: Finished, number: int, released: Released
) -> None:
    counts = finished.counts
    connection.execute(
        update(delivery)
        .where(delivery.c.serial == attempt.serial)
        .values(
            state="released",
            fence=released.fence,
            release_number=number,
            requested=counts.requested,
            suppressed=counts.suppressed,
            held=counts.held,
            refused=counts.refused,
            delivered=counts.delivered,
            manifest_sha256=released.manifest_sha256,
            released_at=stamp(released.released_at),
        )
    )
    connection.execute(
        insert(delivery_file),
        [
            {"delivery": attempt.serial, "name": each.name, "bytes": each.bytes, "sha256": each.sha256}
            for each in finished.files
        ],
    )
