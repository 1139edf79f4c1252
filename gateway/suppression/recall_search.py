"""Find what was delivered before a person opted out, so that the clients can be told (回収通知)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, or_, select, update

from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger
from gateway.db.tables import delivery, line, opt_out, recall
from gateway.log.lines import PUSHING, RELEASED_STATES, person_from_json, provided
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.suppression.decision import decide
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import line_pages
from gateway.suppression.register import OptOut, OptOutId, fetch_opt_outs
from gateway.suppression.register_keys import OPT_OUTS, keys_of

_Found = tuple[int, int, str, int]
"""A delivered line of a person who has opted out: delivery, line number, client, opt-out."""

KEPT_YEARS = 3
"""How long deliveries are searched: as long as provision records are kept (APPI Rules Art. 21 no. 3)."""


def recall_records(
    connection: Connection, list_id: int, covered: Mapping[int, OptOut], *, now: datetime
) -> None:
    """Recall the delivered lines of some records of a list: record number → the opt-out that covers it.

    Finds them by the record itself, whatever the delivery held of the person; runs where the record is erased.
    """
    numbers = sorted(covered)
    for start in range(0, len(numbers), 500):
        rows = connection.execute(
            select(
                line.c.delivery, line.c.number, line.c.record_number, delivery.c.client_id, delivery.c.purpose
            )
            .join_from(line, delivery)
            .where(
                line.c.list_id == list_id,
                line.c.record_number.in_(numbers[start : start + 500]),
                provided(),
            )
        ).all()
        concerned = (
            (row.delivery, row.number, row.client_id, covered[row.record_number].id)
            for row in rows
            if concerns(covered[row.record_number], row.purpose)
        )
        _add(connection, concerned, now)


def search_recalls(engine: Engine, *, now: datetime) -> None:
    """Search earlier deliveries for every opt-out that has not been searched for; safe to repeat.

    Deliveries released later were screened against it, so nothing is missed between the two.
    """
    pending = and_(opt_out.c.recalled_at.is_(None), opt_out.c.lifted_number.is_(None))
    with reading(engine) as connection:
        owners = [row.id for row in connection.execute(select(opt_out.c.id).where(pending))]
        if not owners:
            return
        opt_outs = fetch_opt_outs(connection, owners)
        index = KeyIndex(*keys_of(connection, OPT_OUTS, owners))
        since = stamp(now.replace(year=now.year - KEPT_YEARS, day=min(now.day, 28)))
        found = [
            (row.serial, number, row.client_id, owner)
            for row in connection.execute(
                select(delivery.c.serial, delivery.c.client_id, delivery.c.purpose).where(
                    or_(
                        and_(delivery.c.state.in_(RELEASED_STATES), delivery.c.released_at >= since),
                        delivery.c.state == PUSHING,
                    )
                )
            ).all()
            for number, owner in _matches(connection, index, opt_outs, row.serial, row.purpose)
        ]
    with writing(engine) as connection:
        lock_ledger(connection)
        _add(connection, found, now)
        searched = and_(pending, opt_out.c.id <= max(owners))
        connection.execute(update(opt_out).where(searched).values(recalled_at=stamp(now)))


def recalled_deliveries(engine: Engine, identifiers: Iterable[OptOutId]) -> dict[int, list[str]]:
    """Return for opt-outs the ids of the deliveries that hold the person."""
    wanted = sorted(identifiers)
    grouped: defaultdict[int, list[str]] = defaultdict(list)
    with reading(engine) as connection:
        for start in range(0, len(wanted), 500):
            rows = connection.execute(
                select(recall.c.opt_out_id, delivery.c.id, delivery.c.serial)
                .join_from(recall, delivery)
                .where(recall.c.opt_out_id.in_(wanted[start : start + 500]))
                .order_by(delivery.c.serial)
                .distinct()
            )
            for row in rows:
                grouped[row.opt_out_id].append(row.id)
    return dict(grouped)


def concerns(found: OptOut, purpose: str) -> bool:
    """Tell whether an opt-out binds deliveries of a purpose; scope ``phone`` binds calls only."""
    if found.scope == "phone" and purpose != "telemarketing":
        return False
    return found.purpose in ("all", purpose)


def _matches(
    connection: Connection, index: KeyIndex, opt_outs: Mapping[int, OptOut], serial: int, purpose: str
) -> list[tuple[int, OptOutId]]:
    """Judge the lines of one delivery by what it held of the person; only a clear match is recalled."""
    matches = []
    for page in line_pages(connection, serial):
        pairs = index.candidates(page)
        people = _people(connection, serial, sorted({number for number, _owner in pairs}))
        records = {number: normalise(person) for number, person in people.items()}
        requested = {
            owner: normalise(opt_outs[owner].person) for owner in {owner for _number, owner in pairs}
        }
        for number, owner in pairs:
            found = opt_outs[owner]
            if number in records and concerns(found, purpose):
                decided = decide(requested[owner], found.scope, records[number])
                if decided.verdict == "suppress":
                    matches.append((number, found.id))
    return matches


def _people(connection: Connection, serial: int, numbers: Sequence[int]) -> dict[int, Person]:
    people = {}
    for start in range(0, len(numbers), 500):
        rows = connection.execute(
            select(line.c.number, line.c.person)
            .join_from(line, delivery)
            .where(line.c.delivery == serial, line.c.number.in_(numbers[start : start + 500]), provided())
        )
        people.update({row.number: person_from_json(row.person) for row in rows})
    return people


def _add(connection: Connection, found: Iterable[_Found], now: datetime) -> None:
    """Note recalls, each line once, in few statements: the ledger is locked meanwhile."""
    by_delivery: defaultdict[int, dict[int, _Found]] = defaultdict(dict)
    for each in found:
        by_delivery[each[0]].setdefault(each[1], each)
    for serial, lines in by_delivery.items():
        statement = select(recall.c.line_number).where(recall.c.delivery == serial)
        known = set(connection.execute(statement).scalars())
        rows = [
            {
                "delivery": serial,
                "line_number": number,
                "client_id": client_id,
                "opt_out_id": owner,
                "found_at": stamp(now),
            }
            for _serial, number, client_id, owner in lines.values()
            if number not in known
        ]
        if rows:
            connection.execute(recall.insert(), rows)
