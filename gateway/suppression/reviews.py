"""The review queue: what was held back, side by side with its opt-out, and what a person decides about it.

A decision is remembered for the pair (opt-out, fingerprint of the normalised record): it survives re-import and ends
when the data change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, insert, select, update

from gateway.db.clock import stamp
from gateway.db.engine import writing
from gateway.db.ledger import take_number
from gateway.db.tables import decision, hold, list_
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
    digits = name.strip().upper().removeprefix("H")
    if not (digits.isascii() and digits.isdigit()):
        raise _unknown(name)
    return int(digits)


def open_holds(connection: Connection) -> Iterator[Hold]:
    """Read the holds that wait for a decision, in the order they were opened."""
    rows = connection.execute(_HOLDS.where(hold.c.state == "open").order_by(hold.c.id)).all()
    for row in rows:
        yield _hold(connection, row)


def decide_hold(
    engine: Engine, identifier: int, verdict: Decided, *, why: str, actor: str, now: datetime
) -> tuple[int, dict[str, int]]:
    """Record a decision about a hold's pair, the later one counts; returns its ledger number and what was erased by list.

    ``suppress`` on an opt-out from everything erases the record; ``deliver`` binds this pair only.
    """
    with writing(engine) as connection:
        number = take_number(connection)
        row = connection.execute(_HOLDS.where(hold.c.id == identifier)).one_or_none()
        if row is None:
            raise _unknown(hold_name(identifier))
        found = _hold(connection, row)
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
        erased = _erase(connection, found, now) if verdict == "suppress" else {}
        content = {
            "hold": hold_name(identifier),
            "opt_out": opt_out_name(found.opt_out.id),
            "verdict": verdict,
            "why": why,
            "erased": erased,
        }
        append(connection, number, "decision", content, actor=actor, now=now)
    return number, erased


def _erase(connection: Connection, found: Hold, now: datetime) -> dict[str, int]:
    if found.record is None or found.opt_out.purpose != "all" or found.opt_out.scope == "phone":
        return {}
    record = found.record
    recall_records(connection, record.list_id, {record.number: found.opt_out}, now=now)
    erase_records(connection, record.list_id, [record.number])
    return {found.list_name: 1}


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
