"""Clients and their pledges: who may receive what for which purpose, and until when."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from gateway.api import Purpose
from gateway.db.clock import stamp
from gateway.db.engine import writing
from gateway.db.ledger import take_number
from gateway.db.tables import client, pledge
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_TEXT = 200
"""Characters of a client's name or address: they stand on the form and in every provision record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The company that receives deliveries (クライアント), as APPI Art. 29 wants it recorded."""

    id: str
    name: str
    address: str = ""
    representative: str = ""
    country: str = "JP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A client's written undertaking (確約書); both dates belong to its validity."""

    id: int
    client_id: str
    purposes: tuple[Purpose, ...]
    signed_on: date
    valid_until: date
    file_name: str
    file_sha256: str


def add_client(engine: Engine, added: Client, *, actor: str, now: datetime) -> None:
    """Record a client; ``WrongUsage`` when the id is malformed, ``Refused`` when it is taken."""
    require_id(added.id)
    for text in (added.name, added.address, added.representative):
        require_printable(text)
    if not added.name.strip():
        raise WrongUsage("no_name", _("a client needs a name"), hint=_("add --name NAME"))
    if not _COUNTRY.fullmatch(added.country):
        raise WrongUsage(
            "bad_country",
            _("{text!r} is no country code").format(text=added.country[:LONGEST_TEXT]),
            hint=_("use the two letters of ISO 3166, such as JP"),
        )
    with writing(engine) as connection:
        number = take_number(connection)
        if find_client(connection, added.id) is not None:
            raise Refused("client_exists", _("there is a client {id} already").format(id=added.id))
        connection.execute(
            insert(client).values(
                id=added.id,
                name=added.name,
                address=added.address,
                representative=added.representative,
                country=added.country,
                recorded_at=stamp(now),
            )
        )
        append(
            connection, number, "client", {"client": added.id, "country": added.country}, actor=actor, now=now
        )


def add_pledge(
    engine: Engine,
    client_id: str,
    file: Path,
    *,
    purposes: Iterable[Purpose],
    signed_on: date,
    valid_until: date,
    actor: str,
    now: datetime,
) -> Pledge:
    """Record a pledge by its document's hash; the document stays where it is."""
    try:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise WrongUsage(
            "unreadable_input",
            _("the file {file} cannot be read").format(file=file),
            hint=_("check its name"),
        ) from error
    if valid_until < signed_on:
        raise WrongUsage(
            "bad_dates", _("the pledge would end before it was signed"), hint=_("check both dates")
        )
    wanted = tuple(dict.fromkeys(purposes))
    with writing(engine) as connection:
        number = take_number(connection)
        get_client(connection, client_id)
        identifier = connection.execute(
            insert(pledge)
            .values(
                client_id=client_id,
                purposes=json.dumps(wanted),
                signed_on=signed_on.isoformat(),
                valid_until=valid_until.isoformat(),
                file_name=file.name,
                file_sha256=sha256,
                recorded_at=stamp(now),
            )
            .returning(pledge.c.id)
        ).scalar_one()
        content = {
            "client": client_id,
            "pledge": identifier,
            "purposes": list(wanted),
            "valid_until": valid_until.isoformat(),
            "file_sha256": sha256,
        }
        append(connection, number, "pledge", content, actor=actor, now=now)
    return Pledge(
        id=identifier,
        client_id=client_id,
        purposes=wanted,
        signed_on=signed_on,
        valid_until=valid_until,
        file_name=file.name,
        file_sha256=sha256,
    )


def find_client(connection: Connection, client_id: str) -> Client | None:
    """Read one client, or ``None``."""
    row = connection.execute(select(client).where(client.c.id == client_id)).one_or_none()
    return None if row is None else _client(row)


def get_client(connection: Connection, client_id: str) -> Client:
    """Read one client; ``WrongUsage`` when there is none."""
    found = find_client(connection, client_id)
    if found is None:
        raise WrongUsage(
            "unknown_client",
            _("there is no client {id}").format(id=client_id),
            hint=_("see: gateway client list"),
        )
    return found


def all_clients(connection: Connection) -> list[Client]:
    """Read all clients by id."""
    return [_client(row) for row in connection.execute(select(client).order_by(client.c.id))]


def pledges_of(connection: Connection, client_id: str) -> list[Pledge]:
    """Read a client's pledges, the latest validity first."""
    rows = connection.execute(
        select(pledge)
        .where(pledge.c.client_id == client_id)
        .order_by(pledge.c.valid_until.desc(), pledge.c.id.desc())
    )
    return [_pledge(row) for row in rows]


def valid_pledge(connection: Connection, client_id: str, purpose: Purpose, on: date) -> Pledge:
    """Return the pledge that covers a purpose on a day; ``Refused`` with the reason when none does."""
    pledges = pledges_of(connection, client_id)
    if not pledges:
        raise Refused(
            "no_pledge",
            _("the client {id} has given no pledge").format(id=client_id),
            hint=_(
                "record it with: gateway client pledge {id} --file F --signed-on D --valid-until D"
            ).format(id=client_id),
        )
    current = [each for each in pledges if each.signed_on <= on <= each.valid_until]
    if not current:
        raise Refused(
            "pledge_expired",
            _("no pledge of the client {id} is valid on {day}; the last one ends on {end}").format(
                id=client_id, day=on, end=pledges[0].valid_until
            ),
            hint=_("ask the client for a new pledge"),
        )
    for each in current:
        if purpose in each.purposes:
            return each
    raise Refused(
        "purpose_not_pledged",
        _("the client {id} has not pledged the purpose {purpose}").format(id=client_id, purpose=purpose),
        hint=_("ask the client for a pledge that names it"),
    )


def require_id(identifier: str) -> None:
    """Refuse an id that could not stand in a file name or on a form."""
    if not _ID.fullmatch(identifier):
        raise WrongUsage(
            "bad_id",
            _("{id!r} cannot be an id").format(id=identifier[:LONGEST_TEXT]),
            hint=_("use up to 64 letters, digits, dots, hyphens and underscores"),
        )


def require_printable(text: str) -> None:
    """Refuse a text that could not stand on one line of a document."""
    if len(text) > LONGEST_TEXT or not text.replace("\u3000", "").isprintable():
        raise WrongUsage(
            "bad_text",
            _("a name or address is too long or holds control characters"),
            hint=_("use up to {count} printable characters").format(count=LONGEST_TEXT),
        )


def _client(row: Any) -> Client:
    return Client(
        id=row.id, name=row.name, address=row.address, representative=row.representative, country=row.country
    )


def _pledge(row: Any) -> Pledge:
    return Pledge(
        id=row.id,
        client_id=row.client_id,
        purposes=tuple(json.loads(row.purposes)),
        signed_on=date.fromisoformat(row.signed_on),
        valid_until=date.fromisoformat(row.valid_until),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
    )
