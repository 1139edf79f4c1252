"""What clients report about people they have called, by line code: a refusal on the phone is in force without retyping."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine, and_, insert, select

from gateway.api import LineOutcome, OutcomeKind, OutcomeSummary, RefusalEffect
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.tables import opt_out as opt_out_table
from gateway.db.tables import outcome
from gateway.errors import WrongUsage
from gateway.log.journal import append
from gateway.log.line_code import normal_form
from gateway.log.lines import StoredLine, find_line
from gateway.log.wrong_numbers import mark_wrong
from gateway.people.dialling import dial
from gateway.people.person import Person
from gateway.people.stored import fetch_records
from gateway.suppression.opting_out import OptedOut, opt_out, unfinished
from gateway.suppression.refusals import record_refusals, why_refusal_unusable
from gateway.suppression.register import OptOutRequest, why_unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reported:
    """One outcome with the line it is about and the person to protect."""

    kind: OutcomeKind
    on: date
    phone: str
    code: str
    client: str
    product: str
    line: StoredLine
    person: Person
    reported_before: bool = False


def report_outcomes(
    engine: Engine,
    outcomes: Sequence[LineOutcome],
    *,
    refused: RefusalEffect,
    product: str,
    actor: str,
    now: datetime,
    file_sha256: str = "",
) -> OutcomeSummary:
    """Take outcomes; when it returns, refusals are in force and wrong numbers will not be delivered again.

    ``refused`` says what a refusal becomes. Refusals are recorded first: whatever fails after them, they bind.
    Outcomes that were reported before are counted and change nothing, unless a refusal is to become more than it has.
    """
    rejected: dict[int, str] = {}
    known = 0
    fresh: list[_Reported] = []
    seen: set[tuple[int, int, str]] = set()
    with reading(engine) as connection:
        for index, each in enumerate(outcomes):
            found = _find(connection, each, product)
            if isinstance(found, str):
                rejected[index] = found
                continue
            key = (found.line.delivery, found.line.number, found.kind)
            before = _is_known(connection, key)
            if key in seen or (before and not _goes_further(connection, found, refused)):
                known += 1
            elif found.kind == "refused" and not _is_usable(found, refused):
                rejected[index] = "no_usable_key"
            else:
                fresh.append(replace(found, reported_before=before))
            seen.add(key)
    refusals = [each for each in fresh if each.kind == "refused"]
    taken: OptedOut | None = None
    if refused == "client_refusal":
        _refuse_clients(engine, refusals, actor=actor, now=now, file_sha256=file_sha256)
    elif refusals:
        requests = [_request(each, refused) for each in refusals]
        taken = opt_out(engine, requests, actor=actor, now=now, file_sha256=file_sha256)
    _record(engine, fresh, refused, actor=actor, now=now, file_sha256=file_sha256)
    if taken is not None and taken.unfinished is not None:
        raise unfinished(taken.ids, taken.unfinished) from taken.unfinished
    counts = Counter(each.kind for each in fresh)
    return OutcomeSummary(
        refused=counts["refused"],
        wrong_numbers=counts["wrong_number"],
        reached=counts["reached"],
        known=known,
        rejected=rejected,
    )


def _find(connection: Connection, given: LineOutcome, product: str) -> _Reported | str:
    """Find the line and the person of an outcome, or return the reason why that is impossible."""
    try:
        delivery, line = find_line(connection, given.line_code)
    except WrongUsage as error:
        return error.code
    return _Reported(
        kind=given.kind,
        on=given.on,
        phone=given.phone,
        code=normal_form(given.line_code),
        client=delivery["client_id"],
        product=product or delivery["product"],
        line=line,
        person=_whole_person(connection, line),
    )


def _whole_person(connection: Connection, line: StoredLine) -> Person:
    """Return the person of the list, who has an address too, while it is the one that was delivered."""
    stored = fetch_records(connection, line.list_id, [line.record_number]).get(line.record_number)
    same = stored is not None and stored.fingerprint == line.fingerprint
    return stored.person if stored is not None and same else line.person


def _is_known(connection: Connection, key: tuple[int, int, str]) -> bool:
    this = and_(outcome.c.delivery == key[0], outcome.c.line_number == key[1], outcome.c.kind == key[2])
    return connection.execute(select(outcome.c.number).where(this)).first() is not None


def _goes_further(connection: Connection, each: _Reported, refused: RefusalEffect) -> bool:
    """Tell whether a refusal that is known is now told to be an opt-out that it has not become yet."""
    if each.kind != "refused" or refused == "client_refusal":
        return False
    enough = ("all",) if refused == "opt_out" else ("all", "telemarketing")
    recorded = select(opt_out_table.c.id).where(
        opt_out_table.c.line_code == each.code, opt_out_table.c.purpose.in_(enough)
    )
    return connection.execute(recorded.limit(1)).first() is None


def _is_usable(each: _Reported, refused: RefusalEffect) -> bool:
    if refused == "client_refusal":
        return why_refusal_unusable(each.person) is None
    return why_unusable(_request(each, refused)) is None


def _request(each: _Reported, refused: RefusalEffect) -> OptOutRequest:
    return OptOutRequest(
        person=each.person,
        purpose="telemarketing" if refused == "telemarketing_opt_out" else "all",
        channel="client",
        received_on=each.on,
        line_code=each.code,
    )


def _refuse_clients(
    engine: Engine, refusals: Iterable[_Reported], *, actor: str, now: datetime, file_sha256: str
) -> None:
    people: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
    for each in refusals:
        people[each.client, each.product].append(each.person)
    for (client, product), refusing in people.items():
        record_refusals(
            engine, client, refusing, product=product, actor=actor, now=now, file_sha256=file_sha256
        )


def _record(
    engine: Engine,
    fresh: Sequence[_Reported],
    refused: RefusalEffect,
    *,
    actor: str,
    now: datetime,
    file_sha256: str,
) -> None:
    """Mark wrong numbers, remember the outcomes, and enter their counts in the journal."""
    if not fresh:
        return
    with writing(engine) as connection:
        number = take_number(connection)
        for each in fresh:
            if each.kind == "wrong_number":
                mark_wrong(connection, each.person.name, _wrong_numbers(each), on=each.on)
        rows = [
            {
                "delivery": each.line.delivery,
                "line_number": each.line.number,
                "kind": each.kind,
                "reported_on": each.on.isoformat(),
                "number": number,
            }
            for each in fresh
            if not each.reported_before
        ]
        if rows:
            connection.execute(insert(outcome), rows)
        content: dict[str, object] = {
            "counts": dict(Counter(each.kind for each in fresh)),
            "refusals_as": refused,
            "file_sha256": file_sha256,
        }
        append(connection, number, "outcome", content, actor=actor, now=now)


def _wrong_numbers(each: _Reported) -> Iterable[str]:
    """Return the numbers at which somebody else answered: the one reported, else all that were delivered."""
    return dial(each.phone)[0].split() or each.line.person.phones
