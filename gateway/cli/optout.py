"""``gateway optout``: record, show and lift opt-outs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option, steps
from gateway.errors import GatewayError, WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.suppression.decision import Scope
    from gateway.suppression.erasure import Erasure
    from gateway.suppression.opting_out import OptedOut
    from gateway.suppression.register import Channel, OptOut, OptOutPurpose

_SCOPES = ("individual", "household", "address", "phone")
_PURPOSES = ("all", "dm", "telemarketing")
_CHANNELS = ("phone", "fax", "mail", "email", "web", "client", "counter")


@click.group(help=_("Record, show and lift opt-outs."))
def optout() -> None:
    """Group the commands about opt-outs."""


@optout.command(
    help=_("Record an opt-out; it is in force at once, and the person is erased from every list.")
)
@click.option("--name", default="", help=_("The person's full name."))
@click.option("--kana", default="", help=_("The name's reading."))
@click.option("--postal", "postal_code", default="", help=_("The postal code."))
@click.option("--address", default="", help=_("The address."))
@click.option("--building", default="", help=_("Building and room, if not in the address."))
@click.option("--phone", "phones", multiple=True, help=_("A phone number; may be repeated."))
@click.option("--email", "emails", multiple=True, help=_("An e-mail address; may be repeated."))
@click.option(
    "--scope",
    type=click.Choice(_SCOPES),
    default="individual",
    show_default=True,
    help=_("How far it reaches."),
)
@click.option(
    "--purpose",
    type=click.Choice(_PURPOSES),
    default="all",
    show_default=True,
    help=_("From what it opts out."),
)
@click.option(
    "--channel",
    type=click.Choice(_CHANNELS),
    default="phone",
    show_default=True,
    help=_("How it was received."),
)
@click.option("--line-code", default="", help=_("The code on the label or told on the phone."))
@click.option(
    "--received-on", type=click.DateTime(["%Y-%m-%d"]), help=_("When it was received; today by default.")
)
@json_option
@click.pass_obj
def add(
    session: Session,
    *,
    name: str,
    kana: str,
    postal_code: str,
    address: str,
    building: str,
    phones: tuple[str, ...],
    emails: tuple[str, ...],
    scope: str,
    purpose: str,
    channel: str,
    line_code: str,
    received_on: datetime | None,
    as_json: bool,
) -> None:
    """Record one opt-out and act on it."""
    from gateway.db.clock import legal_date
    from gateway.people.person import Person
    from gateway.suppression.opting_out import opt_out
    from gateway.suppression.recall_search import recalled_deliveries
    from gateway.suppression.register import OptOutRequest, opt_out_name
    from gateway.suppression.reviews import hold_name

    engine, now = session.database(), session.now()
    if not any((name, kana, postal_code, address, building, phones, emails, line_code)):
        raise WrongUsage(
            "nobody_named",
            _("nobody is named"),
            hint=_("give a name and an address, a phone number or a line code"),
        )
    request = OptOutRequest(
        person=Person(
            name=name,
            kana=kana,
            postal_code=postal_code,
            address=address,
            building=building,
            phones=phones,
            emails=emails,
        ),
        scope=cast("Scope", scope),
        purpose=cast("OptOutPurpose", purpose),
        channel=cast("Channel", channel),
        received_on=received_on.date() if received_on else legal_date(now),
        line_code=line_code,
    )
    taken = opt_out(engine, [request], actor=session.actor, now=now)
    (identifier,) = taken.ids
    erased, held = _erased(engine, taken, actor=session.actor, now=now)
    recalls = recalled_deliveries(engine, taken.ids).get(identifier, [])
    data = {
        "id": opt_out_name(identifier),
        "number": taken.number,
        "erased": erased,
        "held": [hold_name(each) for each in held],
        "recalls": recalls,
    }
    emit(as_json, data, _told(data))


@optout.command("import", help=_("Record all opt-outs of a CSV, XLSX or Parquet file."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--encoding", help=_("The encoding of a CSV file; found out by itself otherwise."))
@json_option
@click.pass_obj
def import_(session: Session, *, file: Path, encoding: str | None, as_json: bool) -> None:
    """Record the opt-outs of a file."""
    from gateway.suppression.opt_out_files import import_opt_outs
    from gateway.suppression.recall_search import recalled_deliveries
    from gateway.suppression.register import opt_out_name
    from gateway.suppression.reviews import hold_name

    engine, now = session.database(), session.now()
    imported = import_opt_outs(engine, file, encoding=encoding, actor=session.actor, now=now)
    taken = imported.taken
    erased, held = _erased(engine, taken, actor=session.actor, now=now)
    recalls = sorted({each for found in recalled_deliveries(engine, taken.ids).values() for each in found})
    data: dict[str, object] = {
        "rows": imported.rows,
        "recorded": len(taken.ids),
        "refused": imported.refused,
        "first": opt_out_name(taken.ids[0]),
        "last": opt_out_name(taken.ids[-1]),
        "number": taken.number,
        "erased": erased,
        "held": [hold_name(each) for each in held],
        "recalls": recalls,
        "rejected_file": imported.rejected_file,
    }
    text = _("{recorded} of {rows} opt-outs recorded, {refused} refused").format(**data)
    if imported.rejected_file:
        text += "\n" + _("refused rows: {file}").format(file=imported.rejected_file)
    emit(as_json, data, text + "\n" + _followed(data))


@optout.command("list", help=_("List the register."))
@json_option
@click.pass_obj
def list_opt_outs(session: Session, *, as_json: bool) -> None:
    """List the register, without the persons."""
    from gateway.db.engine import reading
    from gateway.suppression.register import all_opt_outs

    with reading(session.database()) as connection:
        rows = (_as_dict(each) for each in all_opt_outs(connection))
        columns = ("id", "number", "scope", "purpose", "channel", "received_on", "status")
        emit_rows(as_json, rows, columns)


@optout.command(help=_("Show one opt-out with the person it protects."))
@click.argument("id_", metavar="ID")
@json_option
@click.pass_obj
def show(session: Session, *, id_: str, as_json: bool) -> None:
    """Show one opt-out."""
    from gateway.db.engine import reading
    from gateway.suppression.register import get_opt_out, opt_out_number

    with reading(session.database()) as connection:
        found = get_opt_out(connection, opt_out_number(id_))
    person = found.person
    data = {
        **_as_dict(found),
        "name": person.name,
        "kana": person.kana,
        "postal_code": person.postal_code,
        "address": person.address,
        "building": person.building,
        "phones": list(person.phones),
        "emails": list(person.emails),
    }
    emit(as_json, data, "\n".join(f"{key}: {_plain(value)}" for key, value in data.items() if value))


@optout.command(help=_("Take an opt-out out of force; it stays in the register."))
@click.argument("id_", metavar="ID")
@click.option("--why", required=True, help=_("The reason, for the journal."))
@json_option
@click.pass_obj
def lift(session: Session, *, id_: str, why: str, as_json: bool) -> None:
    """Lift one opt-out."""
    from gateway.suppression.register import lift_opt_out, opt_out_name, opt_out_number

    identifier = opt_out_number(id_)
    number = lift_opt_out(session.database(), identifier, why=why, actor=session.actor, now=session.now())
    name = opt_out_name(identifier)
    emit(as_json, {"id": name, "number": number}, _("opt-out {id} lifted").format(id=name))


def _erased(
    engine: Engine, taken: OptedOut, *, actor: str, now: datetime
) -> tuple[dict[str, int], list[int]]:
    """Return counts by list and holds of what was erased with the opt-outs.

    What failed there is tried once more, after keys of another version have been made anew; what fails again does not
    unsay the opt-outs, so the operator is told that they stand.
    """
    from gateway.acquisition.rekeying import renew_keys
    from gateway.suppression.erasure import act_on_opt_outs
    from gateway.suppression.opting_out import unfinished

    if taken.unfinished is None:
        return _sum(taken.erasures.values())
    try:
        renew_keys(engine, actor=actor, now=now, progress=steps)
        done = {**taken.erasures, **act_on_opt_outs(engine, actor=actor, now=now)}
    except GatewayError as error:
        raise unfinished(taken.ids, error) from error
    return _sum(done[each] for each in taken.ids if each in done)


def _as_dict(found: OptOut) -> dict[str, object]:
    from gateway.suppression.register import opt_out_name

    return {
        "id": opt_out_name(found.id),
        "number": found.number,
        "scope": found.scope,
        "purpose": found.purpose,
        "channel": found.channel,
        "received_on": found.received_on,
        "line_code": found.line_code,
        "recorded_at": found.recorded_at,
        "actor": found.actor,
        "status": "lifted" if found.lifted_number else "in_force",
        "lifted_at": found.lifted_at or None,
        "lifted_why": found.lifted_why,
    }


def _sum(results: Iterable[Erasure]) -> tuple[dict[str, int], list[int]]:
    erased: dict[str, int] = {}
    held: list[int] = []
    for result in results:
        for name, count in result.erased.items():
            erased[name] = erased.get(name, 0) + count
        held += result.held
    return erased, held


def _told(data: dict[str, object]) -> str:
    return _("opt-out {id} recorded, in force from number {number}").format(**data) + "\n" + _followed(data)


def _followed(data: dict[str, object]) -> str:
    erased, held, recalls = data["erased"], data["held"], data["recalls"]
    lines = []
    if isinstance(erased, dict) and erased:
        lines += [
            _("erased from {list}: {count}").format(list=name, count=count) for name, count in erased.items()
        ]
    else:
        lines.append(_("erased from no list"))
    if isinstance(held, list) and held:
        lines.append(_("to be reviewed: {ids}").format(ids=", ".join(held)))
    if isinstance(recalls, list) and recalls:
        lines.append(_("delivered before, to be recalled: {ids}").format(ids=", ".join(recalls)))
    return "\n".join(lines)


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
