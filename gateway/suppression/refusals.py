"""Client refusals (特商法 Art. 17): persons who have said no to one client, for one of its products or all.

They bind deliveries to that client only, from their ledger number on, and stay in force: a refusal cannot be lifted.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, func, select, true

from gateway.db.bulk import bulk_insert
from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.tables import client_refusal, client_refusal_hash
from gateway.log.journal import append, person_digest
from gateway.people.keys import match_keys
from gateway.people.normalise import normalise, signed_hash
from gateway.people.person import Person
from gateway.suppression.decision import Scope
from gateway.suppression.key_pages import Int64s
from gateway.suppression.register import canonical_person, why_person_unusable
from gateway.suppression.register_keys import append_keys, read_keys, refusals_of

SCOPE: Scope = "individual"
"""How far a refusal reaches: the person who said no."""

_COLUMNS = (
    "id",
    "client_id",
    "product",
    "number",
    "name",
    "kana",
    "postal_code",
    "address",
    "building",
    "phones",
    "emails",
    "recorded_at",
)
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRefusals:
    """What became of some refusals: ``recorded`` are in force from ledger number ``number`` on, 0 if none was new."""

    number: int
    recorded: int
    duplicates: int


def fold_product(name: str) -> str:
    """Write a product's name in one way, so that width, case and spaces do not part an order from its refusals."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def why_refusal_unusable(person: Person) -> str | None:
    """Return the reason why a refusal would protect nobody, or ``None``; a phone number alone is enough."""
    return why_person_unusable(person, SCOPE)


def record_refusals(
    engine: Engine,
    client: str,
    people: Sequence[Person],
    *,
    product: str = "",
    actor: str,
    now: datetime,
    file_sha256: str = "",
) -> RecordedRefusals:
    """Record persons who have refused a client; when it returns they are in force.

    An empty ``product`` stands for all products. Who is recorded already for the same product is not recorded again. The
    caller has made sure that the client exists and that each person is usable.
    """
    product = fold_product(product)
    with reading(engine) as connection:
        known = _known(connection, client, product)
    fresh = _without_known(people, known)
    duplicates = len(people) - len(fresh)
    if not fresh:
        return RecordedRefusals(number=0, recorded=0, duplicates=duplicates)
    keys = [match_keys(normalise(person), SCOPE) for person in fresh]
    with writing(engine) as connection:
        number = take_number(connection)
        first = (connection.execute(select(func.max(client_refusal.c.id))).scalar() or 0) + 1
        identifiers = range(first, first + len(fresh))
        bulk_insert(
            connection,
            client_refusal,
            _COLUMNS,
            [
                (identifier, client, product, number, *_values(person), stamp(now))
                for identifier, person in zip(identifiers, fresh, strict=True)
            ],
        )
        append_keys(connection, refusals_of(client), identifiers, keys)
        content = {
            "client": client,
            "product": product,
            "first": first,
            "count": len(fresh),
            "digest": person_digest(connection, *map(canonical_person, fresh)),
            "file_sha256": file_sha256,
        }
        append(connection, number, "client_refusal", content, actor=actor, now=now)
    return RecordedRefusals(number=number, recorded=len(fresh), duplicates=duplicates)


def last_refusal(connection: Connection, client: str, product: str) -> int:
    """Return the ledger number of the last refusal that binds an order, 0 if none does."""
    return max(number or 0 for number in connection.execute(_last_refusals(client, product)).one())


@lru_cache(maxsize=8)
def _last_refusals(client: str, product: str) -> Select[*tuple[Any, ...]]:
    """Put the question together once: a push asks it before every chunk."""
    numbers = (
        select(func.max(table.c.number))
        .where(table.c.client_id == client, binding(table, product))
        .scalar_subquery()
        for table in (client_refusal, client_refusal_hash)
    )
    return select(*numbers)


def binding(table: Table, product: str) -> ColumnElement[bool]:
    """Say which refusals bind an order: those for its product and for all; an order without product is bound by any."""
    folded = fold_product(product)
    return table.c.product.in_(["", folded]) if folded else true()


def refusal_keys(connection: Connection, client: str, product: str) -> tuple[Int64s, Int64s]:
    """Read the keys int64[n] and owners int64[n] of the refusals that bind an order."""
    keys, owners = read_keys(connection, refusals_of(client))
    others = select(client_refusal.c.id).where(
        client_refusal.c.client_id == client, ~binding(client_refusal, product)
    )
    free = np.array(connection.execute(others).scalars().all() if product else [], dtype=np.int64)
    if not len(free):
        return keys, owners
    bound = ~np.isin(owners, free)
    return keys[bound], owners[bound]


def fetch_refusals(connection: Connection, identifiers: Iterable[int]) -> dict[int, Person]:
    """Read some refusals by id."""
    wanted = sorted(set(identifiers))
    found: dict[int, Person] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = connection.execute(
            select(client_refusal).where(client_refusal.c.id.in_(wanted[start : start + _CHUNK]))
        )
        found.update((row.id, _person(row)) for row in rows)
    return found


def _known(connection: Connection, client: str, product: str) -> set[int]:
    """Return a hash of each person who is recorded for just this product."""
    known: set[int] = set()
    last = 0
    while True:
        rows = connection.execute(
            select(client_refusal)
            .where(
                client_refusal.c.client_id == client,
                client_refusal.c.product == product,
                client_refusal.c.id > last,
            )
            .order_by(client_refusal.c.id)
            .limit(5000)
        ).all()
        if not rows:
            return known
        known.update(signed_hash(canonical_person(_person(row))) for row in rows)
        last = rows[-1].id


def _without_known(people: Sequence[Person], known: set[int]) -> list[Person]:
    fresh = []
    for person in people:
        own = signed_hash(canonical_person(person))
        if own not in known:
            known.add(own)
            fresh.append(person)
    return fresh


def _values(person: Person) -> tuple[str, ...]:
    return (
        person.name,
        person.kana,
        person.postal_code,
        person.address,
        person.building,
        json.dumps(person.phones, ensure_ascii=False),
        json.dumps(person.emails, ensure_ascii=False),
    )


def _person(row: Any) -> Person:
    return Person(
        name=row.name,
        kana=row.kana,
        postal_code=row.postal_code,
        address=row.address,
        building=row.building,
        phones=tuple(json.loads(row.phones)),
        emails=tuple(json.loads(row.emails)),
    )
