"""Make the keys of opt-outs, refusals and delivered lines anew when the normaliser has changed.

Both sides of every comparison must have been written by the same version. Each page is a short transaction of its own
and says itself which version made it, so an interrupted rebuild goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, Engine, delete, func, select, update

from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger
from gateway.db.tables import client_refusal_page, decision, delivery, hold, line, line_key_page
from gateway.log.lines import person_from_json
from gateway.people.keys import keys_of_people, match_keys, record_keys
from gateway.people.normalise import NORMALISER_VERSION, normalise
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.decision import Scope
from gateway.suppression.key_pages import KeyPage, outdated_line_pages, replace_line_page
from gateway.suppression.refusals import SCOPE, fetch_refusals
from gateway.suppression.register import fetch_opt_outs
from gateway.suppression.register_keys import (
    OPT_OUTS,
    RegisterPages,
    numbers_of_page,
    outdated_pages,
    refusals_of,
    replace_page,
)

Advance = Callable[[int], None]
"""Told that so many more entries have their keys."""

_Protected = Mapping[int, tuple[Person, Scope]]


def outdated_registers(connection: Connection) -> list[RegisterPages]:
    """Return the registers that have pages of another version: opt-outs, and refusals client by client."""
    clients = connection.execute(
        select(client_refusal_page.c.client_id)
        .where(client_refusal_page.c.normaliser_version != NORMALISER_VERSION)
        .distinct()
    ).scalars()
    registers = [OPT_OUTS, *(refusals_of(client) for client in sorted(clients))]
    return [pages for pages in registers if outdated_pages(connection, pages)]


def rekey_register(engine: Engine, pages: RegisterPages, advance: Advance) -> int:
    """Make the outdated pages of a register anew; return how many entries they hold."""
    with reading(engine) as connection:
        firsts = outdated_pages(connection, pages)
    count = 0
    for first in firsts:
        with reading(engine) as connection:
            numbers = numbers_of_page(connection, pages, first)
            protected = _protected(connection, pages, numbers)
        made = _page_of_register(numbers, protected)
        with writing(engine) as connection:
            lock_ledger(connection)
            # Only the software's own version appends, and only to pages of that version: this page has stayed as it was.
            replace_page(connection, pages, first, made)
        count += len(numbers)
        advance(len(numbers))
    return count


def rekey_lines(engine: Engine, advance: Advance) -> int:
    """Make the outdated pages of deliveries' lines anew; return how many lines they hold."""
    with reading(engine) as connection:
        outdated = outdated_line_pages(connection)
    count = 0
    for serial, first in outdated:
        with writing(engine) as connection:
            lock_ledger(connection)
            numbers = _line_numbers(connection, serial, first)
            keys = _keys_of_lines(connection, serial, numbers)
            replace_line_page(connection, serial, first, _laid_out(numbers, keys))
        count += len(numbers)
        advance(len(numbers))
    return count


def doubted_fingerprints(connection: Connection, version: int) -> frozenset[int]:
    """Return the fingerprints of some version that holds and decisions are about."""
    return frozenset(
        fingerprint
        for table in (decision, hold)
        for fingerprint in connection.execute(
            select(table.c.fingerprint).where(table.c.normaliser_version == version).distinct()
        ).scalars()
    )


def move_decisions(connection: Connection, version: int, moved: Mapping[int, int]) -> None:
    """Let decisions and holds follow records whose fingerprint changed with the version alone: old → new.

    A person has decided about the very same record, so the decision stands. Rows are marked with the version, so that
    none is moved twice; of two holds that fall together one stays.
    """
    for old, new in moved.items():
        connection.execute(
            update(decision)
            .where(decision.c.fingerprint == old, decision.c.normaliser_version == version)
            .values(fingerprint=new, normaliser_version=NORMALISER_VERSION)
        )
        rows = connection.execute(
            select(hold.c.id, hold.c.opt_out_id).where(
                hold.c.fingerprint == old, hold.c.normaliser_version == version
            )
        ).all()
        for row in rows:
            _move_hold(connection, row.id, row.opt_out_id, new)


def _move_hold(connection: Connection, identifier: int, opt_out_id: int, fingerprint: int) -> None:
    this = hold.c.id == identifier
    other = connection.execute(
        select(hold.c.id, hold.c.state).where(
            hold.c.opt_out_id == opt_out_id, hold.c.fingerprint == fingerprint, hold.c.id != identifier
        )
    ).one_or_none()
    if other is not None:
        gone = identifier if other.state != "open" else other.id
        connection.execute(delete(hold).where(hold.c.id == gone))
        if gone == identifier:
            return
    connection.execute(
        update(hold).where(this).values(fingerprint=fingerprint, normaliser_version=NORMALISER_VERSION)
    )


def _protected(connection: Connection, pages: RegisterPages, numbers: Sequence[int]) -> _Protected:
    if pages.client:
        return {number: (person, SCOPE) for number, person in fetch_refusals(connection, numbers).items()}
    return {
        number: (found.person, found.scope) for number, found in fetch_opt_outs(connection, numbers).items()
    }


def _page_of_register(numbers: Sequence[int], protected: _Protected) -> KeyPage:
    return _laid_out(
        numbers,
        [match_keys(normalise(protected[number][0]), protected[number][1]) for number in numbers],
    )


def _laid_out(numbers: Sequence[int], keys: Sequence[Sequence[int]]) -> KeyPage:
    return KeyPage(
        numbers=np.array(numbers, dtype=np.int64),
        lens=np.fromiter((len(own) for own in keys), dtype=np.uint8, count=len(keys)),
        keys=np.array([key for own in keys for key in own], dtype=np.int64),
    )


def _line_numbers(connection: Connection, serial: int, first: int) -> list[int]:
    blob = connection.execute(
        select(line_key_page.c.numbers).where(
            line_key_page.c.delivery == serial, line_key_page.c.first_number == first
        )
    ).scalar_one()
    found: list[int] = np.frombuffer(blob, dtype="<i8").tolist()
    return found


def _keys_of_lines(connection: Connection, serial: int, numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Make the keys of lines from the person as delivered; purged lines have none.

    A delivery that is not in place yet is checked once more by its records, so these count too.
    """
    if not numbers:
        return []
    state = connection.execute(select(delivery.c.state).where(delivery.c.serial == serial)).scalar_one()
    rows = connection.execute(
        select(line.c.number, line.c.list_id, line.c.record_number, line.c.person).where(
            line.c.delivery == serial, line.c.number.between(min(numbers), max(numbers))
        )
    ).all()
    made = keys_of_people([person_from_json(row.person) for row in rows])
    ends = np.cumsum(made.lens, dtype=np.int64)
    keys = {
        row.number: tuple(made.keys[end - length : end].tolist())
        for row, end, length in zip(rows, ends, made.lens.astype(np.int64), strict=True)
    }
    if state != "published":
        for row in rows:
            found = fetch_records(connection, row.list_id, [row.record_number]).get(row.record_number)
            if found is not None:
                own = record_keys(normalise(found.person))
                keys[row.number] = tuple(dict.fromkeys((*own, *keys[row.number])))[:255]
    return [keys.get(number, ()) for number in numbers]


def count_outdated(connection: Connection) -> int:
    """Count the opt-outs and refusals whose keys are of another version, for the progress."""
    total = 0
    for table in (OPT_OUTS.table, client_refusal_page):
        total += connection.execute(
            select(func.coalesce(func.sum(func.length(table.c.counts)), 0)).where(
                table.c.normaliser_version != NORMALISER_VERSION
            )
        ).scalar_one()
    return int(total)


def made_register_page(connection: Connection, pages: RegisterPages, numbers: Sequence[int]) -> KeyPage:
    """Make a register's page for some entries, from the persons as recorded."""
    return _page_of_register(numbers, _protected(connection, pages, numbers))


def made_line_page(connection: Connection, serial: int, numbers: Sequence[int]) -> KeyPage:
    """Make a delivery's page for some lines, from the persons as delivered."""
    return _laid_out(numbers, _keys_of_lines(connection, serial, numbers))
