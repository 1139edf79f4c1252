"""``gateway recall push``: withdraw by remote id, tell of every line, and write a notice where that cannot be done."""

from __future__ import annotations

import click

from gateway.cli.context import Session
from gateway.cli.output import emit_rows
from gateway.db.engine import reading
from gateway.delivery.push_withdrawal import WithdrawnLine, withdraw
from gateway.i18n import _
from gateway.log.deliveries import get_delivery
from gateway.log.recalls import Notice, write_notices


def withdraw_or_tell(session: Session, identifier: str, *, as_json: bool) -> None:
    """Print one row a line: its code, the opt-out, what became of it, and the notice that tells the client."""
    lines = withdraw(
        session.database(),
        session.workspace,
        session.manager,
        identifier,
        actor=session.actor,
        clock=session.now,
    )
    notice = _tell(session, identifier, lines)
    rows = [
        {
            "line_code": each.line_code,
            "opt_out": each.opt_out,
            "result": each.result,
            "notice": notice.id if notice is not None and each.result == "failed" else None,
        }
        for each in lines
    ]
    if rows or as_json:
        emit_rows(as_json, rows, ("line_code", "opt_out", "result", "notice"))
    else:
        click.echo(_("nobody of this push has opted out and is still to be withdrawn"))
    if notice is not None and not as_json:
        click.echo(
            _("notice {id} to {client}, {lines} lines: {folder}").format(
                id=notice.id, client=notice.client, lines=notice.lines, folder=notice.folder
            )
        )


def _tell(session: Session, identifier: str, lines: list[WithdrawnLine]) -> Notice | None:
    """Write a notice to the client about what its system could not do."""
    if all(each.result != "failed" for each in lines):
        return None
    config = session.config
    with reading(session.database()) as connection:
        client = get_delivery(connection, identifier).client
    notices = write_notices(
        session.database(),
        session.workspace.root / "recalls",
        provider=config.provider,
        filing=config.filing,
        actor=session.actor,
        now=session.now(),
        only_client=client,
    )
    return notices[0] if notices else None
