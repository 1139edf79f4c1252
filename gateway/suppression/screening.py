"""Screening: both stages of the check, over stored records and over people in files.

Stage 1 finds candidates by shared keys, stage 2 decides each pair; the strictest verdict of a record counts. The same
functions serve import, check, delivery and release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from gateway.db.tables import decision as decision_table
from gateway.db.tables import list_, opt_out
from gateway.people.keys import record_keys
from gateway.people.normalise import NORMALISER_VERSION, NormalPerson, normalise
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.decision import Verdict, decide
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import Int64s, KeyPage, outdated_keys
from gateway.suppression.register import OptOut, OptOutId, fetch_opt_outs
from gateway.suppression.register_keys import OPT_OUTS, keys_of, read_keys

Use = Literal["intake", "dm", "telemarketing", "any"]
"""What the people are screened for: taking into a list, one purpose, or anything at all (``gateway check``)."""

_STRICTNESS: dict[Verdict, int] = {"deliver": 0, "review": 1, "suppress": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Why a record may not leave: the strictest verdict, with the opt-out and the rule that gave it."""

    number: int
    verdict: Literal["suppress", "review"]
    opt_out_id: OptOutId
    fingerprint: int
    rule: str
    why: str


class Register:
    """The opt-outs in force for one use between two ledger numbers, ready to be probed."""

    def __init__(
        self,
        connection: Connection,
        use: Use,
        *,
        upto: int,
        above: int = 0,
        only: Sequence[int] | None = None,
    ) -> None:
        """Load the keys and decisions of opt-outs numbered above ``above`` and up to ``upto``, as they stood there.

        ``only`` restricts it to some opt-outs by id. The register is bound to the connection's transaction. Raises
        ``Failed`` (``outdated_keys``) when another version of the normaliser has made the keys.
        """
        self.use = use
        self.upto = upto
        self._connection = connection
        keys, owners = (
            _keys_in_force(connection, use, above, upto)
            if only is None
            else keys_of(connection, OPT_OUTS, only)
        )
        self.index = KeyIndex(keys, owners)
        self._current_lists: set[int] = set()
        self._decisions = _decisions(connection, upto)
        self._opt_outs: dict[int, tuple[OptOut, NormalPerson]] = {}

    def judge_stored(self, list_id: int, page: KeyPage) -> list[Judgement]:
        """Screen one page of a list's records; records that are gone are not judged."""
        return self._strictest(*self._stored_candidates(list_id, page))

    def judge_pairs(self, list_id: int, page: KeyPage) -> list[Judgement]:
        """Judge every pair of one page's records and the opt-outs they meet, not only the strictest."""
        return list(self._judge_pairs(*self._stored_candidates(list_id, page)))

    def judge_people(
        self, people: Sequence[Person], page: KeyPage, fingerprints: Sequence[int]
    ) -> list[Judgement]:
        """Screen people who are not stored; ``page.numbers`` are their positions."""
        candidates = _by_record(self.index.candidates(page))
        found = {number: (people[number], int(fingerprints[number])) for number in candidates}
        return self._strictest(candidates, found)

    def judge_lines(
        self, pairs: Iterable[tuple[int, int]], people: Mapping[int, tuple[Person, int]]
    ) -> list[Judgement]:
        """Judge candidates that the caller has found and read: line number → (person, fingerprint)."""
        grouped = _by_record(pairs)
        return self._strictest({number: grouped[number] for number in people}, dict(people))

    def judge_person(self, person: Person, fingerprint: int) -> Judgement | None:
        """Judge one person; ``None`` when nothing bars them."""
        keys = np.array(record_keys(normalise(person)), dtype=np.int64)
        page = KeyPage(
            numbers=np.zeros(1, dtype=np.int64), lens=np.array([len(keys)], dtype=np.uint8), keys=keys
        )
        found = self.judge_people([person], page, [fingerprint])
        return found[0] if found else None

    def _stored_candidates(
        self, list_id: int, page: KeyPage
    ) -> tuple[dict[int, list[int]], dict[int, tuple[Person, int]]]:
        self._require_current(list_id)
        candidates = _by_record(self.index.candidates(page))
        records = fetch_records(self._connection, list_id, candidates)
        return candidates, {number: (stored.person, stored.fingerprint) for number, stored in records.items()}

    def _require_current(self, list_id: int) -> None:
        """Refuse to compare with a list whose keys another version of the normaliser has made."""
        if list_id not in self._current_lists:
            version = select(list_.c.normaliser_version).where(list_.c.id == list_id)
            if self._connection.execute(version).scalar_one() != NORMALISER_VERSION:
                raise outdated_keys()
            self._current_lists.add(list_id)

    def opt_outs(self, identifiers: Iterable[int]) -> dict[int, tuple[OptOut, NormalPerson]]:
        """Return opt-outs with their normal forms, read once."""
        missing = [identifier for identifier in identifiers if identifier not in self._opt_outs]
        for identifier, found in fetch_opt_outs(self._connection, missing).items():
            self._opt_outs[identifier] = (found, normalise(found.person))
        return self._opt_outs

    def _strictest(
        self, candidates: dict[int, list[int]], people: dict[int, tuple[Person, int]]
    ) -> list[Judgement]:
        """Return the strictest judgement of each record; of equals, that of the earliest opt-out."""
        worst: dict[int, Judgement] = {}
        for found in self._judge_pairs(candidates, people):
            known = worst.get(found.number)
            if known is None or _STRICTNESS[found.verdict] > _STRICTNESS[known.verdict]:
                worst[found.number] = found
        return list(worst.values())

    def _judge_pairs(
        self, candidates: dict[int, list[int]], people: dict[int, tuple[Person, int]]
    ) -> Iterator[Judgement]:
        opt_outs = self.opt_outs({owner for owners in candidates.values() for owner in owners})
        for number, (person, fingerprint) in people.items():
            record = normalise(person)
            for owner in candidates[number]:
                found = self._decide_pair(number, record, fingerprint, *opt_outs[owner])
                if found:
                    yield found

    def _decide_pair(
        self, number: int, record: NormalPerson, fingerprint: int, found: OptOut, requested: NormalPerson
    ) -> Judgement | None:
        decided = decide(requested, found.scope, record)
        verdict, rule, why = decided.verdict, decided.rule, decided.why
        if verdict == "review":
            # A person's decision about this very pair replaces the doubt, never a clear match.
            by_hand = self._decisions.get((found.id, fingerprint))
            if by_hand is not None:
                verdict, rule = by_hand, "decided_by_hand"
        if verdict == "deliver":
            return None
        return Judgement(
            number=number, verdict=verdict, opt_out_id=found.id, fingerprint=fingerprint, rule=rule, why=why
        )


def in_force(use: Use, upto: int) -> ColumnElement[bool]:
    """Say which opt-outs bind a use at a ledger number (design: "a person is covered at number N").

    Scope ``phone`` binds calls only: the number leaves the lists, letters may still be sent. Taking in is barred only by
    opt-outs from everything.
    """
    not_lifted = or_(opt_out.c.lifted_number.is_(None), opt_out.c.lifted_number > upto)
    standing = and_(opt_out.c.number <= upto, not_lifted)
    if use == "any":
        return standing
    if use == "telemarketing":
        return and_(standing, opt_out.c.purpose.in_(["all", "telemarketing"]))
    purposes = ["all"] if use == "intake" else ["all", "dm"]
    return and_(standing, opt_out.c.purpose.in_(purposes), opt_out.c.scope != "phone")


def _keys_in_force(connection: Connection, use: Use, above: int, upto: int) -> tuple[Int64s, Int64s]:
    """Read the keys and owners of the opt-outs numbered above ``above`` and up to ``upto`` that bind a use.

    Ids are given in the order of ledger numbers, so those opt-outs are one range of ids; the few of it that are not in
    force are taken out.
    """
    numbered = and_(opt_out.c.number > above, opt_out.c.number <= upto)
    first, last = connection.execute(
        select(func.min(opt_out.c.id), func.max(opt_out.c.id)).where(numbered)
    ).one()
    if first is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    keys, owners = read_keys(connection, OPT_OUTS, first, last)
    statement = select(opt_out.c.id).where(numbered, not_(in_force(use, upto)))
    free = np.array(connection.execute(statement).scalars().all(), dtype=np.int64)
    if len(free):
        bound = ~np.isin(owners, free)
        keys, owners = keys[bound], owners[bound]
    return keys, owners


def _decisions(connection: Connection, upto: int) -> dict[tuple[int, int], Verdict]:
    """Return the last decision about each pair at a ledger number."""
    rows = connection.execute(
        select(decision_table.c.opt_out_id, decision_table.c.fingerprint, decision_table.c.verdict)
        .where(decision_table.c.number <= upto)
        .order_by(decision_table.c.number)
    )
    return {(row.opt_out_id, row.fingerprint): row.verdict for row in rows}


def _by_record(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    grouped: defaultdict[int, list[int]] = defaultdict(list)
    for number, owner in pairs:
        grouped[number].append(owner)
    return dict(grouped)
