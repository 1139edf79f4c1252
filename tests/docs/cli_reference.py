"""Generate the reference of commands, settings and errors for docs/cli.md; cogapp runs it there.

Messages are taken in English, whatever the locale: the catalogue is chosen when ``gateway.i18n`` is imported.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

os.environ["GATEWAY_LANG"] = "en"

import click

from gateway.cli.context import Session
from gateway.cli.main import core_commands, gateway
from gateway.config import Config
from gateway.entry_points import COMMANDS, installed
from gateway.errors import Damaged, Failed, GatewayError, PluginFault, Refused, WrongUsage

ROOT = Path(__file__).parents[2]
WIDTH = 100
ERRORS: tuple[type[GatewayError], ...] = (WrongUsage, Refused, Failed, PluginFault, Damaged)


def commands() -> str:
    """Return a heading and the help text for every command, those of the gateway's own plugins included."""
    root = click.Context(gateway, info_name="gateway", obj=Session(), terminal_width=WIDTH)
    parts = ["### `gateway`", "", *_fenced(_options_only(root))]
    for path, command in all_commands():
        parent = root
        for name in path[:-1]:
            parent = click.Context(click.Group(), info_name=name, parent=parent, terminal_width=WIDTH)
        context = click.Context(command, info_name=path[-1], parent=parent, terminal_width=WIDTH)
        text = context.get_help().replace("Usage: gateway [OPTIONS] COMMAND [ARGS]...", "Usage: gateway")
        parts += [f"### `gateway {' '.join(path)}`", "", *_fenced(text)]
    return "\n".join(parts)


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its path, groups before what they hold."""
    targets = {name: target for name, (target, _help) in core_commands().items()}
    targets |= {point.name: point.value for point in installed(COMMANDS) if point.first_party}
    for name, target in targets.items():
        module, _colon, attribute = target.partition(":")
        yield from _below((name,), getattr(importlib.import_module(module), attribute))


def settings() -> str:
    """Return a table of every key of gateway.toml with its type, default and environment variable."""
    rows = ["| key | type | default | variable |", "|---|---|---|---|"]
    rows += [
        f"| `{key}` | {kind} | {default} | {f'`{variable}`' if variable else '–'} |"
        for key, kind, default, variable in all_settings()
    ]
    return "\n".join(rows)


def all_settings() -> Iterator[tuple[str, str, str, str]]:
    """Yield key, type, default and environment variable of each setting."""
    from gateway.settings_file import variable_names

    variables = set(variable_names(Config))
    yield from _settings_of(Config, "", variables)


def errors() -> str:
    """Return a table of the classes of errors with their exit codes, and one of all stable codes."""
    rows = ["| class | exit code | meaning |", "|---|---|---|"]
    rows += [
        f"| `{each.__name__}` | {each.exit_code} | {(each.__doc__ or '').splitlines()[0]} |"
        for each in ERRORS
    ]
    rows += ["", "| class | codes |", "|---|---|"]
    codes = error_codes()
    rows += [
        f"| `{each.__name__}` | {', '.join(f'`{code}`' for code in codes[each.__name__])} |"
        for each in ERRORS
    ]
    return "\n".join(rows)


def error_codes() -> dict[str, list[str]]:
    """Return the codes that the gateway and its own plugins raise, by class, as their source has them."""
    found: dict[str, set[str]] = {each.__name__: set() for each in ERRORS}
    for path in [*(ROOT / "gateway").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in found
                and node.args
            ):
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found[node.func.id].add(code.value)
    return {name: sorted(codes) for name, codes in found.items()}


def _below(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _below((*path, name), inner)


def _settings_of(kind: type, prefix: str, variables: set[str]) -> Iterator[tuple[str, str, str, str]]:
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        key, hint = f"{prefix}{field.name}", hints[field.name]
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            yield from _settings_of(hint, f"{key}.", variables)
            continue
        default = field.default if field.default is not dataclasses.MISSING else {}
        variable = f"GATEWAY_{key.replace('.', '_').upper()}"
        yield key, _type_name(hint), _written(default), variable if variable in variables else ""


def _written(default: object) -> str:
    """Write a default as the file would have it; nothing where there is none."""
    if default is None:
        return "–"
    return f"`{json.dumps(default)}`" if isinstance(default, str | bool | int | tuple) else "`{}`"


def _type_name(hint: object) -> str:
    if get_origin(hint) is tuple:
        return f"list of {_type_name(get_args(hint)[0])}"
    names = {str: "text", bool: "true or false", int: "whole number"}
    if isinstance(hint, type) and hint in names:
        return names[hint]
    choices = [str(each) for each in get_args(hint) if isinstance(each, str) and each]
    if choices:
        return " or ".join(f"`{each}`" for each in choices)
    return "date" if "date" in str(hint) else "table"


def _options_only(root: click.Context) -> str:
    """Return the global help without the list of commands, which depends on what is installed."""
    return root.get_help().partition("\nCommands")[0]


def _fenced(text: str) -> list[str]:
    return ["```text", text.strip(), "```", ""]
