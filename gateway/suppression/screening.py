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
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from gateway.db.tables import decision as decision_table
from gateway.db.tables import opt_out, opt_out_key
from gateway.people.keys import record_keys
from gateway.people.normalise import NormalPerson, normalise
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.decision import Verdict, decide
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import Int64s, KeyPage
from gateway.suppression.register import OptOut, OptOutId, fetch_opt_outs

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

        ``only`` restricts it to some opt-outs by id. The register is bound to the connection's transaction.
        """
        self.use = use
        self.upto = upto
        self._connection = connection
        condition = and_(in_force(use, upto), opt_out.c.number > above)
        self.index = KeyIndex(*_keys(connection, condition) if only is None else keys_of(connection, only))
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
        candidates = _by_record(self.index.candidates(page))
        records = fetch_records(self._connection, list_id, candidates)
        return candidates, {number: (stored.person, stored.fingerprint) for number, stored in records.items()}

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


def keys_of(connection: Connection, identifiers: Sequence[int]) -> tuple[Int64s, Int64s]:
    """Read the keys of some opt-outs: keys int64[n] and owners int64[n]."""
    wanted = sorted(identifiers)
    parts = [
        _keys(connection, opt_out.c.id.in_(wanted[start : start + 500]))
        for start in range(0, len(wanted), 500)
    ] or [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))]
    return np.concatenate([keys for keys, _owners in parts]), np.concatenate(
        [owners for _own, owners in parts]
    )


def owners_of(connection: Connection, keys: Sequence[int]) -> set[int]:
    """Return the opt-outs, lifted ones included, that have one of some keys."""
    return {
        owner
        for start in range(0, len(keys), 500)
        for owner in connection.execute(
            select(opt_out_key.c.opt_out_id).where(opt_out_key.c.key.in_(keys[start : start + 500]))
        ).scalars()
    }


def _keys(connection: Connection, condition: ColumnElement[bool]) -> tuple[Int64s, Int64s]:
    """Read keys int64[n] and owners int64[n] of the opt-outs that meet a condition."""
    statement = (
        select(opt_out_key.c.key, opt_out_key.c.opt_out_id).join_from(opt_out_key, opt_out).where(condition)
    )
    rows = np.array([tuple(row) for row in connection.execute(statement)], dtype=np.int64).reshape(-1, 2)
    return rows[:, 0].copy(), rows[:, 1].copy()


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
