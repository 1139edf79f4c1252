"""Explain which clients a person has refused (特商法 Art. 17): such a record is delivered to others, but not to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from gateway.db.tables import client_refusal, client_refusal_hash
from gateway.people.keys import record_keys
from gateway.people.normalise import NormalPerson, normalise
from gateway.people.person import Person
from gateway.suppression.decision import Verdict
from gateway.suppression.hash_keys import get_hash_keys
from gateway.suppression.hashed_lists import hashes_of
from gateway.suppression.pairs import judge_pair, key_kinds
from gateway.suppression.refusals import SCOPE, fetch_refusals
from gateway.suppression.register_keys import owners_of, refusals_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalMet:
    """A client's refusal that shares a key with the person, and what came of it; an empty product means all of them.

    ``normal`` is the refusal as normalised, ``None`` where only a keyed hash of it is known.
    """

    client: str
    product: str
    verdict: Verdict
    rule: str
    why: str
    keys: tuple[str, ...]
    normal: NormalPerson | None


def refusals_met(connection: Connection, person: Person) -> Iterator[RefusalMet]:
    """Look at every refusal of every client that shares a key or a keyed hash with the person."""
    record = normalise(person)
    for client in _clients(connection, client_refusal.c.client_id):
        yield from _met_by_keys(connection, client, record)
    for client in _clients(connection, client_refusal_hash.c.client_id):
        yield from _met_by_hashes(connection, client, person)


def _clients(connection: Connection, column: ColumnElement[str]) -> list[str]:
    return list(connection.execute(select(column).distinct().order_by(column)).scalars())


def _met_by_keys(connection: Connection, client: str, record: NormalPerson) -> Iterator[RefusalMet]:
    owners = sorted(owners_of(connection, refusals_of(client), record_keys(record)))
    for identifier, refused in fetch_refusals(connection, owners).items():
        requested = normalise(refused)
        decided = judge_pair(requested, SCOPE, record)
        yield RefusalMet(
            client=client,
            product=_product(connection, identifier),
            verdict=decided.verdict,
            rule=decided.rule,
            why=decided.why,
            keys=key_kinds(requested, SCOPE, record),
            normal=requested,
        )


def _product(connection: Connection, identifier: int) -> str:
    statement = select(client_refusal.c.product).where(client_refusal.c.id == identifier)
    return str(connection.execute(statement).scalar_one())


def _met_by_hashes(connection: Connection, client: str, person: Person) -> Iterator[RefusalMet]:
    keys = get_hash_keys(connection, client)
    kinds = {digest: kind for key in keys.binding for kind, digest in hashes_of(key, person)}
    met = select(client_refusal_hash.c.product, client_refusal_hash.c.hash).where(
        client_refusal_hash.c.client_id == client, client_refusal_hash.c.hash.in_(list(kinds))
    )
    for row in connection.execute(met.order_by(client_refusal_hash.c.product)):
        yield RefusalMet(
            client=client,
            product=row.product,
            verdict="suppress",
            rule=f"hashed_{kinds[row.hash]}",
            why="hash_equal",
            keys=(kinds[row.hash],),
            normal=None,
        )
