"""An attempt at a delivery: its rows in the database from intent to release or failure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.tables import (
    delivery,
    delivery_file,
    left_out,
    line,
    line_key_page,
    push_document,
    push_line,
    vanished_line,
)
from gateway.delivery.enclosing import LEGAL_BASIS, client_snapshot
from gateway.delivery.filings import filing_version
from gateway.delivery.orders import AcceptedOrder
from gateway.errors import Failed
from gateway.i18n import _
from gateway.log.journal import append
from gateway.log.line_code import MAX_DELIVERIES, delivery_id
from gateway.log.lines import RELEASED_STATES, delivery_salt
from gateway.suppression.key_pages import remove_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A delivery under way; ``intent_hash`` is empty in a rehearsal (``--dry-run``)."""

    serial: int
    id: str
    salt: bytes
    filing_version: int
    intent_number: int
    intent_hash: str


def lock_name(serial: int) -> str:
    """Name the lock that a delivering process holds."""
    return f"delivery-{serial}"


def begin(connection: Connection, accepted: AcceptedOrder, *, actor: str, now: datetime) -> Attempt:
    """Write the intent entry and the delivery's row; the caller takes the lock before this commits.

    A rehearsal takes a number for its rows too but leaves no entry: nothing is provided, nothing is recorded.
    """
    rehearsal = accepted.request.dry_run
    serial = _next_serial(connection, rehearsal=rehearsal)
    number, entry_hash = 0, ""
    filing = filing_version(connection, accepted.filing, now=now)
    if not rehearsal:
        number = take_number(connection)
        serial = _next_serial(connection, rehearsal=False)
        entry = append(connection, number, "intent", _intent(accepted, serial, filing), actor=actor, now=now)
        entry_hash = entry.entry_hash
    connection.execute(
        insert(delivery).values(
            serial=serial,
            id=delivery_id(serial),
            state="intended",
            client_id=accepted.client.id,
            client_snapshot=client_snapshot(accepted),
            format=accepted.format.item.name,
            purpose=accepted.purpose,
            product=accepted.request.product,
            reference=accepted.request.reference,
            options=json.dumps(dict(accepted.request.sets), ensure_ascii=False, sort_keys=True),
            items=json.dumps(sorted(accepted.fields)),
            legal_basis=LEGAL_BASIS,
            filing_version=filing,
            pledge_id=accepted.pledge.id,
            intent_number=number,
            created_at=stamp(now),
        )
    )
    return Attempt(
        serial=serial,
        id=delivery_id(serial),
        salt=delivery_salt(connection, serial),
        filing_version=filing,
        intent_number=number,
        intent_hash=entry_hash,
    )


def drop_lines(
    connection: Connection, serial: int, outcomes: Mapping[int, tuple[str, str, int | None]]
) -> None:
    """Take lines out of an unreleased delivery; ``outcomes`` gives (outcome, rule, opt-out id) by line number.

    The caller holds the ledger's lock: an erasure rewrites the same pages of keys.
    """
    numbers = sorted(outcomes)
    for start in range(0, len(numbers), 500):
        chunk = numbers[start : start + 500]
        this = (line.c.delivery == serial, line.c.number.in_(chunk))
        rows = connection.execute(
            select(line.c.number, line.c.list_id, line.c.record_number, line.c.record_id).where(*this)
        ).all()
        if rows:
            connection.execute(
                insert(left_out),
                [
                    {
                        "delivery": serial,
                        "list_id": row.list_id,
                        "record_number": row.record_number,
                        "record_id": row.record_id,
                        "outcome": outcomes[row.number][0],
                        "rule": outcomes[row.number][1],
                        "opt_out_id": outcomes[row.number][2],
                    }
                    for row in rows
                ],
            )
        connection.execute(delete(line).where(*this))
    remove_lines(connection, serial, numbers)


def count_outcomes(connection: Connection, serial: int) -> Counter[str]:
    """Count what was left out, by outcome, and the lines under ``delivered``."""
    counts = Counter(
        {
            row.outcome: row.count
            for row in connection.execute(
                select(left_out.c.outcome, func.count().label("count"))
                .where(left_out.c.delivery == serial)
                .group_by(left_out.c.outcome)
            )
        }
    )
    counts["delivered"] = connection.execute(
        select(func.count()).select_from(line).where(line.c.delivery == serial)
    ).scalar_one()
    # An unreleased line that an erasure took out is gone with its person: it counts as suppressed.
    counts["suppressed"] += connection.execute(
        select(func.count()).select_from(vanished_line).where(vanished_line.c.delivery == serial)
    ).scalar_one()
    return counts


def remove_attempt(connection: Connection, serial: int) -> None:
    """Remove everything a failed attempt has written, except the delivery's row."""
    for table in (push_line, push_document, line, line_key_page, left_out, vanished_line, delivery_file):
        connection.execute(delete(table).where(table.c.delivery == serial))


def is_released(engine: Engine, serial: int) -> bool:
    """Tell whether a delivery has become final."""
    with reading(engine) as connection:
        state = connection.execute(select(delivery.c.state).where(delivery.c.serial == serial)).scalar()
    return state in RELEASED_STATES


def fail(engine: Engine, attempt: Attempt, outcome: str, *, actor: str, now: datetime) -> None:
    """Close a delivery that released nothing; a rehearsal leaves no trace at all."""
    with writing(engine) as connection:
        if not attempt.intent_number:
            remove_attempt(connection, attempt.serial)
            connection.execute(delete(delivery).where(delivery.c.serial == attempt.serial))
            return
        number = take_number(connection)
        remove_attempt(connection, attempt.serial)
        connection.execute(
            update(delivery)
            .where(delivery.c.serial == attempt.serial)
            .values(state="failed", outcome=outcome)
        )
        content: dict[str, object] = {"delivery": attempt.id, "outcome": outcome}
        append(connection, number, "failure", content, actor=actor, now=now)


def _next_serial(connection: Connection, *, rehearsal: bool) -> int:
    """Return the next serial; rehearsals count downwards from the top, so that they never use up a number."""
    if rehearsal:
        lowest = connection.execute(
            select(func.min(delivery.c.serial)).where(delivery.c.serial > MAX_DELIVERIES // 2)
        ).scalar()
        return (lowest or MAX_DELIVERIES) - 1
    highest = connection.execute(
        select(func.max(delivery.c.serial)).where(delivery.c.serial <= MAX_DELIVERIES // 2)
    ).scalar()
    serial = (highest or 0) + 1
    if serial > MAX_DELIVERIES // 2:
        raise Failed(
            "too_many_deliveries", _("all delivery numbers are used up"), hint=_("make a new workspace")
        )
    return serial


def _intent(accepted: AcceptedOrder, serial: int, filing: int) -> dict[str, object]:
    items: list[object] = [*sorted(accepted.fields)]
    lists: list[object] = [*accepted.lists.values()]
    return {
        "delivery": delivery_id(serial),
        "client": accepted.client.id,
        "format": accepted.format.item.name,
        "distribution": accepted.format.plugin.distribution,
        "purpose": accepted.purpose,
        "product": accepted.request.product,
        "reference": accepted.request.reference,
        "again": accepted.request.why if accepted.request.again else "",
        "options": dict(accepted.request.sets),
        "items": items,
        "lists": lists,
        "legal_basis": LEGAL_BASIS,
        "filing": filing,
        "pledge": accepted.pledge.id,
    }
