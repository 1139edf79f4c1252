"""``gateway plugins``: which plugins there are, what is wrong with them, and how a new one is begun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option
from gateway.errors import PluginFault, WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.cli.plugin_template import Kind
    from gateway.plugins import Manager, Plugin

_KINDS = ("file", "push", "suppressor")


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


@plugins.command(help=_("Run the conformance kit on a plugin; exits 1 when a check fails."))
@click.argument("name")
@json_option
@click.pass_context
def check(ctx: click.Context, name: str, as_json: bool) -> None:
    """Check all that a plugin provides, by deliveries in workspaces of their own."""
    from gateway.cli.plugin_check import check_plugin

    session: Session = ctx.obj
    plugin = _find(session.manager, name)
    if plugin.status != "active":
        raise PluginFault(
            "broken_plugin",
            _("{plugin} is {status}: {reason}").format(
                plugin=plugin.title, status=plugin.status, reason=plugin.reason
            ),
            hint=_("see `gateway plugins show {name}`").format(name=name),
        )
    rows = [
        {
            "subject": each.subject,
            "check": each.finding.check.removeprefix("test_"),
            "outcome": each.finding.outcome,
            "reason": each.finding.reason,
        }
        for each in check_plugin(session.manager, plugin)
    ]
    emit_rows(as_json, rows, ("subject", "outcome", "check", "reason"))
    if any(row["outcome"] == "failed" for row in rows):
        ctx.exit(1)


@plugins.command(help=_("Begin a new plugin: a distribution with source, conformance test, tox and README."))
@click.argument("name")
@click.option(
    "--kind", type=click.Choice(_KINDS), default="file", show_default=True, help=_("What it is to provide.")
)
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help=_("Where to write it (default: a folder of its name here)."),
)
@click.option(
    "--gateway",
    "source",
    type=click.Path(path_type=Path, exists=True),
    default=None,
    metavar="PATH",
    help=_("Where its tests take the gateway from (default: from where this one was installed)."),
)
@json_option
def new(*, name: str, kind: Kind, directory: Path | None, source: Path | None, as_json: bool) -> None:
    """Write a new distribution; nothing is installed and no workspace is needed."""
    from gateway.cli.plugin_template import gateway_requirements, write_plugin

    folder = Path(name) if directory is None else directory
    written = write_plugin(folder, name, kind, gateway_requirements(source))
    emit(
        as_json,
        {"name": name, "kind": kind, "folder": str(folder), "files": written},
        _("{folder}: {count} files; next: cd {folder} && tox").format(folder=folder, count=len(written)),
    )


@plugins.command(help=_("Print requirement lines that pin the gateway and all its plugins."))
@json_option
def freeze(*, as_json: bool) -> None:
    """Print one line a distribution, as ``pip install --requirement`` reads them."""
    from gateway.cli.plugin_freeze import pinned_requirements

    lines = pinned_requirements()
    emit(as_json, {"requirements": lines}, "\n".join(lines))


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
