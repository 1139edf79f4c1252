"""``gateway plugins``: which plugins there are, what they provide and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option
from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.plugins import Manager, Plugin


@click.group(help=_("List plugins and what is wrong with them."))
def plugins() -> None:
    """Hold the commands about plugins."""


@plugins.command("list", help=_("List all plugins; exits 1 when one is broken."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List all plugins, after asking each for all that it registers."""
    session: Session = ctx.obj
    found = session.manager.survey()
    columns = ("name", "distribution", "version", "status", "reason")
    emit_rows(as_json, [_row(plugin) for plugin in found], columns)
    if any(plugin.status == "broken" for plugin in found):
        ctx.exit(1)


@plugins.command(help=_("Show one plugin and what it provides; exits 1 when it is broken."))
@click.argument("name")
@json_option
@click.pass_context
def show(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show a plugin; where two distributions use its name, ``NAME@DISTRIBUTION`` tells which."""
    session: Session = ctx.obj
    plugin = _find(session.manager, name)
    data = {**_row(plugin), "provides": _provided(session.manager, plugin)}
    emit(as_json, data, _as_text(data))
    if session.debug and plugin.error is not None:
        import traceback

        traceback.print_exception(plugin.error)
    if plugin.status == "broken":
        ctx.exit(1)


def _find(manager: Manager, name: str) -> Plugin:
    from gateway.structuring import nearest

    found = manager.survey()
    for plugin in found:
        if name in (plugin.name, f"{plugin.name}@{plugin.distribution}"):
            return plugin
    raise WrongUsage(
        "unknown_plugin",
        _("there is no plugin {name}").format(name=name),
        hint=nearest(name, {plugin.name for plugin in found}),
    )


def _row(plugin: Plugin) -> dict[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "entry_point": plugin.entry_point,
        "status": plugin.status,
        "reason": plugin.reason,
        "hooks": list(plugin.hooks),
    }


def _provided(manager: Manager, plugin: Plugin) -> list[str]:
    formats = [
        _("format {name}").format(name=each.item.name)
        for each in manager.formats()
        if each.plugin.name == plugin.name and each.plugin.distribution == plugin.distribution
    ]
    executors = [
        _("executor {name}").format(name=each.item.scheme)
        for each in manager.executors()
        if each.plugin.name == plugin.name and each.plugin.distribution == plugin.distribution
    ]
    return formats + executors


def _as_text(data: dict[str, object]) -> str:
    width = max(map(len, data))
    lines = []
    for key, value in data.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        lines.append(f"{key:{width}}  {shown}".rstrip())
    return "\n".join(lines)
