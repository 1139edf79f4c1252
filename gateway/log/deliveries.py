"""Deliveries as the log knows them, and the provision records of APPI Art. 29 for whoever may see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from gateway.db.clock import TOKYO, legal_date, moment, stamp
from gateway.db.tables import delivery, delivery_file, journal, line, push_line, recall
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.line_code import LineCodes, delivery_serial
from gateway.log.lines import (
    HANDED_OUT,
    PUSHING,
    RELEASED_STATES,
    StoredLine,
    delivery_lines,
    find_line,
    provided,
)

_HALF = 1 << 21
_ACCEPTED = (
    select(func.count())
    .where(push_line.c.delivery == delivery.c.serial, push_line.c.state == "accepted")
    .scalar_subquery()
)
# A push provides whom the client has accepted, long before it is released as a whole.
_PROVIDED = case((delivery.c.state == PUSHING, _ACCEPTED), else_=delivery.c.delivered).label("provided")
_DELIVERIES = select(delivery, _PROVIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One delivery: what was ordered, what became of it, and what left."""

    id: str
    state: str
    outcome: str
    client: str
    format: str
    purpose: str
    reference: str
    items: tuple[str, ...]
    legal_basis: str
    fence: int | None
    intent_number: int
    release_number: int | None
    requested: int
    suppressed: int
    held: int
    refused: int
    delivered: int
    manifest_sha256: str
    created_at: str
    released_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionRecord:
    """One person provided to one client (APPI Rules Art. 20(1) no. 1: date, recipient, person, items)."""

    delivery: str
    provided_on: date
    client_name: str
    client_address: str
    client_representative: str
    legal_basis: str
    items: tuple[str, ...]
    line_code: str
    record_id: str
    person: dict[str, object]

    def __repr__(self) -> str:
        return f"ProvisionRecord(line_code={self.line_code!r})"


def all_deliveries(connection: Connection) -> list[DeliveryRecord]:
    """Read all deliveries in the order of their intents."""
    rows = connection.execute(_DELIVERIES.where(delivery.c.serial <= _HALF).order_by(delivery.c.serial))
    return [_delivery(row) for row in rows]


def get_delivery(connection: Connection, identifier: str) -> DeliveryRecord:
    """Read one delivery; ``WrongUsage`` when there is none."""
    serial = delivery_serial(identifier)
    row = connection.execute(_DELIVERIES.where(delivery.c.serial == serial)).one_or_none()
    if row is None:
        raise WrongUsage(
            "unknown_delivery",
            _("there is no delivery {id}").format(id=identifier),
            hint=_("see: gateway log list"),
        )
    return _delivery(row)


def files_of(connection: Connection, identifier: str) -> list[dict[str, object]]:
    """Read the files of a released package."""
    rows = connection.execute(
        select(delivery_file.c.name, delivery_file.c.bytes, delivery_file.c.sha256)
        .where(delivery_file.c.delivery == delivery_serial(identifier))
        .order_by(delivery_file.c.name)
    )
    return [{"name": row.name, "bytes": row.bytes, "sha256": row.sha256} for row in rows]


def recalled_count(connection: Connection, identifier: str) -> int:
    """Count the lines of a delivery whose person has since opted out."""
    rows = connection.execute(select(recall.c.id).where(recall.c.delivery == delivery_serial(identifier)))
    return len(rows.all())


def provisions_to(connection: Connection, client_id: str) -> Iterator[ProvisionRecord]:
    """Read all provision records to one client."""
    return _provisions(connection, delivery.c.client_id == client_id)


def provisions_between(connection: Connection, first: date, last: date) -> Iterator[ProvisionRecord]:
    """Read all provision records of a period; both days belong to it, as days in Japan."""
    begin = stamp(datetime.combine(first, time.min, TOKYO))
    end = stamp(datetime.combine(last + timedelta(days=1), time.min, TOKYO))
    # A push may end on a later day than its lines were provided on, and the end of one under way is not known yet.
    started = and_(delivery.c.created_at < end, _pushed())
    released = and_(delivery.c.released_at >= begin, delivery.c.released_at < end)
    for each in _provisions(connection, or_(released, started)):
        if first <= each.provided_on <= last:
            yield each


def provisions_of_person(connection: Connection, line_code: str) -> Iterator[ProvisionRecord]:
    """Read all provision records of the record behind a line code: the answer to APPI Art. 33(5)."""
    _owner, found = find_line(connection, line_code)
    return _provisions_of_record(connection, found)


def _provisions_of_record(connection: Connection, found: StoredLine) -> Iterator[ProvisionRecord]:
    rows = connection.execute(
        select(line.c.delivery, line.c.number)
        .join_from(line, delivery)
        .where(
            line.c.list_id == found.list_id,
            line.c.record_number == found.record_number,
            provided(),
        )
        .order_by(line.c.delivery)
    ).all()
    for row in rows:
        yield from _provisions(connection, delivery.c.serial == row.delivery, only=row.number)


def _provisions(
    connection: Connection, condition: ColumnElement[bool], only: int | None = None
) -> Iterator[ProvisionRecord]:
    codes = LineCodes.of(connection)
    owners = connection.execute(
        select(delivery)
        .where(condition, delivery.c.state.in_((*RELEASED_STATES, PUSHING)))
        .order_by(delivery.c.serial)
    ).all()
    for owner in owners:
        client = json.loads(owner.client_snapshot)
        days = _days_of_push(connection, owner.serial)
        after = -1 if only is None else only - 1
        for each in delivery_lines(connection, owner.serial, after):
            if only is not None and each.number != only:
                break
            if owner.state == PUSHING and each.number not in days:
                continue
            (code,) = codes.encode(owner.serial, [each.number])
            yield ProvisionRecord(
                delivery=owner.id,
                provided_on=days.get(each.number) or legal_date(moment(owner.released_at)),
                client_name=client["name"],
                client_address=client["address"],
                client_representative=client["representative"],
                legal_basis=owner.legal_basis,
                items=tuple(json.loads(owner.items)),
                line_code=code,
                record_id=each.record_id,
                person={
                    name: value
                    for name in (
                        "name",
                        "kana",
                        "company",
                        "postal_code",
                        "address",
                        "building",
                        "phones",
                        "emails",
                    )
                    if (value := getattr(each.person, name))
                },
            )


def _pushed() -> ColumnElement[bool]:
    return exists().where(push_line.c.delivery == delivery.c.serial)


def _days_of_push(connection: Connection, serial: int) -> dict[int, date]:
    """Return line number → the day on which it was handed out, by the chunk's entry in the journal."""
    handed_out = and_(push_line.c.delivery == serial, push_line.c.state.in_(HANDED_OUT))
    fences = select(push_line.c.fence).where(handed_out).distinct()
    entries = connection.execute(
        select(journal.c.number, journal.c.recorded_at).where(journal.c.number.in_(fences))
    )
    days = {row.number: legal_date(moment(row.recorded_at)) for row in entries}
    rows = connection.execute(select(push_line.c.number, push_line.c.fence).where(handed_out)).all()
    return {row.number: days[row.fence] for row in rows if row.fence in days}


def _delivery(row: Any) -> DeliveryRecord:
    return DeliveryRecord(
        id=row.id,
        state=row.state,
        outcome=row.outcome,
        client=row.client_id,
        format=row.format,
        purpose=row.purpose,
        reference=row.reference,
        items=tuple(json.loads(row.items)),
        legal_basis=row.legal_basis,
        fence=row.fence,
        intent_number=row.intent_number,
        release_number=row.release_number,
        requested=row.requested,
        suppressed=row.suppressed,
        held=row.held,
        refused=row.refused,
        delivered=row.provided,
        manifest_sha256=row.manifest_sha256,
        created_at=row.created_at,
        released_at=row.released_at,
    )
