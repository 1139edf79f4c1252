"""Who of a page's rows stays out of a delivery, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from gateway.acquisition.sources import NEVER_DELIVERED
from gateway.api import Order
from gateway.delivery.fingerprints import SeenFingerprints
from gateway.delivery.page_rows import PageRows
from gateway.people.stored import fetch_records
from gateway.plugins import Manager
from gateway.suppression.candidates import candidate
from gateway.suppression.key_pages import Int64s, KeyPage
from gateway.suppression.screening import Judgement

Places = npt.NDArray[np.intp]
"""Where in a page's rows somebody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPage:
    """One page of a list with what screening has found on it."""

    list_id: int
    page: KeyPage
    found: dict[int, Judgement]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that stays out, and why."""

    number: int
    record_id: str
    outcome: str
    rule: str
    opt_out_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedPage:
    """A judged page with its rows: ``kept`` are the places of those that may leave, ``out`` is who may not."""

    judged: JudgedPage
    rows: PageRows
    kept: Places
    out: Sequence[LeftOut]


def sort_rows(
    judged: JudgedPage,
    rows: PageRows,
    sources: Mapping[int, tuple[str, str]],
    seen: SeenFingerprints | None,
    returned: Int64s,
) -> SortedPage:
    """Sort out who may leave; a person in two lists counts once."""
    counted = np.isin(rows.numbers, judged.page.numbers)
    if seen is not None:
        counted[counted] = seen.add(rows.fingerprints[counted])
    out = _barred(judged, rows, counted, sources, returned)
    kept = counted & ~np.isin(rows.numbers, [each.number for each in out])
    return SortedPage(judged=judged, rows=rows, kept=np.flatnonzero(kept), out=out)


def _barred(
    judged: JudgedPage,
    rows: PageRows,
    counted: npt.NDArray[np.bool_],
    sources: Mapping[int, tuple[str, str]],
    returned: Int64s,
) -> list[LeftOut]:
    """Say who stays out, in record order: the register's reason first, then the source's, then returned mail."""
    never = [identifier for identifier, (_name, basis) in sources.items() if basis in NEVER_DELIVERED]
    barred = np.isin(rows.acquisition_ids, never)
    undelivered = np.isin(rows.fingerprints, returned)
    met = np.isin(rows.numbers, list(judged.found))
    out = []
    for place in np.flatnonzero(counted & (met | barred | undelivered)).tolist():
        number, record_id = int(rows.numbers[place]), rows.record_ids[place]
        found = judged.found.get(number)
        if found is not None:
            outcome = "suppressed" if found.verdict == "suppress" else "held"
            out.append(LeftOut(number, record_id, outcome, found.rule, found.opt_out_id))
        else:
            rule = "source_basis" if barred[place] else "undeliverable"
            out.append(LeftOut(number, record_id, "refused", rule))
    return out


def cut_short(page: SortedPage, room: int) -> SortedPage:
    """Keep the first ``room`` rows and what was left out before the last of them."""
    kept = page.kept[:room]
    last = int(page.rows.numbers[kept[-1]])
    return replace(page, kept=kept, out=[each for each in page.out if each.number < last])


def ask_suppressors(connection: Connection, manager: Manager, page: SortedPage, order: Order) -> SortedPage:
    """Ask the suppressors of plugins about the records that the core would let go; one that is gone stays out too."""
    numbers = page.rows.numbers[page.kept]
    records = fetch_records(connection, page.judged.list_id, numbers.tolist())
    keys = _keys_of(page.judged.page)
    candidates = [candidate(number, record.person, keys[number]) for number, record in records.items()]
    objections = {found.ref: found for found in manager.objections(candidates, order)}
    out = [
        LeftOut(
            number,
            page.rows.record_ids[place],
            "suppressed" if objections[number].verdict == "suppress" else "held",
            objections[number].rule,
        )
        for place, number in zip(page.kept.tolist(), numbers.tolist(), strict=True)
        if number in objections
    ]
    clear = [number for number in records if number not in objections]
    return replace(page, kept=page.kept[np.isin(numbers, clear)], out=[*page.out, *out])


def _keys_of(page: KeyPage) -> dict[int, list[int]]:
    ends = np.cumsum(page.lens, dtype=np.int64)
    own = np.split(page.keys, ends[:-1])
    return {number: keys.tolist() for number, keys in zip(page.numbers.tolist(), own, strict=True)}
