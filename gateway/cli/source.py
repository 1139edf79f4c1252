"""``gateway source``: say where data was acquired, and on what lawful basis."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.acquisition.sources import Basis, Source

_BASES = (
    "direct_from_person",
    "consent_27_1",
    "published_directory",
    "private_seller",
    "optout_27_2",
    "unknown",
)


@click.group(help=_("Say where data was acquired, and on what lawful basis."))
def source() -> None:
    """Group the commands about sources."""


@source.command(
    help=_("Record a source. Data of the bases optout_27_2 and unknown is kept but never delivered.")
)
@click.argument("id_", metavar="ID")
@click.option("--basis", type=click.Choice(_BASES), required=True, help=_("How the data was acquired."))
@click.option("--name", default="", help=_("Who provided the data."))
@click.option("--address", default="", help=_("The provider's address."))
@click.option(
    "--representative", default="", help=_("The representative of a provider that is a corporation.")
)
@click.option("--acquired-on", type=click.DateTime(["%Y-%m-%d"]), help=_("When the data was received."))
@click.option("--circumstances", default="", help=_("How the provider had acquired the data."))
@click.option(
    "--document",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("The contract or other document that shows it; its hash is recorded."),
)
@json_option
@click.pass_obj
def add(
    session: Session,
    *,
    id_: str,
    basis: str,
    name: str,
    address: str,
    representative: str,
    acquired_on: datetime | None,
    circumstances: str,
    document: Path | None,
    as_json: bool,
) -> None:
    """Record a source."""
    from gateway.acquisition.sources import SourceRequest, add_source

    request = SourceRequest(
        id=id_,
        basis=cast("Basis", basis),
        name=name,
        address=address,
        representative=representative,
        acquired_on=acquired_on.date() if acquired_on else None,
        circumstances=circumstances,
        document=document,
    )
    added = add_source(session.database(), request, actor=session.actor, now=session.now())
    emit(as_json, _as_dict(added), _("source {id} recorded").format(id=added.id))


@source.command("list", help=_("List all sources."))
@json_option
@click.pass_obj
def list_sources(session: Session, *, as_json: bool) -> None:
    """List all sources."""
    from gateway.acquisition.sources import all_sources
    from gateway.db.engine import reading

    with reading(session.database()) as connection:
        rows = [_as_dict(each) for each in all_sources(connection)]
    emit_rows(as_json, rows, ("id", "basis", "name", "acquired_on", "deliverable"))


def _as_dict(source: Source) -> dict[str, object]:
    from gateway.acquisition.sources import NEVER_DELIVERED

    return {
        "id": source.id,
        "basis": source.basis,
        "deliverable": source.basis not in NEVER_DELIVERED,
        "name": source.name,
        "address": source.address,
        "representative": source.representative,
        "acquired_on": source.acquired_on,
        "circumstances": source.circumstances,
        "document_name": source.document_name,
        "document_sha256": source.document_sha256,
        "recorded_at": source.recorded_at,
    }
