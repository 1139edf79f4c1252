"""Recovery of deliveries whose process has died: released ones are published or withdrawn, others are closed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from gateway.config import Workspace
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.locks import hold_lock
from gateway.db.tables import delivery, delivery_file, recall
from gateway.delivery.attempt import lock_name, remove_attempt
from gateway.delivery.push_rows import was_handed_out
from gateway.delivery.recheck import Outcomes, covered_lines, line_candidates
from gateway.delivery.reports import write_report
from gateway.delivery.staging import (
    MANIFEST,
    files_in,
    package_path,
    publish,
    remove_staging,
    seal,
    staging_path,
)
from gateway.log.journal import append
from gateway.suppression.refusals import last_refusal
from gateway.suppression.refusals_lookup import StoredClientLists

UNFINISHED = ("intended", "screened", "released")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What became of an abandoned delivery: ``failed``, ``published``, ``withdrawn`` or ``damaged``."""

    id: str
    outcome: str


def unfinished(connection: Connection) -> list[str]:
    """Return the ids of deliveries that are neither over nor in place."""
    statement = select(delivery.c.id).where(delivery.c.state.in_(UNFINISHED)).order_by(delivery.c.serial)
    return list(connection.execute(statement).scalars())


def recover(engine: Engine, workspace: Workspace, *, actor: str, now: datetime) -> list[Recovered]:
    """Finish or close every delivery that nobody works on any more; a held lock means that somebody does."""
    with reading(engine) as connection:
        rows = connection.execute(select(delivery.c.serial).where(delivery.c.state.in_(UNFINISHED))).all()
    done = []
    for row in rows:
        with hold_lock(engine, lock_name(row.serial)) as taken:
            outcome = _recover_one(engine, workspace, row.serial, actor, now) if taken else None
        if outcome is not None:
            done.append(outcome)
            if outcome.outcome == "published":
                with suppress(OSError):  # the package is in place; a report can be read from the log as well
                    write_report(engine, workspace.reports, row.serial, outcome.id)
    return done


def _recover_one(
    engine: Engine, workspace: Workspace, serial: int, actor: str, now: datetime
) -> Recovered | None:
    with reading(engine) as connection:
        # Read again under the lock: its holder may have finished between the first look and now.
        found = connection.execute(
            select(delivery).where(delivery.c.serial == serial, delivery.c.state.in_(UNFINISHED))
        ).one_or_none()
    if found is None:
        return None
    if found.state != "released":
        return _close(engine, workspace.outbox, found, actor, now)
    return _finish(engine, workspace.outbox, found, actor, now)


def _close(engine: Engine, outbox: Path, found: Any, actor: str, now: datetime) -> Recovered:
    """Close a delivery that released nothing."""
    remove_staging(outbox, found.id)
    with writing(engine) as connection:
        if not found.intent_number:
            remove_attempt(connection, found.serial)
            connection.execute(delete(delivery).where(delivery.c.serial == found.serial))
            return Recovered(id=found.id, outcome="failed")
        number = take_number(connection)
        remove_attempt(connection, found.serial)
        connection.execute(
            update(delivery)
            .where(delivery.c.serial == found.serial)
            .values(state="failed", outcome="abandoned")
        )
        append(
            connection,
            number,
            "failure",
            {"delivery": found.id, "outcome": "abandoned"},
            actor=actor,
            now=now,
        )
    return Recovered(id=found.id, outcome="failed")


def _finish(engine: Engine, outbox: Path, found: Any, actor: str, now: datetime) -> Recovered:
    """Publish a released delivery, unless someone has opted out since; then it never leaves."""
    folder = staging_path(outbox, found.id)
    if not folder.is_dir() and package_path(outbox, found.id).is_dir():
        return _set_published(engine, found)
    if not folder.is_dir() or not _intact(engine, found, folder):
        return Recovered(id=found.id, outcome="damaged")
    with writing(engine) as connection:
        number = take_number(connection)
        covered: Outcomes = {}
        if not was_handed_out(
            connection, found.serial
        ):  # a push has left already; only its papers are missing
            covered = covered_lines(connection, found.serial, found.purpose, above=found.fence, upto=number)
            covered |= _refused_lines(engine, connection, found)
        if not covered:
            publish(outbox, found.id)
            connection.execute(
                update(delivery).where(delivery.c.serial == found.serial).values(state="published")
            )
            append(connection, number, "publication", {"delivery": found.id}, actor=actor, now=now)
            return Recovered(id=found.id, outcome="published")
        connection.execute(delete(recall).where(recall.c.delivery == found.serial))
        connection.execute(
            update(delivery)
            .where(delivery.c.serial == found.serial)
            .values(state="withdrawn", outcome="overtaken")
        )
        content = {"delivery": found.id, "lines": len(covered)}
        append(connection, number, "withdrawal", content, actor=actor, now=now)
    remove_staging(outbox, found.id)
    return Recovered(id=found.id, outcome="withdrawn")


def _refused_lines(engine: Engine, connection: Connection, found: Any) -> Outcomes:
    """Find the lines whose person has refused the client since the fence."""
    if last_refusal(connection, found.client_id, found.product) <= found.fence:
        return {}
    refusals = StoredClientLists(engine, found.client_id, found.product)
    return {
        objection.ref: (objection.verdict, objection.rule, None)
        for candidates in line_candidates(connection, found.serial)
        for objection in refusals.objections(candidates)
    }


def _set_published(engine: Engine, found: Any) -> Recovered:
    """Note what the dead process had done last: the rename, without its mark in the database."""
    with writing(engine) as connection:
        connection.execute(
            update(delivery).where(delivery.c.serial == found.serial).values(state="published")
        )
    return Recovered(id=found.id, outcome="published")


def _intact(engine: Engine, found: Any, folder: Path) -> bool:
    """Re-hash a staging folder against what was released."""
    manifest = folder / MANIFEST
    if not manifest.is_file() or hashlib.sha256(manifest.read_bytes()).hexdigest() != found.manifest_sha256:
        return False
    with reading(engine) as connection:
        rows = connection.execute(select(delivery_file).where(delivery_file.c.delivery == found.serial)).all()
    expected = {row.name: (row.bytes, row.sha256) for row in rows}
    if set(files_in(folder)) != {*expected, MANIFEST}:
        return False
    return {each.name: (each.bytes, each.sha256) for each in seal(folder, sorted(expected))} == expected
