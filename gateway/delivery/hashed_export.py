"""Give a client keyed hashes of the register, to scrub its own lists by, or of a list.

A list is provided in this way too, so nobody leaves who would not leave otherwise: what the register suppresses or
holds, and what comes from sources that are never delivered, has no hash in the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from gateway.acquisition.lists import find_list
from gateway.acquisition.sources import NEVER_DELIVERED
from gateway.db.engine import reading, writing
from gateway.db.ledger import current_number
from gateway.db.tables import acquisition, source
from gateway.log.journal import record
from gateway.people.person import Person
from gateway.people.private_file import private_file
from gateway.people.stored import read_block
from gateway.suppression.hash_keys import get_hash_keys
from gateway.suppression.hashed_lists import VERSION, HashKind, hashes_of
from gateway.suppression.key_pages import record_pages
from gateway.suppression.register import OptOut, all_opt_outs
from gateway.suppression.screening import Register

HEADER = ("version", "kind", "hash", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedHashes:
    """What was written: people or opt-outs with at least one hash, those without any, hashes; as of ``number``."""

    number: int
    people: int
    skipped: int
    hashes: int


def export_register(
    engine: Engine, client: str, output: Path, *, actor: str, now: datetime
) -> ExportedHashes:
    """Write hashes of the opt-outs in force; opt-outs of scope ``address`` mean no person and are skipped."""
    with reading(engine) as connection:
        number = current_number(connection)
        people = (_protected(found) for found in all_opt_outs(connection) if _stands(found, number))
        return _write(engine, connection, client, output, people, "register", number, actor=actor, now=now)


def export_list(
    engine: Engine, client: str, list_name: str, output: Path, *, actor: str, now: datetime
) -> ExportedHashes:
    """Write hashes of the records of a list that may leave; ``WrongUsage`` when there is no such list."""
    with reading(engine) as connection:
        number = current_number(connection)
        people = _cleared(connection, find_list(connection, list_name), number)
        what = f"list {list_name}"
        return _write(engine, connection, client, output, people, what, number, actor=actor, now=now)


def _write(
    engine: Engine,
    connection: Connection,
    client: str,
    output: Path,
    people: Iterator[Person],
    what: str,
    number: int,
    *,
    actor: str,
    now: datetime,
) -> ExportedHashes:
    """Write the hashes in their own order, which says nothing about whose belong together."""
    keys = get_hash_keys(connection, client)
    found: dict[bytes, HashKind] = {}
    counts = {True: 0, False: 0}
    for person in people:
        own = hashes_of(keys.current, person)
        counts[bool(own)] += 1
        found.update((digest, kind) for kind, digest in own)
    done = ExportedHashes(number=number, people=counts[True], skipped=counts[False], hashes=len(found))
    with private_file(output) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((VERSION, found[digest], digest.hex(), keys.id) for digest in sorted(found))
        content = {"client": client, "what": what, "hashes": done.hashes, "upto": number, "key": keys.id}
        with writing(engine) as journal:
            record(journal, "hashes_exported", content, actor=actor, now=now)
    return done


def _stands(found: OptOut, number: int) -> bool:
    return found.number <= number and not 0 < found.lifted_number <= number


def _protected(found: OptOut) -> Person:
    """Return of an opt-out what can be hashed: a number for scope ``phone``, nobody for scope ``address``."""
    if found.scope == "address":
        return Person()
    return Person(phones=found.person.phones) if found.scope == "phone" else found.person


def _cleared(connection: Connection, list_id: int, number: int) -> Iterator[Person]:
    register = Register(connection, "any", upto=number)
    rows = connection.execute(select(acquisition.c.id, source.c.basis).join_from(acquisition, source))
    barred = {row.id for row in rows if row.basis in NEVER_DELIVERED}
    for page in record_pages(connection, list_id):
        if not len(page.numbers):
            continue
        judged = {found.number for found in register.judge_stored(list_id, page)}
        present = set(page.numbers.tolist()) - judged
        for stored in read_block(connection, list_id, int(page.numbers[0]), int(page.numbers[-1])):
            if stored.number in present and stored.acquisition_id not in barred:
                yield stored.person
