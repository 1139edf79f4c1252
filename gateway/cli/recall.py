"""``gateway recall``: tell clients about delivered people who have since opted out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option, print_json
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.log.recalls import Status


@click.group(help=_("Tell clients about people who have since opted out."))
def recall() -> None:
    """Group the commands about recalls."""


@recall.command("list", help=_("List delivered lines whose person has since opted out."))
@json_option
@click.pass_obj
def list_recalls(session: Session, *, as_json: bool) -> None:
    """List recalls."""
    from gateway.db.engine import reading
    from gateway.log.recalls import all_recalls
    from gateway.suppression.register import opt_out_name

    with reading(session.database()) as connection:
        rows = [
            {
                "id": each.id,
                "client": each.client,
                "delivery": each.delivery,
                "line_code": each.line_code,
                "opt_out": opt_out_name(each.opt_out_id),
                "found_at": each.found_at,
                "notice": each.notice or None,
                "status": each.status or None,
            }
            for each in all_recalls(connection)
        ]
    emit_rows(as_json, rows, ("id", "client", "delivery", "line_code", "opt_out", "notice", "status"))


@recall.command(help=_("Write one notice for each client that has not been told yet; line codes only."))
@json_option
@click.pass_obj
def write(session: Session, *, as_json: bool) -> None:
    """Write notices."""
    from gateway.log.recalls import write_notices

    config = session.config
    notices = write_notices(
        session.database(),
        session.workspace.root / "recalls",
        provider=config.provider,
        filing=config.filing,
        actor=session.actor,
        now=session.now(),
    )
    for each in notices:
        if as_json:
            print_json({"id": each.id, "client": each.client, "lines": each.lines, "folder": each.folder})
        else:
            click.echo(
                _("notice {id} to {client}, {lines} lines: {folder}").format(
                    id=each.id, client=each.client, lines=each.lines, folder=each.folder
                )
            )
    if not notices and not as_json:
        click.echo(_("every client has been told"))


@recall.command(
    help=_("Delete or mark in the client's own system everybody of a push who has opted out since.")
)
@click.argument("id_", metavar="ID")
@json_option
@click.pass_obj
def push(session: Session, *, id_: str, as_json: bool) -> None:
    """Withdraw by remote id; where the system cannot, write a notice to the client."""
    from gateway.cli.recalled_pushes import withdraw_or_tell

    withdraw_or_tell(session, id_, as_json=as_json)


@recall.command(help=_("Record a client's answer about a recall or a whole notice."))
@click.argument("id_", metavar="ID")
@click.option(
    "--status",
    type=click.Choice(["deleted", "opted_out", "not_found", "exempted"]),
    required=True,
    help=_("What the client did."),
)
@json_option
@click.pass_obj
def answer(session: Session, *, id_: str, status: str, as_json: bool) -> None:
    """Record an answer."""
    from gateway.log.recalls import answer as record_answer

    settled = record_answer(
        session.database(), id_, cast("Status", status), actor=session.actor, now=session.now()
    )
    emit(
        as_json,
        {"id": id_, "status": status, "lines": settled},
        _("{id}: {status} ({lines} lines)").format(id=id_, status=status, lines=settled),
    )
