"""Check 2: judge the people of one block before they are stored, by the register and by the suppressors of plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from sqlalchemy import Connection, select

from gateway.acquisition.preparing import PreparedBlock
from gateway.acquisition.seen import Flags
from gateway.db.ledger import current_number
from gateway.db.tables import opt_out
from gateway.people.person import Person
from gateway.people.record_rows import RecordRow, person_of_row
from gateway.plugins import Manager
from gateway.suppression.candidates import candidate
from gateway.suppression.key_pages import KeyPage
from gateway.suppression.screening import Judgement, Register


@dataclass(slots=True, kw_only=True)
class Verdicts:
    """Who of a block may not simply be stored, by place in the block.

    ``held`` has the judgement that opens a hold; a suppressor's doubt opens none, because deliveries ask it again.
    """

    suppressed: set[int] = field(default_factory=set)
    held: dict[int, Judgement] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)


class Checkpoint:
    """The register as it stood when an import began, and whoever else has a say. ``fence`` is its ledger number.

    ``phone_opt_outs`` collects opt-outs of scope ``phone`` that may concern somebody: they are stored, and
    ``act_on_opt_outs`` takes the number off them.
    """

    def __init__(self, connection: Connection, manager: Manager) -> None:
        """Load the register; raise ``Refused`` when a suppressor that should be there is not."""
        self.fence = current_number(connection)
        self.phone_opt_outs: set[int] = set()
        self._register = Register(connection, "intake", upto=self.fence)
        numbers = _phone_opt_outs(connection)
        self._phones = Register(connection, "any", upto=self.fence, only=numbers) if numbers else None
        self._manager = manager
        self._asks_plugins = bool(manager.concerned_suppressors(None))

    def judge(self, block: PreparedBlock, wanted: Flags) -> Verdicts:
        """Judge the people at the places that are ``wanted``."""
        verdicts = Verdicts()
        page = _page(block, wanted)
        for found in self._register.judge_people(_People(block.rows), page, block.fingerprints.tolist()):
            if found.verdict == "suppress":
                verdicts.suppressed.add(found.number)
            else:
                verdicts.held[found.number] = found
        if self._phones is not None:
            self.phone_opt_outs.update(owner for _place, owner in self._phones.index.candidates(page))
        if self._asks_plugins:
            self._ask_plugins(block, page, verdicts)
        return verdicts

    def _ask_plugins(self, block: PreparedBlock, page: KeyPage, verdicts: Verdicts) -> None:
        ends = np.cumsum(page.lens, dtype=np.int64)
        candidates = [
            candidate(int(place), person_of_row(block.rows[place]), page.keys[end - length : end].tolist())
            for place, length, end in zip(page.numbers, page.lens, ends, strict=True)
            if place not in verdicts.suppressed and place not in verdicts.held
        ]
        for objection in self._manager.objections(candidates, None):
            chosen = verdicts.suppressed if objection.verdict == "suppress" else verdicts.doubted
            chosen.add(objection.ref)
        verdicts.doubted -= verdicts.suppressed


class _People(Sequence[Person]):
    """A block's people, made when asked for: hardly any of them is."""

    def __init__(self, rows: Sequence[RecordRow]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Person: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Person]: ...
    def __getitem__(self, place: int | slice) -> Person | Sequence[Person]:
        if isinstance(place, slice):
            return [person_of_row(row) for row in self._rows[place]]
        return person_of_row(self._rows[place])


def _page(block: PreparedBlock, wanted: Flags) -> KeyPage:
    """Make a key page whose record numbers are places in the block."""
    return KeyPage(
        numbers=np.flatnonzero(wanted).astype(np.int64),
        lens=block.lens[wanted],
        keys=block.keys[np.repeat(wanted, block.lens.astype(np.intp))],
    )


def _phone_opt_outs(connection: Connection) -> list[int]:
    return list(connection.execute(select(opt_out.c.id).where(opt_out.c.scope == "phone")).scalars())
