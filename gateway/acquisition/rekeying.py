"""Make the match keys of lists anew when the normaliser has changed: opt-outs and records must be written alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, select, update

from gateway.acquisition.lists import ListId, import_lock, import_running
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.locks import hold_lock
from gateway.db.tables import ledger_head, list_, record
from gateway.log.journal import append
from gateway.people.keys import keys_of_people
from gateway.people.normalise import NORMALISER_VERSION
from gateway.people.stored import read_block
from gateway.suppression.key_pages import record_pages, replace_keys


def outdated_lists(connection: Connection) -> list[str]:
    """Return the names of lists whose keys were made by another version of the normaliser."""
    outdated = list_.c.normaliser_version != NORMALISER_VERSION
    return list(connection.execute(select(list_.c.name).where(outdated).order_by(list_.c.name)).scalars())


def rekey_list(engine: Engine, name: str, *, actor: str, now: datetime) -> int:
    """Make the keys and fingerprints of a list anew, page by page; return how many records there were.

    Each page is its own short transaction, so that opt-outs are recorded meanwhile. A repetition after an interruption
    starts over; until it is through, the list counts as outdated. ``Refused`` while an import into the list runs.
    """
    with reading(engine) as connection:
        identifier = ListId(connection.execute(select(list_.c.id).where(list_.c.name == name)).scalar_one())
        ranges = [
            (int(page.numbers[0]), int(page.numbers[-1]))
            for page in record_pages(connection, identifier)
            if len(page.numbers)
        ]
    with hold_lock(engine, import_lock(identifier)) as taken:
        if not taken:
            raise import_running(name)
        count = sum(_rekey(engine, identifier, first, last) for first, last in ranges)
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


def _rekey(engine: Engine, list_id: ListId, first: int, last: int) -> int:
    with writing(engine) as connection:
        # The ledger's lock without a number of its own: nothing happens here that has a place in its order.
        connection.execute(select(ledger_head.c.number).with_for_update())
        records = read_block(connection, list_id, first, last)
        made = keys_of_people([each.person for each in records])
        keys = iter(made.keys.tolist())
        fresh = {
            each.number: [next(keys) for _key in range(length)]
            for each, length in zip(records, made.lens.tolist(), strict=True)
        }
        replace_keys(connection, list_id, fresh)
        if records:
            connection.execute(
                update(record)
                .where(record.c.list_id == list_id, record.c.number == bindparam("of"))
                .values(fingerprint=bindparam("made")),
                [
                    {"of": each.number, "made": fingerprint}
                    for each, fingerprint in zip(records, made.fingerprints.tolist(), strict=True)
                ],
            )
    return len(records)
