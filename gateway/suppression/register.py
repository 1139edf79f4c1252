"""The opt-out register (登録簿): record, find, list and lift opt-outs. Nothing is ever deleted from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, NewType, get_args

from sqlalchemy import Connection, Engine, func, select, update

from gateway.db.bulk import bulk_insert
from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.ids import read_id
from gateway.db.ledger import take_number
from gateway.db.tables import opt_out
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append, person_digest
from gateway.log.line_code import normal_form
from gateway.log.lines import person_of_line
from gateway.people.keys import MOST_KEYS, match_keys
from gateway.people.normalise import has_endless_field, normalise
from gateway.people.person import Person
from gateway.suppression.decision import Scope, unusable
from gateway.suppression.register_keys import OPT_OUTS, append_keys

OptOutId = NewType("OptOutId", int)
OptOutPurpose = Literal["all", "dm", "telemarketing"]
Channel = Literal["phone", "fax", "mail", "email", "web", "client", "counter"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
PURPOSES: tuple[OptOutPurpose, ...] = get_args(OptOutPurpose)
CHANNELS: tuple[Channel, ...] = get_args(Channel)

_PERSON_COLUMNS = ("name", "kana", "postal_code", "address", "building", "phones", "emails")
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutRequest:
    """A person's request to stop, as the desk took it."""

    person: Person
    scope: Scope = "individual"
    purpose: OptOutPurpose = "all"
    channel: Channel = "phone"
    received_on: date
    line_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """A recorded opt-out; ``number`` is its place in the ledger. ``lifted_number`` is 0 while it is in force."""

    id: OptOutId
    number: int
    scope: Scope
    purpose: OptOutPurpose
    channel: Channel
    received_on: str
    line_code: str
    recorded_at: str
    actor: str
    person: Person
    lifted_number: int = 0
    lifted_at: str = ""
    lifted_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Opt-outs that are in force from ledger number ``number`` on."""

    number: int
    ids: tuple[OptOutId, ...]


def opt_out_name(identifier: int) -> str:
    """Return an opt-out's id as people see it, such as ``O000017``."""
    return f"O{identifier:06d}"


def opt_out_number(name: str) -> OptOutId:
    """Read an id as people write it; ``WrongUsage`` when it is none."""
    number = read_id(name, "O")
    if number is None:
        raise _unknown(name)
    return OptOutId(number)


def complete(connection: Connection, request: OptOutRequest) -> OptOutRequest:
    """Fill in from the line code what the person did not say; ``WrongUsage`` when no such line was delivered."""
    if not request.line_code:
        return request
    delivered = person_of_line(connection, request.line_code)
    filled = {
        name: getattr(request.person, name) or getattr(delivered, name)
        for name in _PERSON_COLUMNS
        if name != "id"
    }
    code = normal_form(request.line_code)
    return replace(request, line_code=code, person=replace(request.person, **filled))


def why_unusable(request: OptOutRequest) -> str | None:
    """Return the reason why a request would protect nobody, or ``None``; a name alone is such a request."""
    return why_person_unusable(request.person, request.scope)


def why_person_unusable(person: Person, scope: Scope) -> str | None:
    """Return the reason why a person could not be protected in a scope: nothing to find them by, or too much."""
    return _reason_and_keys(person, scope)[0]


def _reason_and_keys(person: Person, scope: Scope) -> tuple[str | None, tuple[int, ...]]:
    """Return why a person could not be protected, or ``None``, and the keys."""
    if has_endless_field(person):
        return "too_long", ()
    normal = normalise(person)
    keys = match_keys(normal, scope)
    reason = unusable(normal, scope)
    if reason is None and len(keys) >= MOST_KEYS:
        reason = "too_many_values"
    return reason, keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyOptOuts:
    """Usable requests with their match keys, ready to be recorded in a short transaction."""

    requests: tuple[OptOutRequest, ...]
    keys: tuple[tuple[int, ...], ...]


def prepare_opt_outs(engine: Engine, requests: Sequence[OptOutRequest]) -> ReadyOptOuts:
    """Complete requests and make their keys; ``Refused`` when one of them has no usable key."""
    with reading(engine) as connection:
        completed = tuple(complete(connection, request) for request in requests)
    return ReadyOptOuts(requests=completed, keys=tuple(map(_usable_keys, completed)))


def record_opt_outs(
    engine: Engine, requests: Sequence[OptOutRequest], *, actor: str, now: datetime, file_sha256: str = ""
) -> Recorded:
    """Record opt-outs without erasing (``opt_out`` does both); when it returns they are in force.

    What is left to do the next writing command does (``erase_pending``). ``Refused`` when one of them has no usable key.
    """
    ready = prepare_opt_outs(engine, requests)
    with writing(engine) as connection:
        return write_opt_outs(connection, ready, actor=actor, now=now, file_sha256=file_sha256)


def write_opt_outs(
    connection: Connection, ready: ReadyOptOuts, *, actor: str, now: datetime, file_sha256: str = ""
) -> Recorded:
    """Write prepared opt-outs in the caller's transaction, which has read nothing yet that they decide."""
    requests = ready.requests
    number = take_number(connection)
    first = (connection.execute(select(func.max(opt_out.c.id))).scalar() or 0) + 1
    ids = tuple(OptOutId(identifier) for identifier in range(first, first + len(requests)))
    rows = (_row(i, number, request, actor, now) for i, request in zip(ids, requests, strict=True))
    bulk_insert(connection, opt_out, _INSERTED, rows)
    append_keys(connection, OPT_OUTS, ids, ready.keys)
    digest = person_digest(connection, *(canonical_person(request.person) for request in requests))
    content = {"first": ids[0], "count": len(ids), "digest": digest, "file_sha256": file_sha256}
    if len(ids) == 1:
        content |= {"scope": requests[0].scope, "purpose": requests[0].purpose}
    append(connection, number, "opt_out", content, actor=actor, now=now)
    return Recorded(number=number, ids=ids)


def lift_opt_out(engine: Engine, identifier: OptOutId, *, why: str, actor: str, now: datetime) -> int:
    """Take an opt-out out of force from the returned ledger number on; it stays in the register."""
    with writing(engine) as connection:
        number = take_number(connection)
        found = fetch_opt_outs(connection, [identifier]).get(identifier)
        if found is None:
            raise _unknown(opt_out_name(identifier))
        if found.lifted_number:
            raise Refused(
                "already_lifted", _("the opt-out {id} was lifted before").format(id=opt_out_name(identifier))
            )
        connection.execute(
            update(opt_out)
            .where(opt_out.c.id == identifier)
            .values(lifted_number=number, lifted_at=stamp(now), lifted_why=why)
        )
        append(connection, number, "lifting", {"opt_out": identifier, "why": why}, actor=actor, now=now)
    return number


def fetch_opt_outs(connection: Connection, identifiers: Iterable[int]) -> dict[int, OptOut]:
    """Read some opt-outs by id."""
    wanted = sorted(set(identifiers))
    found: dict[int, OptOut] = {}
    for start in range(0, len(wanted), 500):
        rows = connection.execute(select(opt_out).where(opt_out.c.id.in_(wanted[start : start + 500])))
        found.update((row.id, _opt_out(row)) for row in rows)
    return found


def get_opt_out(connection: Connection, identifier: OptOutId) -> OptOut:
    """Read one opt-out; ``WrongUsage`` when there is none."""
    found = fetch_opt_outs(connection, [identifier]).get(identifier)
    if found is None:
        raise _unknown(opt_out_name(identifier))
    return found


def all_opt_outs(connection: Connection) -> Iterator[OptOut]:
    """Read the whole register in the order of recording."""
    last = 0
    while True:
        rows = connection.execute(
            select(opt_out).where(opt_out.c.id > last).order_by(opt_out.c.id).limit(_PAGE)
        ).all()
        if not rows:
            return
        yield from map(_opt_out, rows)
        last = rows[-1].id


def canonical_person(person: Person) -> str:
    """Write a person's identifying values in the one way that is hashed."""
    values = [person.name, person.kana, person.postal_code, person.address, person.building]
    return json.dumps([*values, list(person.phones), list(person.emails)], ensure_ascii=False)


def _usable_keys(request: OptOutRequest) -> tuple[int, ...]:
    reason, keys = _reason_and_keys(request.person, request.scope)
    if reason is not None:
        raise Refused(
            "no_usable_key",
            _("this opt-out would protect nobody ({reason})").format(reason=reason),
            hint=_("give the name with an address, or a phone number, an e-mail address or a line code"),
        )
    return keys


_INSERTED = (
    "id",
    "number",
    "scope",
    "purpose",
    "channel",
    "received_on",
    "line_code",
    *_PERSON_COLUMNS,
    "recorded_at",
    "actor",
    "lifted_why",
)


def _row(
    identifier: int, number: int, request: OptOutRequest, actor: str, now: datetime
) -> tuple[object, ...]:
    person = request.person
    return (
        identifier,
        number,
        request.scope,
        request.purpose,
        request.channel,
        request.received_on.isoformat(),
        request.line_code,
        person.name,
        person.kana,
        person.postal_code,
        person.address,
        person.building,
        json.dumps(person.phones, ensure_ascii=False),
        json.dumps(person.emails, ensure_ascii=False),
        stamp(now),
        actor,
        "",
    )


def _opt_out(row: Any) -> OptOut:
    return OptOut(
        id=row.id,
        number=row.number,
        scope=row.scope,
        purpose=row.purpose,
        channel=row.channel,
        received_on=row.received_on,
        line_code=row.line_code,
        recorded_at=row.recorded_at,
        actor=row.actor,
        person=Person(
            id=opt_out_name(row.id),
            name=row.name,
            kana=row.kana,
            postal_code=row.postal_code,
            address=row.address,
            building=row.building,
            phones=tuple(json.loads(row.phones)),
            emails=tuple(json.loads(row.emails)),
        ),
        lifted_number=row.lifted_number or 0,
        lifted_at=row.lifted_at or "",
        lifted_why=row.lifted_why,
    )


def _unknown(name: str) -> WrongUsage:
    return WrongUsage(
        "unknown_opt_out", _("there is no opt-out {id}").format(id=name), hint=_("see: gateway optout list")
    )
