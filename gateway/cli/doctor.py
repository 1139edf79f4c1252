"""``gateway doctor``: check the workspace, and repair what can be repaired without losing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit_rows, json_option
from gateway.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.api import Finding


@click.command(help=_("Check the workspace; exits 1 with an error, 0 with warnings."))
@click.option(
    "--repair",
    is_flag=True,
    help=_("Bring an older database up to date, make missing folders, finish what was interrupted."),
)
@json_option
@click.pass_context
def doctor(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Run every check, each by itself, and list what they find."""
    session: Session = ctx.obj
    rows: list[dict[str, object]] = []
    if repair:
        from gateway.cli.doctor_repairs import repairs

        rows += _rows("repair", repairs(session))
    from gateway.cli.doctor_checks import CHECKS, findings_of

    for name, check in CHECKS.items():
        rows += _rows(name, findings_of(session, check))
    for name, findings in _checks_of_plugins(session):
        rows += _rows(name, findings)
    emit_rows(as_json, rows, ("check", "level", "message"))
    if any(row["level"] == "error" for row in rows):
        ctx.exit(1)


def _rows(name: str, findings: Iterable[Finding]) -> list[dict[str, object]]:
    return [{"check": name, "level": finding.level, "message": finding.message} for finding in findings]


def _checks_of_plugins(session: Session) -> list[tuple[str, Iterable[Finding]]]:
    from gateway.cli.doctor_checks import findings_of_plugin
    from gateway.errors import GatewayError

    try:
        checks = session.manager.checks()
    except GatewayError:  # told by the check of the settings
        return []
    return [(each.item.name, findings_of_plugin(each)) for each in checks]
