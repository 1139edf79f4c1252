"""Take opt-outs: record them and erase the people from every list, in one transaction.

What fails in erasing does not unsay the opt-outs: they are recorded all the same, are in force, and the next writing
command erases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from gateway.db.engine import explained, reading, writing
from gateway.errors import Damaged, GatewayError
from gateway.i18n import _
from gateway.suppression.erasure import Erasure, act_on_opt_outs, erase
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.record_search import MetRecords, search_records
from gateway.suppression.register import (
    OptOutId,
    OptOutRequest,
    ReadyOptOuts,
    opt_out_name,
    prepare_opt_outs,
    write_opt_outs,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """Opt-outs in force from ledger number ``number`` on, with what each took out of the lists.

    ``unfinished`` is the error that kept them from being erased, or what was left to do before them.
    """

    number: int
    ids: tuple[OptOutId, ...]
    erasures: Mapping[OptOutId, Erasure] = field(default_factory=dict)
    unfinished: GatewayError | None = None


def unfinished(identifiers: Sequence[OptOutId], error: GatewayError) -> Damaged:
    """Return the error that says that opt-outs stand though their erasing failed."""
    return Damaged(
        "erasure_unfinished",
        _(
            "{count} opt-outs from {first} on are in force, but not yet erased from the lists: {message}"
        ).format(count=len(identifiers), first=opt_out_name(identifiers[0]), message=error.message),
        hint=_("the next delivery, import or `gateway doctor --repair` finishes it"),
    )


def opt_out(
    engine: Engine, requests: Sequence[OptOutRequest], *, actor: str, now: datetime, file_sha256: str = ""
) -> OptedOut:
    """Record opt-outs and erase the people from every list in one transaction, then do what else is left to do.

    The lists are read before it, so that the ledger is locked for a moment only. ``Refused`` when one of the requests has
    no usable key; then none is recorded.
    """
    ready = prepare_opt_outs(engine, requests)
    found = _search(engine, ready)
    with writing(engine) as connection:
        recorded = write_opt_outs(connection, ready, actor=actor, now=now, file_sha256=file_sha256)
        erased = _erase(connection, recorded.ids, found, actor=actor, now=now)
    if isinstance(erased, GatewayError):
        return OptedOut(number=recorded.number, ids=recorded.ids, unfinished=erased)
    if isinstance(erased, Exception):
        raise erased
    try:
        act_on_opt_outs(engine, actor=actor, now=now)
    except GatewayError as error:
        return OptedOut(number=recorded.number, ids=recorded.ids, erasures=erased, unfinished=error)
    return OptedOut(number=recorded.number, ids=recorded.ids, erasures=erased)


def _search(engine: Engine, ready: ReadyOptOuts) -> MetRecords:
    """Search the lists; whatever hinders it is found again, and told, when it comes to erasing."""
    try:
        with reading(engine) as connection:
            return search_records(connection, index_of(ready.keys))
    except GatewayError:
        return MetRecords()


def index_of(keys: Sequence[Sequence[int]]) -> KeyIndex:
    """Index the keys of requests that have no ids yet; their owners are their places."""
    owners = np.repeat(np.arange(len(keys)), [len(own) for own in keys])
    return KeyIndex(np.array([key for own in keys for key in own], dtype=np.int64), owners)


def _erase(
    connection: Connection, owners: Sequence[OptOutId], found: MetRecords, *, actor: str, now: datetime
) -> Mapping[OptOutId, Erasure] | Exception:
    """Erase behind a savepoint; return what happened, or the error after which nothing of the erasing is left."""
    savepoint = connection.begin_nested()
    try:
        erased = erase(connection, owners, found, actor=actor, now=now)
        savepoint.commit()
    except Exception as error:  # noqa: BLE001 - nothing that goes wrong here may take back what is recorded
        savepoint.rollback()
        return explained(error, connection.engine.url) if isinstance(error, DatabaseError) else error
    return erased
