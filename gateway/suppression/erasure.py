"""Check 1: erase a person who opted out from every list, at once.

The lists are searched before the ledger is locked, so that the lock is held for what is erased alone. An erasure that
failed is finished by the next writing command. What is only ``review`` is put before the operator, not erased.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, delete, insert, select, update

from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger, take_number
from gateway.db.tables import contact, delivery, hold, line, list_, opt_out, vanished_line
from gateway.db.tables import record as record_table
from gateway.log.journal import append
from gateway.log.lines import not_left
from gateway.people.keys import record_keys
from gateway.people.normalise import NORMALISER_VERSION, fingerprint, normalise
from gateway.people.stored import delete_records, fetch_records
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import KeyPage, remove_lines, remove_records, replace_keys
from gateway.suppression.phone_scope import without_numbers
from gateway.suppression.recall_search import recall_records, search_recalls
from gateway.suppression.record_search import MetRecords, search_records
from gateway.suppression.register import OptOut, OptOutId
from gateway.suppression.register_keys import OPT_OUTS, keys_of
from gateway.suppression.screening import Judgement, Register


@dataclass(slots=True, kw_only=True)
class Erasure:
    """What one opt-out took out of the lists: counts by list name, and the holds it opened."""

    erased: Counter[str] = field(default_factory=Counter)
    held: list[int] = field(default_factory=list)


def erase_pending(engine: Engine, *, actor: str, now: datetime) -> dict[OptOutId, Erasure]:
    """Erase for every opt-out that has not been erased yet; returns what happened for each."""
    pending = and_(opt_out.c.erased_at.is_(None), opt_out.c.lifted_number.is_(None))
    statement = select(opt_out.c.id).where(pending).order_by(opt_out.c.id)
    with reading(engine) as connection:
        seen = list(connection.execute(statement).scalars())
        if not seen:
            return {}
        found = search_records(connection, _index(connection, seen))
    with writing(engine) as connection:
        lock_ledger(connection)
        owners = [OptOutId(each) for each in connection.execute(statement).scalars()]
        if not owners:  # another process has done it while this one waited for the lock
            return {}
        if not set(owners) <= set(seen):
            found = MetRecords()
        return erase(connection, owners, found, actor=actor, now=now)


def erase(
    connection: Connection, owners: Sequence[OptOutId], found: MetRecords, *, actor: str, now: datetime
) -> dict[OptOutId, Erasure]:
    """Erase for some opt-outs, in a transaction that has locked the ledger.

    ``found`` is what was searched for just these opt-outs before the lock; what has become visible since is searched here.
    """
    found = search_records(connection, _index(connection, owners), found)
    number = take_number(connection)
    register = Register(connection, "any", upto=number, only=owners)
    results = {owner: Erasure() for owner in owners}
    for row in connection.execute(select(list_.c.id, list_.c.name).order_by(list_.c.id)).all():
        _erase_from_list(connection, register, row.id, row.name, found.of_list(row.id), results, now)
    for start in range(0, len(owners), 500):
        these = opt_out.c.id.in_(owners[start : start + 500])
        connection.execute(update(opt_out).where(these).values(erased_at=stamp(now)))
    lists: Counter[str] = sum((result.erased for result in results.values()), Counter())
    content: dict[str, object] = {
        "opt_outs": len(owners),
        "first": min(owners),
        "last": max(owners),
        "erased": dict(lists),
    }
    append(connection, number, "erasure", content, actor=actor, now=now)
    return results


def _index(connection: Connection, owners: Sequence[int]) -> KeyIndex:
    return KeyIndex(*keys_of(connection, OPT_OUTS, owners))


def act_on_opt_outs(engine: Engine, *, actor: str, now: datetime) -> dict[OptOutId, Erasure]:
    """Do all that follows from recorded opt-outs: erase from the lists, then search earlier deliveries."""
    results = erase_pending(engine, actor=actor, now=now)
    search_recalls(engine, now=now)
    return results


def erase_records(connection: Connection, list_id: int, numbers: Iterable[int]) -> None:
    """Take records out of a list, with their contacts, keys and unreleased lines.

    The caller holds the ledger's lock and writes the journal entry.
    """
    gone = sorted(numbers)
    if not gone:
        return
    _erase_unreleased_lines(connection, list_id, gone)
    delete_records(connection, list_id, gone)
    remove_records(connection, list_id, gone)


def open_hold(
    connection: Connection, found: Judgement, list_id: int, record_id: str, *, origin: str, now: datetime
) -> int:
    """Put a doubtful pair before the operator, once; returns the hold's id."""
    known = connection.execute(
        select(hold.c.id).where(
            hold.c.opt_out_id == found.opt_out_id, hold.c.fingerprint == found.fingerprint
        )
    ).scalar_one_or_none()
    if known is not None:
        return int(known)
    made = connection.execute(
        insert(hold)
        .values(
            opt_out_id=found.opt_out_id,
            fingerprint=found.fingerprint,
            list_id=list_id,
            record_number=found.number,
            record_id=record_id,
            rule=found.rule,
            origin=origin,
            opened_at=stamp(now),
            state="open",
            normaliser_version=NORMALISER_VERSION,
        )
        .returning(hold.c.id)
    )
    return int(made.scalar_one())


def _erase_from_list(
    connection: Connection,
    register: Register,
    list_id: int,
    name: str,
    pages: Iterable[KeyPage],
    results: dict[OptOutId, Erasure],
    now: datetime,
) -> None:
    gone: set[int] = set()
    covered: dict[int, OptOut] = {}
    numberless: defaultdict[int, list[OptOut]] = defaultdict(list)
    for page in pages:
        judged = register.judge_pairs(list_id, page)
        records = fetch_records(connection, list_id, {found.number for found in judged})
        for found in judged:
            requested = register.opt_outs([found.opt_out_id])[found.opt_out_id][0]
            result = results[found.opt_out_id]
            if found.verdict == "suppress":
                covered[found.number] = requested
            if requested.scope == "phone" and requested.purpose != "dm":
                numberless[found.number].append(requested)
                result.erased[name] += 1
            elif requested.purpose != "all" or requested.scope == "phone":
                continue
            elif found.verdict == "suppress":
                gone.add(found.number)
                result.erased[name] += 1
            else:
                result.held.append(
                    open_hold(
                        connection, found, list_id, records[found.number].person.id, origin="optout", now=now
                    )
                )
    recall_records(connection, list_id, covered, now=now)
    erase_records(connection, list_id, gone)
    _remove_numbers(
        connection, list_id, {number: asked for number, asked in numberless.items() if number not in gone}
    )


def _remove_numbers(connection: Connection, list_id: int, asked: dict[int, list[OptOut]]) -> None:
    """Take the phone numbers of scope ``phone`` off records that stay."""
    records = fetch_records(connection, list_id, asked)
    fresh: dict[int, tuple[int, ...]] = {}
    for number, record in records.items():
        person = without_numbers(record.person, [requested.person for requested in asked[number]])
        dropped = set(record.person.phones) - set(person.phones)
        connection.execute(
            delete(contact).where(
                contact.c.list_id == list_id,
                contact.c.number == number,
                contact.c.kind == "phone",
                contact.c.value.in_(sorted(dropped)),
            )
        )
        normal = normalise(person)
        # The record has changed: what was decided or cleared about its old form no longer holds.
        connection.execute(
            update(record_table)
            .where(record_table.c.list_id == list_id, record_table.c.number == number)
            .values(fingerprint=fingerprint(normal))
        )
        fresh[number] = record_keys(normal)
    replace_keys(connection, list_id, fresh)


def _erase_unreleased_lines(connection: Connection, list_id: int, numbers: list[int]) -> None:
    """Remove the lines of deliveries that are still being made, and leave word for their release."""
    for start in range(0, len(numbers), 500):
        rows = connection.execute(
            select(line.c.delivery, line.c.number)
            .join_from(line, delivery)
            .where(
                line.c.list_id == list_id,
                line.c.record_number.in_(numbers[start : start + 500]),
                not_left(),
            )
        ).all()
        by_delivery: defaultdict[int, list[int]] = defaultdict(list)
        for row in rows:
            by_delivery[row.delivery].append(row.number)
        for serial, lines in by_delivery.items():
            connection.execute(
                insert(vanished_line), [{"delivery": serial, "number": number} for number in lines]
            )
            connection.execute(delete(line).where(line.c.delivery == serial, line.c.number.in_(lines)))
            remove_lines(connection, serial, lines)
