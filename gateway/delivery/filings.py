"""The filing (届出): versioned as the configuration changes, and the bounds it sets to every delivery."""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, insert, select

from gateway.api import Method
from gateway.config import Desk, Filing
from gateway.db.clock import stamp
from gateway.db.tables import filing as filing_table
from gateway.db.tables import setting
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.journal import canonical

UNFILED_FIELDS = frozenset({"honorific"})
"""A form of address is no item of personal data; the name it stands with is."""


_IN_FORCE = "filing"


def filing_version(connection: Connection, filing: Filing, *, now: datetime) -> int:
    """Put the filing as configured in force and return its version; a new one is recorded when its wording is new."""
    version = _recorded_version(connection, filing, now)
    if filing_in_force(connection) != version:
        connection.execute(delete(setting).where(setting.c.key == _IN_FORCE))
        connection.execute(insert(setting).values(key=_IN_FORCE, value=str(version)))
    return version


def filing_in_force(connection: Connection) -> int:
    """Return the version that was put in force last, which may be an early one whose wording has come back."""
    value = connection.execute(select(setting.c.value).where(setting.c.key == _IN_FORCE)).scalar()
    return int(value) if value is not None else _newest(connection)


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.max(filing_table.c.version))).scalar() or 0


def _recorded_version(connection: Connection, filing: Filing, now: datetime) -> int:
    content = canonical(filing_json(filing))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    known = connection.execute(
        select(filing_table.c.version).where(filing_table.c.content_sha256 == sha256)
    ).scalar_one_or_none()
    if known is not None:
        return int(known)
    version = _newest(connection) + 1
    connection.execute(
        insert(filing_table).values(
            version=version, content=content, content_sha256=sha256, recorded_at=stamp(now)
        )
    )
    return version


def filing_json(filing: Filing) -> dict[str, object]:
    """Write a filing as JSON."""
    content: dict[str, object] = asdict(filing)
    for name in ("published_on", "start_on"):
        day = getattr(filing, name)
        content[name] = day.isoformat() if day else None
    for name in ("items", "methods", "acquisition"):
        content[name] = list(getattr(filing, name))
    return content


def filing_from_json(content: dict[str, object]) -> Filing:
    """Read what ``filing_json`` wrote."""
    values: dict[str, object] = dict(content)
    for name in ("published_on", "start_on"):
        values[name] = date.fromisoformat(str(values[name])) if values[name] else None
    for name in ("items", "methods", "acquisition"):
        values[name] = tuple(values[name])  # type: ignore[arg-type]
    values["desk"] = Desk(**values["desk"])  # type: ignore[arg-type]
    return Filing(**values)  # type: ignore[arg-type]


def require_filed(filing: Filing, *, method: Method, fields: AbstractSet[str], on: date) -> None:
    """Refuse what the filing does not cover (APPI Art. 27(2) nos. 3, 5, 7; Rules Art. 11(4) no. 2)."""
    if not filing.number:
        raise Refused(
            "no_filing",
            _("gateway.toml states no filing, so nothing may be provided"),
            hint=_("fill in [filing] with the notification's number, items, methods, start date and desk"),
        )
    if filing.start_on is None or on < filing.start_on:
        raise Refused(
            "before_start",
            _("provision starts on {start} according to the filing").format(start=filing.start_on or "?"),
            hint=_("set filing.start_on as notified, or wait for that day"),
        )
    if method not in filing.methods:
        raise Refused(
            "method_not_filed",
            _("the filing does not name the method {method}").format(method=method),
            hint=_("notify the regulator first, then add it to filing.methods"),
        )
    missing = sorted(fields - set(filing.items) - UNFILED_FIELDS)
    if missing:
        raise Refused(
            "items_not_filed",
            _("the filing does not name these items: {items}").format(items=", ".join(missing)),
            hint=_("notify the regulator first, then add them to filing.items"),
        )
    if not (filing.desk.phone or filing.desk.fax or filing.desk.email or filing.desk.address):
        raise Refused(
            "no_desk",
            _("the filing names no desk for requests to stop"),
            hint=_("fill in [filing.desk]: people must be told where to ask"),
        )
