"""Withdraw accepted lines from the client's own system when their person has opted out since (回収)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any, Literal

from sqlalchemy import Connection, Engine, select, update

from gateway.api import Destination, Order, OutputFormat, Sent, TryLater, Unacceptable
from gateway.config import Workspace
from gateway.db.clock import moment, stamp
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.tables import client, delivery, push_line, recall
from gateway.delivery.orders import format_options
from gateway.delivery.push_destination import guarded, opened
from gateway.delivery.push_pace import MAX_ATTEMPTS, Pace
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.journal import append
from gateway.log.line_code import LineCodes, delivery_serial
from gateway.log.lines import HANDED_OUT, PUSHING, RELEASED_STATES
from gateway.log.recalls import Status
from gateway.plugins import Manager, Registered
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.register import opt_out_name

Result = Literal["deleted", "flagged", "absent", "failed"]
_STATUS: Mapping[str, Status] = {"deleted": "deleted", "flagged": "opted_out", "absent": "not_found"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnLine:
    """One line whose person opted out after acceptance; ``failed`` lines need a recall notice."""

    line_code: str
    opt_out: str
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    recall_id: int
    number: int
    opt_out_id: int
    sent: Sent


def withdraw(
    engine: Engine,
    workspace: Workspace,
    manager: Manager,
    identifier: str,
    *,
    actor: str,
    clock: Callable[[], datetime],
) -> list[WithdrawnLine]:
    """Delete or mark everybody of a push who has opted out since, and say of each what became of it.

    May be repeated: what has been answered is not asked again. ``WrongUsage`` when the delivery was no push.
    """
    act_on_opt_outs(engine, actor=actor, now=clock())
    with reading(engine) as connection:
        row = _pushed(connection, identifier)
        registered = manager.format(row.format)
        options = format_options(workspace.config, registered.item, row.client_id, json.loads(row.options))
        wanted = _wanted(connection, row.serial)
        codes = LineCodes.of(connection).encode(row.serial, [each.number for each in wanted])
        order = _order(connection, row)
    if not wanted:
        return []
    code_of = dict(zip([each.number for each in wanted], codes, strict=True))
    lines: list[WithdrawnLine] = []
    with closing(opened(registered, options, order)) as destination:
        pace = Pace(destination.limits, Event())
        for chunk in _chunks(wanted, max(1, destination.limits.batch)):
            results = _ask(registered, destination, pace, chunk)
            _record(engine, row, chunk, results, actor=actor, now=clock())
            lines += [
                WithdrawnLine(
                    line_code=code_of[each.number],
                    opt_out=opt_out_name(each.opt_out_id),
                    result=results.get(each.sent.key, "failed"),
                )
                for each in chunk
            ]
    return lines


def _ask(
    registered: Registered[OutputFormat[Any]], destination: Destination, pace: Pace, chunk: Sequence[_Wanted]
) -> dict[str, Result]:
    """Ask the destination, again while it does not answer; lines without an answer are absent from the result."""
    results: dict[str, Result] = {}
    for attempt in range(1, MAX_ATTEMPTS + 1):
        pace.wait()
        try:
            with guarded(registered):
                # One by one: what has been done before a fault is not asked for again.
                for each in destination.withdraw([one.sent for one in chunk if one.sent.key not in results]):
                    results[each.key] = each.outcome
            break
        except TryLater as later:
            if attempt == MAX_ATTEMPTS or not pace.failed(attempt, later.after):
                break
        except Unacceptable:
            break
    return results


def _record(
    engine: Engine,
    row: Any,
    chunk: Sequence[_Wanted],
    results: Mapping[str, Result],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Write what became of each line beside the client's answers to notices."""
    with writing(engine) as connection:
        number = take_number(connection)
        for each in chunk:
            result = results.get(each.sent.key)
            if result is None:
                continue
            connection.execute(
                update(push_line)
                .where(push_line.c.delivery == row.serial, push_line.c.number == each.number)
                .values(withdrawal=result)
            )
            connection.execute(
                update(recall)
                .where(recall.c.id == each.recall_id)
                .values(status=_STATUS[result], answered_at=stamp(now))
            )
        counts: Counter[str] = Counter(results.get(each.sent.key, "failed") for each in chunk)
        append(connection, number, "recall_push", {"delivery": row.id, **dict(counts)}, actor=actor, now=now)


def _pushed(connection: Connection, identifier: str) -> Any:
    serial = delivery_serial(identifier)
    row = connection.execute(select(delivery).where(delivery.c.serial == serial)).one_or_none()
    pushed = connection.execute(
        select(push_line.c.number).where(push_line.c.delivery == serial).limit(1)
    ).first()
    if row is None or pushed is None or row.state not in (*RELEASED_STATES, PUSHING):
        raise WrongUsage(
            "no_push",
            _("{id} is no delivery by push").format(id=identifier),
            hint=_("see: gateway log list; packages are recalled with: gateway recall write"),
        )
    return row


def _wanted(connection: Connection, serial: int) -> list[_Wanted]:
    """Return the handed-out lines with an open recall."""
    both = (push_line.c.delivery == recall.c.delivery) & (push_line.c.number == recall.c.line_number)
    rows = connection.execute(
        select(recall.c.id, recall.c.line_number, recall.c.opt_out_id, push_line.c.key, push_line.c.remote_id)
        .join_from(recall, push_line, both)
        .where(
            recall.c.delivery == serial,
            recall.c.status == "",
            push_line.c.state.in_(HANDED_OUT),
            push_line.c.withdrawal == "",
        )
        .order_by(recall.c.line_number)
    )
    return [
        _Wanted(
            recall_id=row.id,
            number=row.line_number,
            opt_out_id=row.opt_out_id,
            sent=Sent(key=row.key, remote_id=row.remote_id),
        )
        for row in rows
    ]


def _order(connection: Connection, row: Any) -> Order:
    name = connection.execute(select(client.c.name).where(client.c.id == row.client_id)).scalar_one()
    return Order(
        delivery=row.id,
        client=row.client_id,
        client_name=name,
        format=row.format,
        purpose=row.purpose,
        reference=row.reference,
        created_at=moment(row.created_at),
        options=json.loads(row.options),
    )


def _chunks(wanted: Sequence[_Wanted], size: int) -> Iterator[Sequence[_Wanted]]:
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]
