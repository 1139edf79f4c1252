"""``gateway log``: show, verify and export the delivery log."""

from __future__ import annotations

import csv
import dataclasses
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option, print_json
from gateway.errors import Damaged, WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.log.deliveries import ProvisionRecord

_EXPORTED = (
    "delivery",
    "provided_on",
    "client_name",
    "client_address",
    "client_representative",
    "legal_basis",
    "items",
    "line_code",
    "record_id",
    "name",
    "kana",
    "company",
    "postal_code",
    "address",
    "building",
    "phones",
    "emails",
)


@click.group(help=_("Show, verify and export the delivery log."))
def log() -> None:
    """Group the commands about the log."""


@log.command("list", help=_("List deliveries."))
@json_option
@click.pass_obj
def list_deliveries(session: Session, *, as_json: bool) -> None:
    """List deliveries."""
    from gateway.db.engine import reading
    from gateway.log.deliveries import all_deliveries

    with reading(session.database()) as connection:
        rows = [dataclasses.asdict(each) for each in all_deliveries(connection)]
    emit_rows(
        as_json, rows, ("id", "state", "client", "format", "purpose", "delivered", "fence", "released_at")
    )


@log.command(help=_("Show one delivery with its files."))
@click.argument("id_", metavar="ID")
@json_option
@click.pass_obj
def show(session: Session, *, id_: str, as_json: bool) -> None:
    """Show one delivery."""
    from gateway.db.engine import reading
    from gateway.log.deliveries import files_of, get_delivery, recalled_count

    with reading(session.database()) as connection:
        found = dataclasses.asdict(get_delivery(connection, id_))
        files = files_of(connection, id_)
        recalled = recalled_count(connection, id_)
    lines = [f"{name}: {_plain(value)}" for name, value in found.items() if value not in ("", None)]
    lines += [f"file: {each['name']}  {each['bytes']}  {each['sha256']}" for each in files]
    lines.append(f"recalled: {recalled}")
    emit(as_json, {**found, "files": files, "recalled": recalled}, "\n".join(lines))


@log.command(help=_("Re-hash the journal, the lines and the packages; exit 3 names the first broken entry."))
@click.argument("id_", metavar="[ID]", required=False)
@json_option
@click.pass_obj
def verify(session: Session, *, id_: str | None, as_json: bool) -> None:
    """Verify the log."""
    from gateway.db.engine import reading
    from gateway.log.deliveries import get_delivery
    from gateway.log.verification import verify as run

    with reading(session.database()) as connection:
        if id_ is not None:
            get_delivery(connection, id_)
        found = run(connection, session.workspace.outbox, id_)
    if found.broken is not None:
        raise Damaged(
            "broken_chain",
            _("entry {number} of the journal does not hold ({reason})").format(
                number=found.broken.number,
                reason=": ".join(filter(None, (found.broken.reason, found.broken.what))),
            ),
            hint=_(
                "{count} entries before it are sound; keep the database as it is and compare with a backup"
            ).format(count=found.entries),
        )
    data = {"entries": found.entries, "deliveries": found.deliveries, "lines": found.lines, "broken": None}
    emit(as_json, data, _("sound: {entries} entries, {deliveries} deliveries, {lines} lines").format(**data))


@log.command(help=_("Export provision records as CSV: to a client, of a person, or of a period."))
@click.option("--client", help=_("All that was provided to this client."))
@click.option("--line-code", help=_("All that was provided of the person behind this code."))
@click.option("--period", metavar="A..B", help=_("All that was provided from day A to day B."))
@json_option
@click.pass_obj
def export(
    session: Session, *, client: str | None, line_code: str | None, period: str | None, as_json: bool
) -> None:
    """Export provision records."""
    from gateway.db.engine import reading

    if sum(each is not None for each in (client, line_code, period)) != 1:
        raise WrongUsage("one_selection", _("name one of --client, --line-code and --period"))
    with reading(session.database()) as connection:
        records = (_as_dict(each) for each in _selected(connection, client, line_code, period))
        if as_json:
            for row in records:
                print_json(row)
            return
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        writer = csv.DictWriter(sys.stdout, _EXPORTED, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _plain(value) for name, value in row.items()} for row in records)


def _selected(
    connection: Connection, client: str | None, line_code: str | None, period: str | None
) -> Iterator[ProvisionRecord]:
    from gateway.delivery.clients import get_client
    from gateway.log.deliveries import provisions_between, provisions_of_person, provisions_to

    if client is not None:
        get_client(connection, client)
        return provisions_to(connection, client)
    if line_code is not None:
        return provisions_of_person(connection, line_code)
    return provisions_between(connection, *_period(period or ""))


def _period(text: str) -> tuple[date, date]:
    first, dots, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last if dots else first)
    except ValueError as error:
        raise WrongUsage(
            "bad_period", _("{text!r} is no period").format(text=text), hint=_("write 2026-01-01..2026-12-31")
        ) from error
    if days[1] < days[0]:
        raise WrongUsage("bad_period", _("the period ends before it begins"))
    return days


def _as_dict(found: ProvisionRecord) -> dict[str, object]:
    return {
        "delivery": found.delivery,
        "provided_on": found.provided_on,
        "client_name": found.client_name,
        "client_address": found.client_address,
        "client_representative": found.client_representative,
        "legal_basis": found.legal_basis,
        "items": list(found.items),
        "line_code": found.line_code,
        "record_id": found.record_id,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in found.person.items()},
    }


def _plain(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
