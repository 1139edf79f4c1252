"""Judge pairs of an opt-out and a record, each alone, through both stages of the gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.keys import (
    MOST_KEYS,
    kind_of_text,
    match_keys,
    optout_key_texts,
    record_key_texts,
    record_keys,
)
from gateway.people.normalise import NormalPerson, has_endless_field, normalise
from gateway.people.person import Person
from gateway.suppression.decision import Decision, Scope, decide

_TOO_MUCH = Decision(verdict="review", rule="too_many_values", why="too_many_values")
"""What was cut could be what identifies: such an entry is held, as every intake refuses it."""

_SCOPES: tuple[str, ...] = get_args(Scope)


def judge_pairs(rows: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Add ``verdict``, ``rule`` and ``why`` to each row of ``optout_scope``, ``optout_*`` and ``record_*`` columns.

    The columns are those of ``gateway check --pairs``: name, kana, postal, address, building, phone, email. A missing
    or blank scope is ``individual``. Raise ``WrongUsage`` for an unknown one.
    """
    for number, row in enumerate(rows, 1):
        scope = _scope(row.get("optout_scope", ""), number)
        opt_out, record = (_person(row, side) for side in ("optout", "record"))
        decision = judge_pair(normalise(opt_out), scope, normalise(record))
        if decision.verdict == "deliver" and (has_endless_field(opt_out) or has_endless_field(record)):
            decision = _TOO_MUCH
        yield {**row, "verdict": decision.verdict, "rule": decision.rule, "why": decision.why}


def judge_pair(opt_out: NormalPerson, scope: Scope, record: NormalPerson) -> Decision:
    """Judge as the gate does: without a shared key the two are never compared."""
    asked, own = match_keys(opt_out, scope), record_keys(record)
    if not set(asked) & set(own):
        if max(len(asked), len(own)) >= MOST_KEYS:  # a key that was cut could be the one that meets
            return _TOO_MUCH
        return Decision(verdict="deliver", rule="no_key_shared", why="no_key_shared")
    return decide(opt_out, scope, record)


def _scope(text: str, number: int) -> Scope:
    scope = text.strip() or "individual"
    if scope not in _SCOPES:
        raise WrongUsage(
            "unknown_scope",
            _("pair {number}: no such scope in column optout_scope").format(number=number),
            hint=_("use one of: {scopes}").format(scopes=", ".join(_SCOPES)),
        )
    return cast("Scope", scope)


def _person(row: Mapping[str, str], side: str) -> Person:
    def value(column: str) -> str:
        return row.get(f"{side}_{column}") or ""

    return Person(
        name=value("name"),
        kana=value("kana"),
        postal_code=value("postal") or value("postal_code"),
        address=value("address"),
        building=value("building"),
        phones=(value("phone"),) if value("phone") else (),
        emails=(value("email"),) if value("email") else (),
    )


def key_kinds(opt_out: NormalPerson, scope: Scope, person: NormalPerson) -> tuple[str, ...]:
    """Return the kinds of keys that two people share, as stage 1 sees them."""
    own = set(record_key_texts(person))
    return tuple(
        dict.fromkeys(kind_of_text(text) for text in optout_key_texts(opt_out, scope) if text in own)
    )
