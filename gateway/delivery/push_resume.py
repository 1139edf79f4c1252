"""Take up a push that has stopped: its order as it was given, under what holds today."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, update

from gateway.config import Config
from gateway.db.clock import moment
from gateway.db.engine import writing
from gateway.db.ledger import take_number
from gateway.db.tables import delivery, journal, line, list_, push_line
from gateway.delivery.attempt import Attempt
from gateway.delivery.filings import filing_version
from gateway.delivery.orders import AcceptedOrder, OrderRequest, accept
from gateway.delivery.push_rows import OPEN
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append
from gateway.log.line_code import delivery_serial
from gateway.log.lines import PUSHING, delivery_salt
from gateway.plugins import Manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A stopped push; ``fence`` is the lowest number up to which one of its open lines has been checked."""

    accepted: AcceptedOrder
    attempt: Attempt
    fence: int
    created_at: datetime


def stopped_pushes(connection: Connection) -> list[str]:
    """Return the ids of pushes that are under way or have stopped."""
    statement = select(delivery.c.id).where(delivery.c.state == PUSHING).order_by(delivery.c.serial)
    return list(connection.execute(statement).scalars())


def stopped_push(connection: Connection, identifier: str) -> int:
    """Return the serial of a push to go on with; ``WrongUsage`` when there is none."""
    serial = delivery_serial(identifier)
    state = connection.execute(
        select(delivery.c.state).where(delivery.c.serial == serial)
    ).scalar_one_or_none()
    if state != PUSHING:
        raise WrongUsage(
            "nothing_to_resume",
            _("the delivery {id} is no push that has stopped").format(id=identifier),
            hint=_("see: gateway log list"),
        )
    return serial


def take_up(
    engine: Engine, manager: Manager, config: Config, serial: int, *, actor: str, now: datetime
) -> Stopped:
    """Accept the order once more and write down that it goes on; the caller holds the delivery's lock."""
    with writing(engine) as connection:
        number = take_number(connection)
        row = connection.execute(select(delivery).where(delivery.c.serial == serial)).one()
        entry = connection.execute(select(journal).where(journal.c.number == row.intent_number)).one()
        request = OrderRequest(
            format=row.format,
            client=row.client_id,
            purpose=row.purpose,
            product=row.product,
            sets=json.loads(row.options),
            reference=row.reference,
            again=True,  # it is the same delivery, not another one of the same reference
        )
        accepted = accept(connection, manager, config, request, now=now, lists=_lists(connection, serial))
        _require_same_items(row.id, accepted, json.loads(row.items))
        version = filing_version(connection, accepted.filing, now=now)
        connection.execute(
            update(delivery)
            .where(delivery.c.serial == serial)
            .values(filing_version=version, pledge_id=accepted.pledge.id)
        )
        fence = connection.execute(
            select(func.min(push_line.c.fence)).where(
                push_line.c.delivery == serial, push_line.c.state.in_(OPEN)
            )
        ).scalar()
        content = {"delivery": row.id, "filing": version, "pledge": accepted.pledge.id}
        append(connection, number, "push_resumed", content, actor=actor, now=now)
        attempt = Attempt(
            serial=serial,
            id=row.id,
            salt=delivery_salt(connection, serial),
            filing_version=version,
            intent_number=row.intent_number,
            intent_hash=entry.entry_hash,
        )
    return Stopped(
        accepted=accepted, attempt=attempt, fence=int(fence or number), created_at=moment(row.created_at)
    )


def _lists(connection: Connection, serial: int) -> dict[int, str]:
    """Return the lists that lines of a push are from; those that were dropped meanwhile have taken theirs with them."""
    of_lines = select(line.c.list_id).where(line.c.delivery == serial).distinct()
    rows = connection.execute(select(list_.c.id, list_.c.name).where(list_.c.id.in_(of_lines)))
    return {row.id: row.name for row in rows}


def _require_same_items(identifier: str, accepted: AcceptedOrder, items: list[str]) -> None:
    """Refuse a mapping that has grown: the lines were materialised with the items of the order."""
    more = sorted(accepted.fields - set(items))
    if more:
        raise Refused(
            "mapping_changed",
            _("the push {id} was planned without these items: {items}").format(
                id=identifier, items=", ".join(more)
            ),
            hint=_("take them out of the mapping again, or order a new delivery"),
        )
