"""The ``gateway`` command: global options, and a table of commands that are imported only when called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from gateway import __version__
from gateway.cli.click_messages import translate_click
from gateway.cli.context import Session
from gateway.entry_points import COMMANDS, EntryPoint, installed
from gateway.errors import GatewayError, PluginFault, Refused
from gateway.i18n import _


def core_commands() -> dict[str, tuple[str, str]]:
    """Return name → (``module:attribute``, what it does) of the commands that come with the core."""
    return {
        "init": ("gateway.cli.init:init", _("Make a workspace: settings, folders and database.")),
        "source": ("gateway.cli.source:source", _("Say where data was acquired, and on what lawful basis.")),
        "client": ("gateway.cli.clients:client", _("Keep clients, their pledges and their refusal lists.")),
        "list": ("gateway.cli.lists:list_", _("Import, show and drop lists.")),
        "optout": ("gateway.cli.optout:optout", _("Record, show and lift opt-outs.")),
        "review": ("gateway.cli.review:review", _("Decide about records that were held back.")),
        "check": ("gateway.cli.check:check", _("Judge people against the register without importing them.")),
        "explain": ("gateway.cli.explain:explain", _("Tell why a record is delivered, suppressed or held.")),
        "deliver": ("gateway.cli.deliver:deliver", _("Check lists and release a package to a client.")),
        "log": ("gateway.cli.log:log", _("Show, verify and export the delivery log.")),
        "returns": ("gateway.cli.returns:returns", _("Take line codes of mail that came back.")),
        "recall": ("gateway.cli.recall:recall", _("Tell clients about people who have since opted out.")),
        "crm": ("gateway.cli.crm:crm", _("Test the clients' own systems that formats push to.")),
        "formats": ("gateway.cli.formats:formats", _("List the formats that can be delivered.")),
        "plugins": ("gateway.cli.plugins:plugins", _("List plugins and what is wrong with them.")),
        "doctor": ("gateway.cli.doctor:doctor", _("Check the workspace, and repair it.")),
    }


class GatewayGroup(click.Group):
    """A group whose commands stay unimported until they are called, with one place where errors become text.

    Commands of plugins come from the entry points of ``gateway.commands``; their names are read from metadata.
    """

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run as a program: every error becomes one line and an exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        translate_click()
        session = Session()
        extra = {"obj": session, **extra}
        if not standalone_mode:
            return super().main(arguments, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            result = super().main(arguments, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except Exception as error:  # noqa: BLE001 - the one boundary: whatever happened becomes one line
            from gateway.cli.boundary import report

            sys.exit(report(error, as_json=session.as_json or "--json" in arguments, debug=session.debug))
        finally:
            session.close()
        sys.exit(result if isinstance(result, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the core's commands in the order of the work, then those of plugins."""
        core = list(core_commands())
        return core + sorted({point.name for point in _plugin_commands(ctx)} - set(core))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command list of ``--help`` from the table and from metadata alone."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, help_text) for name, (_target, help_text) in core_commands().items()])
        rows = [
            (point.name, _("provided by {distribution}").format(distribution=point.distribution))
            for point in _plugin_commands(ctx)
            if point.name not in core_commands()
        ]
        if rows:
            with formatter.section(_("Commands of plugins")):
                formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        core = core_commands()
        if cmd_name in core:
            return _load(core[cmd_name][0])
        points = [point for point in _plugin_commands(ctx) if point.name == cmd_name]
        return _load_from_plugin(ctx, points) if points else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, naming the nearest one where there is none.

        click runs the group's own function after this, so the global options are handed on here: they say which
        plugins' commands may be imported at all.
        """
        _hand_on_options(ctx)
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise _unknown_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def _hand_on_options(ctx: click.Context) -> None:
    session = ctx.ensure_object(Session)
    session.directory = ctx.params["directory"]
    session.disabled = frozenset(ctx.params["disabled"])
    session.third_party = not ctx.params["no_third_party"]
    session.debug = session.debug or ctx.params["debug"]


def _unknown_command(ctx: click.Context, name: str, known: Iterable[str]) -> click.UsageError:
    from difflib import get_close_matches

    nearest = get_close_matches(name, known, n=1)
    message = _("no such command: {name}").format(name=name)
    if nearest:
        message += " " + _("(did you mean {nearest}?)").format(nearest=nearest[0])
    return click.UsageError(message, ctx=ctx)


def _plugin_commands(ctx: click.Context) -> tuple[EntryPoint, ...]:
    """Return the commands of plugins that the options allow; a plugin that is switched off loses its commands."""
    session = ctx.find_object(Session)
    points = installed(COMMANDS)
    if session is None:
        return points
    return tuple(point for point in points if session.third_party or point.first_party)


def _load(target: str) -> click.Command:
    module, _colon, attribute = target.partition(":")
    command = getattr(importlib.import_module(module), attribute)
    if not isinstance(command, click.Command):
        raise TypeError(target)
    return command


def _load_from_plugin(ctx: click.Context, points: list[EntryPoint]) -> click.Command:
    point = points[0]
    if len(points) > 1:
        raise PluginFault(
            "command_clash",
            _("command {name} is provided by {distributions}").format(
                name=point.name, distributions=_(" and ").join(p.distribution for p in points)
            ),
            hint=_("uninstall one of them"),
        )
    session = ctx.find_object(Session)
    if session is not None and point.package in session.blocked_packages():
        raise Refused(
            "plugin_blocked",
            _("command {name} belongs to a plugin that is switched off").format(name=point.name),
            hint=_("see `gateway plugins list`"),
        )
    try:
        return _load(point.value)
    except GatewayError:
        raise
    except Exception as error:  # a plugin may raise anything; the core's other commands must not notice
        raise PluginFault(
            "broken_plugin",
            _("command {name} of {distribution} {version} cannot be loaded: {error}").format(
                name=point.name,
                distribution=point.distribution,
                version=point.version,
                error=type(error).__name__,
            ),
            hint=_("see `gateway plugins list`"),
        ) from error


@click.group(
    cls=GatewayGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=_("The last gate that personal data passes before it leaves a list vendor."),
)
@click.version_option(__version__, prog_name="gateway", help=_("Show the version and exit."))
@click.option(
    "-C",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=_("The workspace (default: GATEWAY_HOME, else the nearest gateway.toml upwards)."),
)
@click.option(
    "--disable-plugin",
    "disabled",
    multiple=True,
    metavar="NAME",
    help=_("Do not load a plugin; may be repeated."),
)
@click.option("--no-third-party", is_flag=True, help=_("Load no plugin but the gateway's own."))
@click.option("--debug", is_flag=True, help=_("Show tracebacks (they may show personal data)."))
def gateway(**_options: object) -> None:
    """Hold the commands; ``_hand_on_options`` takes the options."""
