"""Judge people in files, without importing anything: ``gateway check``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from gateway.api import Candidate
from gateway.db.ledger import current_number
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.keys import MOST_KEYS, KeyBlock, keys_of_people
from gateway.people.normalise import has_endless_field
from gateway.people.person import Person
from gateway.people.reading import read_people, read_table
from gateway.plugins import Manager
from gateway.suppression.candidates import candidate
from gateway.suppression.key_pages import KeyPage
from gateway.suppression.pairs import judge_pairs
from gateway.suppression.register import SCOPES, opt_out_name
from gateway.suppression.screening import Register

ADDED = ("verdict", "optout_id", "rule", "why")
ADDED_TO_PAIRS = ("verdict", "rule", "why")

Row = dict[str, str]


class CheckedFile:
    """A file of people with a verdict on each row; ``rows`` may be read once, ``counts`` are complete afterwards."""

    def __init__(
        self, connection: Connection, manager: Manager, path: Path, encoding: str | None = None
    ) -> None:
        """Open the file and load the register as it stands; errors are those of ``read_people``."""
        self._manager = manager
        self._asks_plugins = bool(manager.concerned_suppressors(None))
        self._register = Register(connection, "any", upto=current_number(connection))
        self._people = read_people(path, encoding)
        self.header = _header(self._people.table.header, ADDED)
        self.counts: Counter[str] = Counter()

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the file's order; one that cannot be read is held (``unreadable_row``), never passed."""
        names = self._people.table.header
        for block in self._people.blocks():
            verdicts = self._judge(block.people)
            found = [
                (line, dict(zip(names, cells, strict=False)) | verdicts.get(place, _CLEAR))
                for place, (line, cells) in enumerate(zip(block.lines, block.rows, strict=True))
            ]
            found += [
                (
                    bad.line,
                    dict(zip(names, bad.cells, strict=False))
                    | {"verdict": "review", "optout_id": "", "rule": "unreadable_row", "why": bad.reason},
                )
                for bad in block.bad
            ]
            for _line, row in sorted(found, key=lambda each: each[0]):
                self.counts[row["verdict"]] += 1
                yield row

    def _judge(self, people: Sequence[Person]) -> dict[int, Row]:
        made = keys_of_people(people)
        page = KeyPage(numbers=np.arange(len(people), dtype=np.int64), lens=made.lens, keys=made.keys)
        endless = [place for place, person in enumerate(people) if has_endless_field(person)]
        overfull = np.flatnonzero(made.lens >= MOST_KEYS).tolist()
        verdicts = {
            place: {"verdict": "review", "optout_id": "", "rule": "too_many_values", "why": "too_many_values"}
            for place in (*endless, *overfull)
        }
        verdicts |= {
            found.number: {
                "verdict": found.verdict,
                "optout_id": opt_out_name(found.opt_out_id),
                "rule": found.rule,
                "why": found.why,
            }
            for found in self._register.judge_people(people, page, made.fingerprints.tolist())
        }
        if self._asks_plugins:
            for objection in self._manager.objections(_candidates(people, made, verdicts), None):
                verdicts[objection.ref] = {
                    "verdict": objection.verdict,
                    "optout_id": "",
                    "rule": objection.rule,
                    "why": objection.why,
                }
        return verdicts


class CheckedPairs:
    """A file of pairs with a verdict on each; needs no workspace."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        """Open the file; ``WrongUsage`` when it has none of the pair columns."""
        self._table = read_table(path, encoding)
        header = self._table.header
        if not {name for name in header if name.startswith("optout_") and name != "optout_scope"} or not {
            name for name in header if name.startswith("record_")
        }:
            raise WrongUsage(
                "no_known_column",
                _("{file} has no pairs: columns optout_… and record_… are missing").format(file=path.name),
                hint=_("columns are: {names}").format(names="optout_scope, optout_name, …, record_name, …"),
            )
        self.header = _header(header, ADDED_TO_PAIRS)
        self.counts: Counter[str] = Counter()

    def rows(self) -> Iterator[Row]:
        """Yield the pairs in the file's order; a broken row is held, never passed."""
        names = self._table.header
        for block in self._table.blocks:
            held = [(bad.line, bad.cells, bad.reason) for bad in block.bad]
            sound: list[tuple[int, Row]] = []
            for line, cells in zip(block.lines, block.rows, strict=True):
                row = dict(zip(names, cells, strict=False))
                reason = _pair_fault(cells, row, len(names))
                if reason is None:
                    sound.append((line, row))
                else:
                    held.append((line, tuple(cells), reason))
            judged = judge_pairs(row for _line, row in sound)
            found = [(line, row) for (line, _row), row in zip(sound, judged, strict=True)]
            found += [
                (
                    line,
                    dict(zip(names, cells, strict=False))
                    | {"verdict": "review", "rule": "unreadable_row", "why": reason},
                )
                for line, cells, reason in held
            ]
            for _line, row in sorted(found, key=lambda each: each[0]):
                self.counts[row["verdict"]] += 1
                yield row


def _pair_fault(cells: Sequence[str], row: Row, width: int) -> str | None:
    if len(cells) != width:
        return "too_few_cells" if len(cells) < width else "too_many_cells"
    return "unknown_scope" if row.get("optout_scope", "").strip() not in ("", *SCOPES) else None


_CLEAR: Row = {"verdict": "deliver", "optout_id": "", "rule": "", "why": ""}


def _header(names: Sequence[str], added: Sequence[str]) -> list[str]:
    """Append the added columns; they replace input columns of the same name."""
    return [*(name for name in names if name not in added), *added]


def _candidates(people: Sequence[Person], made: KeyBlock, judged: Mapping[int, Row]) -> list[Candidate]:
    ends = np.cumsum(made.lens, dtype=np.int64)
    return [
        candidate(place, person, made.keys[end - length : end].tolist())
        for place, (person, end, length) in enumerate(
            zip(people, ends, made.lens.astype(np.int64), strict=True)
        )
        if judged.get(place, _CLEAR)["verdict"] != "suppress"
    ]
