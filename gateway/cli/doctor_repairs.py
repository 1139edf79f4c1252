"""What ``gateway doctor --repair`` repairs: only what can be repaired without losing anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.acquisition.key_repair import repair_pages
from gateway.acquisition.rekeying import renew_keys
from gateway.api import Finding
from gateway.cli.context import Session
from gateway.cli.output import steps
from gateway.config import Workspace
from gateway.db.engine import make_engine, reading
from gateway.db.revision import HEAD, known_revisions, stored_revision
from gateway.db.schema import upgrade
from gateway.delivery.recovery import recover
from gateway.errors import GatewayError
from gateway.i18n import _, ngettext
from gateway.suppression.erasure import erase_pending


def repairs(session: Session) -> Iterator[Finding]:
    """Make missing folders, migrate an older database, finish interrupted erasures and deliveries; tell each."""
    try:
        workspace = session.workspace
        yield from _make_folders(workspace)
        yield from _migrate(workspace)
        yield from _finish(session, workspace)
    except GatewayError:  # what could not be repaired is told by the checks that follow
        return


def _make_folders(workspace: Workspace) -> Iterator[Finding]:
    for folder in (workspace.outbox, workspace.reports):
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            yield Finding(level="ok", message=_("made {folder}").format(folder=folder))


def _migrate(workspace: Workspace) -> Iterator[Finding]:
    engine = make_engine(workspace.database_url)
    try:
        if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
            return  # connecting would make an empty one
        with reading(engine) as connection:
            found = stored_revision(connection)
        if found is not None and found != HEAD and found in known_revisions():
            upgrade(engine)
            message = _("migrated the database from revision {found} to {head}")
            yield Finding(level="ok", message=message.format(found=found, head=HEAD))
    finally:
        engine.dispose()


def _finish(session: Session, workspace: Workspace) -> Iterator[Finding]:
    engine = session.database()
    actor, now = session.actor, session.now()
    if made := repair_pages(engine):
        message = ngettext(
            "made {count} damaged page of match keys anew",
            "made {count} damaged pages of match keys anew",
            made,
        )
        yield Finding(level="ok", message=message.format(count=made))
    if renew_keys(engine, actor=actor, now=now, progress=steps):
        yield Finding(level="ok", message=_("made the match keys anew for this version of the software"))
    if erased := erase_pending(engine, actor=actor, now=now):
        message = _("finished the erasure for {count} opt-outs")
        yield Finding(level="ok", message=message.format(count=len(erased)))
    for recovered in recover(engine, workspace, actor=actor, now=now):
        message = _("delivery {id}: {outcome}").format(id=recovered.id, outcome=recovered.outcome)
        yield Finding(level="error" if recovered.outcome == "damaged" else "ok", message=message)
