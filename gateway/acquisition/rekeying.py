"""Make all match keys anew when the normaliser has changed, before anything is delivered, imported or checked.

Opt-outs and records must be written alike, or people would slip through. Every page is a short transaction of its own, so
that opt-outs are recorded meanwhile, and an interrupted rebuild is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from time import monotonic, sleep

import numpy as np
from sqlalchemy import Connection, Engine, bindparam, select, update

from gateway.acquisition.lists import ListId, import_lock, import_running
from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger, take_number
from gateway.db.locks import hold_lock
from gateway.db.tables import list_, record
from gateway.errors import Failed
from gateway.i18n import _
from gateway.log.journal import append
from gateway.people.keys import keys_of_people
from gateway.people.normalise import NORMALISER_VERSION
from gateway.people.stored import read_block
from gateway.suppression.key_pages import (
    PAGE_RECORDS,
    count_records,
    outdated_line_pages,
    record_pages,
    replace_keys,
)
from gateway.suppression.rekeying import (
    Advance,
    count_outdated,
    doubted_fingerprints,
    move_decisions,
    outdated_registers,
    rekey_lines,
    rekey_register,
)

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""``progress(step, total)`` shows one step; it yields a function that takes how many more have been done."""

_OUTDATED_LISTS = select(list_.c.name).where(list_.c.normaliser_version != NORMALISER_VERSION)


def no_progress(_step: str, _total: int) -> AbstractContextManager[Callable[[int], None]]:
    """Show nothing."""
    return nullcontext(lambda _done: None)


def renew_keys(
    engine: Engine, *, actor: str, now: datetime, progress: Progress = no_progress, patience: float = 600.0
) -> bool:
    """Make all keys anew that another version of the normaliser has made; returns whether there were any.

    Waits while another process does the same; ``Failed`` (``keys_busy``) when that takes longer than ``patience``
    seconds. ``Refused`` while an import into an outdated list runs.
    """
    if not is_outdated(engine):
        return False
    deadline = monotonic() + patience
    while True:
        with hold_lock(engine, "keys") as taken:
            if taken:
                _renew(engine, progress, actor=actor, now=now)
                return True
        if monotonic() > deadline:
            raise Failed(
                "keys_busy", _("another process makes the match keys anew"), hint=_("try again later")
            )
        sleep(0.2)


def is_outdated(engine: Engine) -> bool:
    """Tell whether anything has keys of another version of the normaliser."""
    with reading(engine) as connection:
        return bool(
            outdated_registers(connection)
            or connection.execute(_OUTDATED_LISTS.limit(1)).first()
            or outdated_line_pages(connection)
        )


def _renew(engine: Engine, progress: Progress, *, actor: str, now: datetime) -> None:
    with reading(engine) as connection:
        registers = outdated_registers(connection)
        protected = count_outdated(connection)
        lists = outdated_lists(connection)
        records = sum(count_records(connection, _list_id(connection, name)) for name in lists)
        lines = len(outdated_line_pages(connection)) * PAGE_RECORDS
    if registers:
        with progress(_("renewing the keys of the register"), protected) as advance:
            for pages in registers:
                rekey_register(engine, pages, advance)
    if lists:
        with progress(_("renewing the keys of lists"), records) as advance:
            for name in lists:
                rekey_list(engine, name, actor=actor, now=now, advance=advance)
    if lines:
        with progress(_("renewing the keys of deliveries"), lines) as advance:
            rekey_lines(engine, advance)


def outdated_lists(connection: Connection) -> list[str]:
    """Return the names of lists whose keys were made by another version of the normaliser."""
    return list(connection.execute(_OUTDATED_LISTS.order_by(list_.c.name)).scalars())


def rekey_list(
    engine: Engine, name: str, *, actor: str, now: datetime, advance: Advance = lambda _count: None
) -> int:
    """Make the keys and fingerprints of a list anew, page by page; return how many records there were.

    What was decided by hand follows the records. A repetition after an interruption starts over; until it is through, the
    list counts as outdated. ``Refused`` while an import into the list runs.
    """
    with reading(engine) as connection:
        identifier, version = connection.execute(
            select(list_.c.id, list_.c.normaliser_version).where(list_.c.name == name)
        ).one()
        doubted = doubted_fingerprints(connection, version)
        ranges = [
            (int(page.numbers[0]), int(page.numbers[-1]))
            for page in record_pages(connection, identifier)
            if len(page.numbers)
        ]
    with hold_lock(engine, import_lock(identifier)) as taken:
        if not taken:
            raise import_running(name)
        count = 0
        for first, last in ranges:
            done = _rekey(engine, identifier, version, doubted, first, last)
            advance(done)
            count += done
        with writing(engine) as connection:
            number = take_number(connection)
            connection.execute(
                update(list_).where(list_.c.id == identifier).values(normaliser_version=NORMALISER_VERSION)
            )
            content = {
                "list": name,
                "list_id": identifier,
                "records": count,
                "version": NORMALISER_VERSION,
            }
            append(connection, number, "keys_rebuilt", content, actor=actor, now=now)
    return count


def _list_id(connection: Connection, name: str) -> ListId:
    return ListId(connection.execute(select(list_.c.id).where(list_.c.name == name)).scalar_one())


def _rekey(
    engine: Engine, list_id: ListId, version: int, doubted: frozenset[int], first: int, last: int
) -> int:
    """Make one page anew; the keys are made before the ledger is locked, for records that stay as they are."""
    with reading(engine) as connection:
        records = read_block(connection, list_id, first, last)
    if not records:
        return 0
    made = keys_of_people([each.person for each in records])
    ends = np.cumsum(made.lens, dtype=np.int64)
    fresh = {
        each.number: made.keys[end - length : end].tolist()
        for each, end, length in zip(records, ends, made.lens.astype(np.int64), strict=True)
    }
    fingerprints = dict(zip(fresh, made.fingerprints.tolist(), strict=True))
    with writing(engine) as connection:
        lock_ledger(connection)
        now = select(record.c.number, record.c.fingerprint).where(
            record.c.list_id == list_id, record.c.number.between(first, last)
        )
        present = {row.number: row.fingerprint for row in connection.execute(now)}
        # Whoever changed a record meanwhile has given it keys and fingerprint of this version.
        same = {each.number for each in records if present.get(each.number) == each.fingerprint}
        replace_keys(connection, list_id, {number: fresh[number] for number in same})
        _write_fingerprints(connection, list_id, {number: fingerprints[number] for number in same})
        moved = {present[number]: fingerprints[number] for number in same if present[number] in doubted}
        move_decisions(connection, version, moved)
    return len(records)


def _write_fingerprints(connection: Connection, list_id: ListId, fingerprints: Mapping[int, int]) -> None:
    if fingerprints:
        connection.execute(
            update(record)
            .where(record.c.list_id == list_id, record.c.number == bindparam("of"))
            .values(fingerprint=bindparam("made")),
            [{"of": number, "made": made} for number, made in fingerprints.items()],
        )
