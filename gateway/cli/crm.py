"""``gateway crm``: the clients' own systems that formats push to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit_rows, json_option
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.api import Finding


@click.group(help=_("Test the clients' own systems that formats push to."))
def crm() -> None:
    """Group the commands about destinations."""


@crm.command(
    help=_("Test connection, rights, mapping and limits of a client's system without sending a person.")
)
@click.option("--format", "format_", default="", help=_("The format that pushes: gateway formats."))
@click.option("--client", default="", help=_("Whose system it is: gateway client list."))
@json_option
@click.pass_obj
def check(session: Session, *, format_: str, client: str, as_json: bool) -> None:
    """Check the named destination, or every one that gateway.toml has."""
    rows = list(_rows(session, format_, client))
    emit_rows(as_json, rows, ("format", "client", "level", "message"))
    bad = sorted({f"{row['format']} ({row['client']})" for row in rows if row["level"] == "error"})
    if bad:
        raise Refused(
            "destination_not_ready",
            _("not ready: {names}").format(names=", ".join(bad)),
            hint=_("nobody was sent; correct the settings or ask the client"),
        )


def _rows(session: Session, format_: str, client: str) -> Iterator[dict[str, object]]:
    chosen = [
        (name, owner)
        for name, owner in _destinations(session)
        if (not format_ or name == format_) and (not client or owner == client)
    ]
    if not chosen:
        raise WrongUsage(
            "no_destination",
            _("gateway.toml names no such destination"),
            hint=_("write [formats.FORMAT.clients.CLIENT]"),
        )
    for name, owner in chosen:
        for found in _findings(session, name, owner):
            yield {"format": name, "client": owner, "level": found.level, "message": found.message}


def _destinations(session: Session) -> Iterator[tuple[str, str]]:
    """Return format and client of every destination in the settings."""
    for name, table in session.config.formats.items():
        clients = table.get("clients", {})
        if isinstance(clients, dict) and session.manager.format(name).item.push is not None:
            yield from ((name, client) for client in clients)


def _findings(session: Session, name: str, client: str) -> list[Finding]:
    """Check one destination as a delivery to the client would; whatever refuses is a finding."""
    from gateway.api import Finding, Order
    from gateway.db.engine import reading
    from gateway.delivery.clients import get_client
    from gateway.delivery.orders import format_options
    from gateway.delivery.push_destination import findings, opened
    from gateway.errors import GatewayError

    registered = session.manager.format(name)
    try:
        with reading(session.database()) as connection:
            known = get_client(connection, client)
        order = Order(
            delivery="",
            client=known.id,
            client_name=known.name,
            format=registered.item.name,
            purpose=min(registered.item.purposes),
            created_at=session.now(),
        )
        options = format_options(session.config, registered.item, client, {})
        with closing(opened(registered, options, order)) as destination:
            return list(findings(registered, destination))
    except GatewayError as error:
        return [Finding(level="error", message=error.message)]
