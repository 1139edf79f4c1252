"""The review queue: what was held back, side by side with its opt-out, and what a person decides about it.

A decision is remembered for the pair (opt-out, fingerprint of the normalised record): it survives re-import and ends
when the data change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, and_, insert, select, update

from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.ids import read_id
from gateway.db.ledger import take_number
from gateway.db.tables import acquisition, decision, hold, list_, opt_out, record
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append
from gateway.people.normalise import NORMALISER_VERSION
from gateway.people.stored import StoredRecord, fetch_records
from gateway.suppression.erasure import erase_records
from gateway.suppression.recall_search import recall_records
from gateway.suppression.register import OptOut, fetch_opt_outs, opt_out_name

Decided = Literal["deliver", "suppress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One doubtful pair. ``record`` is ``None`` when it is in no list any more, or has changed."""

    id: int
    state: str
    rule: str
    origin: str
    opened_at: str
    list_name: str
    record_id: str
    fingerprint: int
    opt_out: OptOut
    record: StoredRecord | None


def hold_name(identifier: int) -> str:
    """Return a hold's id as people see it, such as ``H000003``."""
    return f"H{identifier:06d}"


def hold_number(name: str) -> int:
    """Read an id as people write it; ``WrongUsage`` when it is none."""
    number = read_id(name, "H")
    if number is None:
        raise _unknown(name)
    return number


def open_holds(connection: Connection) -> Iterator[Hold]:
    """Read the holds that wait for a decision, in the order they were opened; a lifted opt-out asks for none."""
    in_force = select(opt_out.c.id).where(opt_out.c.lifted_number.is_(None))
    waiting = and_(hold.c.state == "open", hold.c.opt_out_id.in_(in_force))
    rows = connection.execute(_HOLDS.where(waiting).order_by(hold.c.id)).all()
    for row in rows:
        yield _hold(connection, row)


def decide_hold(
    engine: Engine, identifier: int, verdict: Decided, *, why: str, actor: str, now: datetime
) -> tuple[int, dict[str, int]]:
    """Record a decision about a hold's pair, the later one counts; returns its ledger number and what was erased by list.

    ``suppress`` on an opt-out from everything erases the record from every list; ``deliver`` binds this pair only.
    ``Refused`` when the opt-out was lifted.
    """
    twins = _twins(engine, identifier) if verdict == "suppress" else {}
    with writing(engine) as connection:
        number = take_number(connection)
        row = connection.execute(_HOLDS.where(hold.c.id == identifier)).one_or_none()
        if row is None:
            raise _unknown(hold_name(identifier))
        found = _hold(connection, row)
        if found.opt_out.lifted_number:
            raise Refused(
                "opt_out_lifted",
                _("the opt-out {id} was lifted: there is nothing to decide").format(
                    id=opt_out_name(found.opt_out.id)
                ),
            )
        state = "released" if verdict == "deliver" else "suppressed"
        if found.state == state:
            raise Refused(
                "already_decided",
                _("{id} was decided so before").format(id=hold_name(identifier)),
                hint=_("a new opt-out, or changed data, opens a new review"),
            )
        connection.execute(
            insert(decision).values(
                number=number,
                opt_out_id=found.opt_out.id,
                fingerprint=found.fingerprint,
                verdict=verdict,
                why=why,
                decided_at=stamp(now),
                actor=actor,
                normaliser_version=NORMALISER_VERSION,
            )
        )
        connection.execute(update(hold).where(hold.c.id == identifier).values(state=state))
        erased = _erase(connection, found, twins, now) if verdict == "suppress" else {}
        content = {
            "hold": hold_name(identifier),
            "opt_out": opt_out_name(found.opt_out.id),
            "verdict": verdict,
            "why": why,
            "erased": erased,
        }
        append(connection, number, "decision", content, actor=actor, now=now)
    return number, erased


def _twins(engine: Engine, identifier: int) -> dict[int, list[int]]:
    """Find the records of the held form by list, outside the ledger's lock because every record is looked at."""
    with reading(engine) as connection:
        wanted = select(hold.c.fingerprint).where(hold.c.id == identifier).scalar_subquery()
        finished = select(acquisition.c.id).where(acquisition.c.finished_at.is_not(None))
        rows = connection.execute(
            select(record.c.list_id, record.c.number).where(
                record.c.fingerprint == wanted, record.c.acquisition_id.in_(finished)
            )
        ).all()
    grouped: dict[int, list[int]] = {}
    for row in rows:
        grouped.setdefault(row.list_id, []).append(row.number)
    return grouped


def _erase(connection: Connection, found: Hold, twins: dict[int, list[int]], now: datetime) -> dict[str, int]:
    if found.opt_out.purpose != "all" or found.opt_out.scope == "phone":
        return {}
    erased = {}
    names = {row.id: row.name for row in connection.execute(select(list_.c.id, list_.c.name))}
    for list_id, numbers in sorted(twins.items()):
        still = [
            number
            for number, stored in fetch_records(connection, list_id, numbers).items()
            if stored.fingerprint == found.fingerprint
        ]
        recall_records(connection, list_id, dict.fromkeys(still, found.opt_out), now=now)
        erase_records(connection, list_id, still)
        if still:
            erased[names[list_id]] = len(still)
    return erased


_HOLDS = select(hold, list_.c.name.label("list_name")).join_from(hold, list_, isouter=True)


def _hold(connection: Connection, row: Any) -> Hold:
    record = None
    if row.list_id is not None:
        record = fetch_records(connection, row.list_id, [row.record_number]).get(row.record_number)
    return Hold(
        id=row.id,
        state=row.state,
        rule=row.rule,
        origin=row.origin,
        opened_at=row.opened_at,
        list_name=row.list_name or "",
        record_id=row.record_id,
        fingerprint=row.fingerprint,
        opt_out=fetch_opt_outs(connection, [row.opt_out_id])[row.opt_out_id],
        record=record if record is not None and record.fingerprint == row.fingerprint else None,
    )


def _unknown(name: str) -> WrongUsage:
    return WrongUsage(
        "unknown_review", _("there is no review {id}").format(id=name), hint=_("see: gateway review list")
    )
