"""Find the stored records that share a key with opt-outs: nearly all of it before the ledger is locked.

Reading the keys of ten million records takes a second or two, in which nobody must wait. What has become visible since
is searched under the lock: no import of an earlier search can have gained a record or a key meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, exists, select

from gateway.db.tables import acquisition, key_page, list_
from gateway.people.normalise import NORMALISER_VERSION
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import KeyPage, meeting_record_pages, outdated_keys

FinishedImport = tuple[int, int]
"""The ids of a list and of one of its finished imports; neither is given again, even when the list is dropped."""


@dataclass(frozen=True, slots=True)
class MetRecords:
    """The records that share a key: list id → key pages cut down to them; and the imports that were searched."""

    imports: frozenset[FinishedImport] = frozenset()
    pages: dict[int, list[KeyPage]] = field(default_factory=dict)

    def of_list(self, list_id: int) -> list[KeyPage]:
        """Return the pages of one list, in record order."""
        return self.pages.get(list_id, [])


def search_records(connection: Connection, index: KeyIndex, before: MetRecords | None = None) -> MetRecords:
    """Search the lists, without the imports that ``before`` has searched; what it found is found again.

    Raises ``Failed`` (``outdated_keys``) when another version of the normaliser has made the keys of a list.
    """
    before = before or MetRecords()
    _require_current(connection)
    # The imports are read first: what becomes visible after this is left for the search under the lock.
    imports = _finished_imports(connection)
    pages: defaultdict[int, list[KeyPage]] = defaultdict(list)
    for list_id, kept in before.pages.items():
        pages[list_id] += kept
    for list_id, acquisition_id in sorted(imports - before.imports):
        pages[list_id] += _met(connection, index, list_id, acquisition_id)
    return MetRecords(imports=imports, pages=dict(pages))


def _met(connection: Connection, index: KeyIndex, list_id: int, acquisition_id: int) -> Iterator[KeyPage]:
    for page in meeting_record_pages(connection, list_id, acquisition_id, index.meets):
        met = sorted({number for number, _owner in index.candidates(page)})
        if met:
            yield page.without(page.numbers[~np.isin(page.numbers, met)].tolist())


def _finished_imports(connection: Connection) -> frozenset[FinishedImport]:
    statement = select(acquisition.c.list_id, acquisition.c.id)
    rows = connection.execute(statement.where(acquisition.c.finished_at.is_not(None)))
    return frozenset((row.list_id, row.id) for row in rows)


def _require_current(connection: Connection) -> None:
    outdated = list_.c.normaliser_version != NORMALISER_VERSION
    has_keys = exists().where(key_page.c.list_id == list_.c.id)
    if connection.execute(select(list_.c.id).where(outdated, has_keys).limit(1)).first():
        raise outdated_keys()
