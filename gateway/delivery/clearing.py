"""Screening a delivery (check 3): judge every record of the order's lists and materialise the cleared lines.

Cleared lines are stored as they will be delivered, with their codes and match keys, a page at a time in short
transactions, so that nobody waits for the ledger meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, Engine, insert, select

from gateway.api import Candidate, Order
from gateway.db.bulk import bulk_insert
from gateway.db.engine import reading, writing
from gateway.db.ledger import current_number
from gateway.db.tables import acquisition, left_out, line, source
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.recheck import candidate
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.log.line_code import MAX_LINES, LineCodes
from gateway.log.lines import leaf, person_writer
from gateway.people.normalise import NORMALISER_VERSION
from gateway.people.person import Person
from gateway.people.stored import StoredRecord, read_block
from gateway.plugins import Manager
from gateway.suppression.key_pages import KeyPage, append_line_pages, record_pages
from gateway.suppression.screening import Judgement, Register

NOT_DELIVERABLE = frozenset({"optout_27_2", "unknown"})
"""Bases of sources that are never delivered (APPI Art. 27(2) proviso: no second provision by opting out)."""

_LINE_COLUMNS = (
    "delivery",
    "number",
    "list_id",
    "record_number",
    "record_id",
    "acquisition_id",
    "fingerprint",
    "person",
    "leaf",
)
_FILTERABLE = (
    "id",
    "name",
    "kana",
    "postal_code",
    "address",
    "building",
    "company",
    "department",
    "title",
    "joint_names",
    "honorific",
)


@dataclass(slots=True, kw_only=True)
class Cleared:
    """What screening found at ``fence``: counts, and the judgements that need a person (``held``)."""

    fence: int
    counts: Counter[str] = field(default_factory=Counter)
    held: list[tuple[Judgement, StoredRecord]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeftOut:
    record: StoredRecord
    outcome: str
    rule: str
    opt_out_id: int | None = None


def clear(
    engine: Engine,
    manager: Manager,
    accepted: AcceptedOrder,
    order: Order,
    *,
    serial: int,
    salt: bytes,
    advance: Callable[[int], None],
) -> Cleared:
    """Screen the order's lists at the current ledger number and store the cleared lines of delivery ``serial``."""
    suppressing = bool(manager.suppressors())
    with reading(engine) as connection:
        cleared = Cleared(fence=current_number(connection))
        codes = LineCodes.of(connection)
        sources = _sources(connection)
        register = Register(connection, accepted.purpose, upto=cleared.fence)
        seen: set[int] | None = set() if len(accepted.lists) > 1 else None
        write = person_writer(accepted.fields)
        # Phones and e-mails take as long to read as all the rest: only where somebody looks at them.
        contacts = suppressing or bool(
            {"phone", "email"} & (accepted.fields | {each for each, _value in accepted.request.where})
        )
        next_number = 0
        for list_id in accepted.lists:
            for page in record_pages(connection, list_id):
                left = accepted.request.limit
                room = MAX_LINES if left is None else left - next_number
                if room <= 0:
                    return cleared
                kept, out = _screen(
                    connection, register, list_id, page, accepted, sources, seen, cleared, contacts=contacts
                )
                if suppressing:
                    kept, objected = _ask(manager, page, kept, order)
                    out += objected
                if len(kept) > room:
                    kept, out = _cut(kept, out, room)
                _store(engine, serial, kept, out, next_number, page, codes, salt, write)
                cleared.counts.update(each.outcome for each in out)
                cleared.counts["cleared"] += len(kept)
                cleared.sources.update(sources[record.acquisition_id][0] for record in kept)
                next_number += len(kept)
                advance(len(page.numbers))
    return cleared


def _screen(
    connection: Connection,
    register: Register,
    list_id: int,
    page: KeyPage,
    accepted: AcceptedOrder,
    sources: Mapping[int, tuple[str, str]],
    seen: set[int] | None,
    cleared: Cleared,
    *,
    contacts: bool,
) -> tuple[list[StoredRecord], list[_LeftOut]]:
    """Sort one page's records into those that may leave and those that may not; others are not asked for."""
    if not len(page.numbers):
        return [], []
    judged = {found.number: found for found in register.judge_stored(list_id, page)}
    present = set(page.numbers.tolist())
    kept, out = [], []
    block = read_block(connection, list_id, int(page.numbers[0]), int(page.numbers[-1]), contacts=contacts)
    for record in block:
        if record.number not in present or not _asked_for(record.person, accepted.request.where):
            continue
        if seen is not None:
            if record.fingerprint in seen:
                continue
            seen.add(record.fingerprint)
        found = judged.get(record.number)
        if found is not None:
            outcome = "suppressed" if found.verdict == "suppress" else "held"
            out.append(_LeftOut(record=record, outcome=outcome, rule=found.rule, opt_out_id=found.opt_out_id))
            if outcome == "held":
                cleared.held.append((found, record))
        elif sources[record.acquisition_id][1] in NOT_DELIVERABLE:
            out.append(_LeftOut(record=record, outcome="refused", rule="source_basis"))
        else:
            kept.append(record)
    return kept, out


def _cut(
    kept: list[StoredRecord], out: list[_LeftOut], room: int
) -> tuple[list[StoredRecord], list[_LeftOut]]:
    """Keep the first ``room`` records and what was left out before the last of them."""
    last = kept[room - 1].number
    return kept[:room], [each for each in out if each.record.number < last]


def _ask(
    manager: Manager, page: KeyPage, kept: Sequence[StoredRecord], order: Order
) -> tuple[list[StoredRecord], list[_LeftOut]]:
    """Ask the suppressors of plugins about the records that the core would let go."""
    objections = {found.ref: found for found in manager.objections(list(_candidates(page, kept)), order)}
    out = [
        _LeftOut(
            record=record,
            outcome="suppressed" if objections[record.number].verdict == "suppress" else "held",
            rule=objections[record.number].rule,
        )
        for record in kept
        if record.number in objections
    ]
    return [record for record in kept if record.number not in objections], out


def _candidates(page: KeyPage, records: Sequence[StoredRecord]) -> Iterator[Candidate]:
    offsets = np.concatenate(([0], np.cumsum(page.lens, dtype=np.int64)))
    rows = np.searchsorted(page.numbers, [record.number for record in records])
    for record, row in zip(records, rows.tolist(), strict=True):
        yield candidate(record.number, record.person, page.keys[offsets[row] : offsets[row + 1]])


def _store(
    engine: Engine,
    serial: int,
    kept: Sequence[StoredRecord],
    out: Sequence[_LeftOut],
    first: int,
    page: KeyPage,
    codes: LineCodes,
    salt: bytes,
    write: Callable[[Person], str],
) -> None:
    """Write one page's lines, their keys and what was left out, in a short transaction."""
    numbers = np.arange(first, first + len(kept), dtype=np.int64)
    rows = []
    for number, code, record in zip(numbers.tolist(), codes.encode(serial, numbers), kept, strict=True):
        person = write(record.person)
        rows.append(
            (
                serial,
                number,
                record.list_id,
                record.number,
                record.person.id,
                record.acquisition_id,
                record.fingerprint,
                person,
                leaf(salt, code, person),
            )
        )
    own = page.without(set(page.numbers.tolist()) - {record.number for record in kept})
    with writing(engine) as connection:
        bulk_insert(connection, line, _LINE_COLUMNS, rows)
        append_line_pages(
            connection, serial, NORMALISER_VERSION, [KeyPage(numbers=numbers, lens=own.lens, keys=own.keys)]
        )
        if out:
            connection.execute(
                insert(left_out),
                [
                    {
                        "delivery": serial,
                        "list_id": each.record.list_id,
                        "record_number": each.record.number,
                        "record_id": each.record.person.id,
                        "outcome": each.outcome,
                        "opt_out_id": each.opt_out_id,
                        "rule": each.rule,
                    }
                    for each in out
                ],
            )


def _sources(connection: Connection) -> dict[int, tuple[str, str]]:
    """Return source id and basis of each acquisition."""
    rows = connection.execute(
        select(acquisition.c.id, source.c.id.label("source_id"), source.c.basis).join_from(
            acquisition, source
        )
    )
    return {row.id: (row.source_id, row.basis) for row in rows}


def _asked_for(person: Person, where: tuple[tuple[str, str], ...]) -> bool:
    for column, value in where:
        if column in _FILTERABLE:
            if getattr(person, column) != value:
                return False
        elif column in ("phone", "email"):
            if value not in (person.phones if column == "phone" else person.emails):
                return False
        elif person.attributes.get(column) != value:
            return False
    return True


def require_known_columns(
    connection: Connection, list_ids: Sequence[int], where: tuple[tuple[str, str], ...]
) -> None:
    """Refuse a filter on a column that no record of the lists has."""
    unknown = [column for column, _value in where if column not in (*_FILTERABLE, "phone", "email")]
    if not unknown:
        return
    for list_id in list_ids:
        for page in record_pages(connection, list_id):
            if not len(page.numbers):
                continue
            for record in read_block(connection, list_id, int(page.numbers[0]), int(page.numbers[-1])):
                unknown = [column for column in unknown if column not in record.person.attributes]
                if not unknown:
                    return
    raise WrongUsage(
        "unknown_column",
        _("no record has the column {name}").format(name=unknown[0]),
        hint=_("columns are: {names}, or an attribute of the list").format(names=", ".join(_FILTERABLE)),
    )
