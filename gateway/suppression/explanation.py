"""Explain a verdict: which opt-out, which rule, which keys met, and what normalising made of both sides."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import get_args

from sqlalchemy import Connection, select

from gateway.api import Purpose
from gateway.db.ledger import current_number
from gateway.db.tables import list_, record
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.lines import StoredLine, find_line
from gateway.people.keys import record_keys
from gateway.people.normalise import NormalPerson, normalise
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.decision import Scope, Verdict
from gateway.suppression.pairs import judge_pair, key_kinds
from gateway.suppression.refusal_explanation import RefusalMet, refusals_met
from gateway.suppression.register import OptOut, fetch_opt_outs, opt_out_name
from gateway.suppression.register_keys import OPT_OUTS, owners_of
from gateway.suppression.screening import Register, Use

Normal = dict[str, object]
"""What normalising made of a person, as plain nested data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One opt-out that shares a key with the person, and what came of it."""

    opt_out: str
    scope: Scope
    purpose: str
    lifted: bool
    verdict: Verdict
    rule: str
    why: str
    keys: tuple[str, ...]
    opt_out_normal: Normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One client's refusal that shares a key with the person: it binds deliveries to that client, for the product.

    An empty ``product`` stands for all of them; ``refusal_normal`` is empty where only a keyed hash is known.
    """

    client: str
    product: str
    verdict: Verdict
    rule: str
    why: str
    keys: tuple[str, ...]
    refusal_normal: Normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a person is delivered, suppressed or held at ledger number ``number``, by purpose.

    ``verdicts`` are those of the opt-outs, which bind every delivery; ``refusals`` bind those to one client. ``line`` is the delivered line when it was asked for by code; ``in_list`` tells whether the record is still there.
    """

    number: int
    list_name: str
    record_id: str
    in_list: bool
    verdicts: Mapping[Purpose, Verdict]
    normal: Normal
    meetings: tuple[Meeting, ...]
    refusals: tuple[Refusal, ...]
    delivery: str = ""
    line: StoredLine | None = None


def explain_record(connection: Connection, list_name: str, record_id: str) -> Explanation:
    """Explain a record of a list by the file's own id; ``WrongUsage`` when there is none."""
    list_id = connection.execute(select(list_.c.id).where(list_.c.name == list_name)).scalar_one_or_none()
    if list_id is None:
        raise WrongUsage(
            "unknown_list",
            _("there is no list {name}").format(name=list_name),
            hint=_("see: gateway list show"),
        )
    number = connection.execute(
        select(record.c.number).where(record.c.list_id == list_id, record.c.id == record_id).limit(1)
    ).scalar_one_or_none()
    if number is None:
        raise WrongUsage(
            "unknown_record",
            _("the list {name} has no record {id}").format(name=list_name, id=record_id),
            hint=_("it may have been erased: see gateway optout list"),
        )
    found = fetch_records(connection, list_id, [number])[number]
    return _explain(connection, found.person, found.fingerprint, list_name, record_id, in_list=True)


def explain_line(connection: Connection, code: str) -> Explanation:
    """Explain a delivered line: the record as it is now, or the person as delivered when the record is gone."""
    owner, line = find_line(connection, code)
    name = connection.execute(select(list_.c.name).where(list_.c.id == line.list_id)).scalar_one_or_none()
    stored = fetch_records(connection, line.list_id, [line.record_number]).get(line.record_number)
    person = line.person if stored is None else stored.person
    fingerprint = line.fingerprint if stored is None else stored.fingerprint
    found = _explain(connection, person, fingerprint, name or "", line.record_id, in_list=stored is not None)
    return dataclasses.replace(found, delivery=str(owner["id"]), line=line)


def plain(value: object) -> object:
    """Turn a normal form into nested dicts, lists and texts, leaving out what is empty."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
        return {name: each for name, each in fields.items() if each not in ("", None, [], {}, False)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list, set, frozenset)):
        return [plain(each) for each in value]
    return value


def _explain(
    connection: Connection, person: Person, fingerprint: int, list_name: str, record_id: str, *, in_list: bool
) -> Explanation:
    number = current_number(connection)
    normal = normalise(person)
    meetings = tuple(_meetings(connection, normal))
    purposes: tuple[Purpose, ...] = get_args(Purpose)
    verdicts = {purpose: _verdict(connection, purpose, person, fingerprint, number) for purpose in purposes}
    return Explanation(
        number=number,
        list_name=list_name,
        record_id=record_id,
        in_list=in_list,
        verdicts=verdicts,
        normal=_as_dict(normal),
        meetings=meetings,
        refusals=tuple(map(_refusal, refusals_met(connection, person))),
    )


def _meetings(connection: Connection, normal: NormalPerson) -> Iterator[Meeting]:
    """Look at every opt-out that shares a key, lifted ones included."""
    for _identifier, found in sorted(
        fetch_opt_outs(connection, owners_of(connection, OPT_OUTS, record_keys(normal))).items()
    ):
        requested = normalise(found.person)
        decided = judge_pair(requested, found.scope, normal)
        yield _meeting(found, requested, normal, decided.verdict, decided.rule, decided.why)


def _meeting(
    found: OptOut, requested: NormalPerson, normal: NormalPerson, verdict: Verdict, rule: str, why: str
) -> Meeting:
    return Meeting(
        opt_out=opt_out_name(found.id),
        scope=found.scope,
        purpose=found.purpose,
        lifted=bool(found.lifted_number),
        verdict=verdict,
        rule=rule,
        why=why,
        keys=key_kinds(requested, found.scope, normal),
        opt_out_normal=_as_dict(requested),
    )


def _refusal(met: RefusalMet) -> Refusal:
    return Refusal(
        client=met.client,
        product=met.product,
        verdict=met.verdict,
        rule=met.rule,
        why=met.why,
        keys=met.keys,
        refusal_normal={} if met.normal is None else _as_dict(met.normal),
    )


def _verdict(connection: Connection, use: Use, person: Person, fingerprint: int, number: int) -> Verdict:
    """Judge through the gate's own register, decisions by hand included."""
    found = Register(connection, use, upto=number).judge_person(person, fingerprint)
    return found.verdict if found else "deliver"


def _as_dict(normal: NormalPerson) -> Normal:
    made = plain(normal)
    return made if isinstance(made, dict) else {}
