"""Look up who has refused an order's client: the service behind ``gateway.api.ClientLists``.

It reads in transactions of its own. While a release holds the ledger's lock these see everything that has a lower
number, on both databases, so an answer given there is exact at the release's number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine

from gateway.api import Candidate, Objection
from gateway.db.engine import reading
from gateway.people.normalise import NormalPerson, normalise
from gateway.suppression.candidates import page_of_candidates, person_shown
from gateway.suppression.decision import decide
from gateway.suppression.hash_keys import get_hash_keys
from gateway.suppression.hashed_lists import hashes_of
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.refusals import SCOPE, fetch_refusals, last_refusal, refusal_keys
from gateway.suppression.refusals_hashed import hashes_binding

SUPPRESSOR = "client-refusals"
"""The suppressor that asks this service; without it no delivery to a client with refusals is possible."""

_RULE = "client_refusal"


class StoredClientLists:
    """The refusals that bind one order, loaded when first asked for and again when there are new ones."""

    def __init__(self, engine: Engine, client: str, product: str = "") -> None:
        self._engine = engine
        self._client = client
        self._product = product
        self._loaded = 0
        self._index: KeyIndex
        self._people: dict[int, NormalPerson] = {}
        self._hashes: frozenset[bytes] = frozenset()
        self._keys: tuple[bytes, ...] = ()

    def revision(self) -> str:
        """Return the ledger number of the last refusal that binds the order, empty while there is none."""
        with reading(self._engine) as connection:
            number = last_refusal(connection, self._client, self._product)
        return str(number) if number else ""

    def objections(self, candidates: Sequence[Candidate]) -> Sequence[Objection]:
        """Judge candidates by both stages of the gate's own check."""
        with reading(self._engine) as connection:
            self._load(connection)
            return self._judge(connection, candidates) if self._loaded else []

    def _load(self, connection: Connection) -> None:
        number = last_refusal(connection, self._client, self._product)
        if number != self._loaded:
            self._index = KeyIndex(*refusal_keys(connection, self._client, self._product))
            self._hashes = hashes_binding(connection, self._client, self._product)
            self._keys = get_hash_keys(connection, self._client).binding if self._hashes else ()
            self._loaded = number

    def _judge(self, connection: Connection, candidates: Sequence[Candidate]) -> list[Objection]:
        found = self._judge_by_keys(connection, candidates)
        if self._hashes:
            for shown in candidates:
                known = found.get(shown.ref)
                if known is None or known.verdict == "review":
                    found.update((each.ref, each) for each in self._met_hashes(shown))
        return list(found.values())

    def _judge_by_keys(self, connection: Connection, candidates: Sequence[Candidate]) -> dict[int, Objection]:
        met: defaultdict[int, list[int]] = defaultdict(list)
        for place, owner in self._index.candidates(page_of_candidates(candidates)):
            met[place].append(owner)
        self._fetch(connection, {owner for owners in met.values() for owner in owners})
        found = (self._strictest(candidates[place], owners) for place, owners in met.items())
        return {objection.ref: objection for objection in found if objection is not None}

    def _met_hashes(self, shown: Candidate) -> Iterator[Objection]:
        person = person_shown(shown)
        for key in self._keys:
            for kind, digest in hashes_of(key, person):
                if digest in self._hashes:
                    yield _objection(shown, "suppress", f"hashed_{kind}", "hash_equal")
                    return

    def _fetch(self, connection: Connection, owners: set[int]) -> None:
        missing = owners - self._people.keys()
        for identifier, person in fetch_refusals(connection, missing).items():
            self._people[identifier] = normalise(person)

    def _strictest(self, shown: Candidate, owners: Sequence[int]) -> Objection | None:
        record = normalise(person_shown(shown))
        worst: Objection | None = None
        for owner in owners:
            decided = decide(self._people[owner], SCOPE, record)
            if decided.verdict == "suppress":
                return _objection(shown, "suppress", decided.rule, decided.why)
            if decided.verdict == "review" and worst is None:
                worst = _objection(shown, "review", decided.rule, decided.why)
        return worst


def _objection(shown: Candidate, verdict: str, rule: str, why: str) -> Objection:
    return Objection(
        ref=shown.ref,
        verdict="suppress" if verdict == "suppress" else "review",
        rule=f"{_RULE}:{rule}",
        why=why,
    )
