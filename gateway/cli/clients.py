"""``gateway client``: clients, their pledges and their refusal lists."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gateway.cli.client_hashes import hashes
from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option
from gateway.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.api import Purpose
    from gateway.delivery.clients import Client
    from gateway.suppression.refusals_files import ImportedRefusals

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help=_("Keep clients, their pledges and their refusal lists."))
def client() -> None:
    """Group the commands about clients."""


@client.command(help=_("Record a client, as the law wants recipients recorded."))
@click.argument("id_", metavar="ID")
@click.option("--name", required=True, help=_("The client's name."))
@click.option("--address", default="", help=_("The client's address."))
@click.option("--representative", default="", help=_("The representative of a client that is a corporation."))
@click.option("--country", default="JP", show_default=True, help=_("ISO 3166 code of the client's country."))
@json_option
@click.pass_obj
def add(
    session: Session, *, id_: str, name: str, address: str, representative: str, country: str, as_json: bool
) -> None:
    """Record a client."""
    from gateway.delivery.clients import Client, add_client

    added = Client(id=id_, name=name, address=address, representative=representative, country=country.upper())
    add_client(session.database(), added, actor=session.actor, now=session.now())
    data = {
        "id": added.id,
        "name": added.name,
        "address": added.address,
        "representative": added.representative,
        "country": added.country,
    }
    emit(as_json, data, _("client {id} recorded").format(id=added.id))


@client.command(help=_("Record a client's written pledge; without a valid one nothing is delivered."))
@click.argument("id_", metavar="ID")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("The signed document; its hash is recorded."),
)
@click.option("--signed-on", type=_DAY, required=True, help=_("The day of the signature."))
@click.option("--valid-until", type=_DAY, required=True, help=_("The last day it is valid."))
@click.option(
    "--purpose",
    "purposes",
    type=click.Choice(["dm", "telemarketing"]),
    multiple=True,
    required=True,
    help=_("What the client may use deliveries for; may be repeated."),
)
@json_option
@click.pass_obj
def pledge(
    session: Session,
    *,
    id_: str,
    file: Path,
    signed_on: datetime,
    valid_until: datetime,
    purposes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Record a pledge."""
    from gateway.delivery.clients import add_pledge

    added = add_pledge(
        session.database(),
        id_,
        file,
        purposes=cast("tuple[Purpose, ...]", purposes),
        signed_on=signed_on.date(),
        valid_until=valid_until.date(),
        actor=session.actor,
        now=session.now(),
    )
    data = {
        "client": id_,
        "pledge": added.id,
        "purposes": list(added.purposes),
        "signed_on": added.signed_on,
        "valid_until": added.valid_until,
        "file_sha256": added.file_sha256,
    }
    emit(as_json, data, _("pledge of {id} recorded, valid until {day}").format(id=id_, day=added.valid_until))


@client.command(help=_("Record who has refused a client; deliveries to it never hold them."))
@click.argument("id_", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--product", default="", help=_("The product that was refused; all products by default."))
@click.option("--encoding", help=_("The encoding of a CSV file; found out by itself otherwise."))
@json_option
@click.pass_obj
def refuse(
    session: Session, *, id_: str, file: Path, product: str, encoding: str | None, as_json: bool
) -> None:
    """Record a client's refusal list."""
    from gateway.db.engine import reading
    from gateway.delivery.clients import get_client
    from gateway.suppression.refusals_files import import_refusals

    engine = session.database()
    with reading(engine) as connection:
        get_client(connection, id_)
    done = import_refusals(
        engine, id_, file, product=product, encoding=encoding, actor=session.actor, now=session.now()
    )
    emit_refusals(as_json, id_, product, done)


def emit_refusals(as_json: bool, client_id: str, product: str, done: ImportedRefusals) -> None:
    """Tell what became of a file of refusals, given as persons or as hashes."""
    data: dict[str, object] = {
        "client": client_id,
        "product": product or None,
        "rows": done.rows,
        "recorded": done.recorded,
        "duplicates": done.duplicates,
        "refused": done.refused,
        "number": done.number or None,
        "rejected_file": done.rejected_file,
    }
    text = _("{recorded} of {rows} refusals recorded, {duplicates} known before, {refused} refused").format(
        **data
    )
    if done.rejected_file:
        text += "\n" + _("refused rows: {file}").format(file=done.rejected_file)
    emit(as_json, data, text)


client.add_command(hashes)


@client.command("list", help=_("List clients and how long their pledges are valid."))
@json_option
@click.pass_obj
def list_clients(session: Session, *, as_json: bool) -> None:
    """List clients."""
    from gateway.db.engine import reading
    from gateway.delivery.clients import all_clients

    with reading(session.database()) as connection:
        rows = [_as_dict(connection, each) for each in all_clients(connection)]
    emit_rows(as_json, rows, ("id", "name", "country", "purposes", "valid_until"))


def _as_dict(connection: Connection, found: Client) -> dict[str, object]:
    from gateway.delivery.clients import pledges_of

    pledges = pledges_of(connection, found.id)
    return {
        "id": found.id,
        "name": found.name,
        "address": found.address,
        "representative": found.representative,
        "country": found.country,
        "purposes": list(pledges[0].purposes) if pledges else [],
        "valid_until": pledges[0].valid_until if pledges else None,
    }
