"""``gateway formats``: what can be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.plugins import Format, Registered


@click.command(help=_("List the formats that can be delivered, or the options of one."))
@click.argument("name", required=False)
@json_option
@click.pass_obj
def formats(session: Session, *, name: str | None, as_json: bool) -> None:
    """List every format of every sound plugin; broken plugins are told on stderr."""
    manager = session.manager
    if name is not None:
        row = _row(manager.format(name))
        emit(as_json, row, _as_text(row))
        return
    rows = [_row(each) for each in manager.formats()]
    emit_rows(as_json, rows, ("format", "aliases", "purposes", "method", "plugin", "summary"))
    for plugin in manager.plugins:
        if plugin.status == "broken":
            told = _("warning: {plugin} is broken and provides nothing").format(plugin=plugin.title)
            click.echo(told, err=True)


def _as_text(row: dict[str, Any]) -> str:
    title = _("format {name} of {plugin}: {summary}")
    options = (
        f"  --set {option['option']}={option['default']}  ({option['type']})" for option in row["options"]
    )
    return "\n".join(
        [title.format(name=row["format"], plugin=row["plugin"], summary=row["summary"]), *options]
    )


def _row(registered: Registered[Format]) -> dict[str, object]:
    from gateway.cli.option_types import option_rows

    item, plugin = registered.item, registered.plugin
    return {
        "format": item.name,
        "aliases": list(item.aliases),
        "purposes": sorted(item.purposes),
        "method": item.method,
        "summary": item.summary,
        "options": option_rows(item.options),
        "plugin": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
    }
