"""Settings: ``gateway.toml`` < ``GATEWAY_*`` < options, read into frozen dataclasses."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar, get_args, get_type_hints

from gateway.api import Method, Secret
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.settings_file import (
    PREFIX,
    SecretReference,
    SettingsFile,
    apply_variables,
    mark_references,
    read_settings_file,
    resolve_secret,
    take_tables,
    variable_names,
)
from gateway.structuring import Text, nearest, structure

SETTINGS_FILE = "gateway.toml"
OTHER_VARIABLES = frozenset({"HOME", "LANG", "DEBUG", "ACTOR", "CACHE_DIR"})
"""``GATEWAY_*`` variables that are no settings of a workspace."""

Options = TypeVar("Options")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The list vendor that runs the gateway (提供者; APPI Art. 27(2) no. 1)."""

    name: str = ""
    address: str = ""
    representative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where people ask for a stop (オプトアウト窓口; APPI Art. 27(2) no. 7). Printed on every form."""

    name: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The notification to the regulator: what may leave, how, and since when (届出; APPI Art. 27(2), Rules Art. 11)."""

    number: str = ""
    items: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    acquisition: tuple[str, ...] = ()
    published_on: date | None = None
    start_on: date | None = None
    desk: Desk = Desk()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where state is kept. A relative SQLite path is relative to the workspace."""

    url: str = field(default="sqlite:///gateway.db", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSettings:
    """Where packages appear; relative to the workspace."""

    path: str = "outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsSettings:
    """Where the reports about held and refused records appear; relative to the workspace."""

    path: str = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressorSettings:
    """Plugins or suppressors without which nothing is delivered, by name."""

    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettings:
    """Plugins that are not to be loaded, by name, and whether any but the gateway's own are."""

    disabled: tuple[str, ...] = ()
    third_party: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What ``gateway deliver`` takes where its options say nothing."""

    client: str = ""
    lists: tuple[str, ...] = ()
    purpose: Literal["", "dm", "telemarketing"] = ""
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All of ``gateway.toml``. ``formats`` holds one table a format, read when the format is known."""

    provider: Provider = Provider()
    filing: Filing = Filing()
    database: DatabaseSettings = DatabaseSettings()
    outbox: OutboxSettings = OutboxSettings()
    reports: ReportsSettings = ReportsSettings()
    suppressors: SuppressorSettings = SuppressorSettings()
    plugins: PluginSettings = PluginSettings()
    defaults: Defaults = Defaults()
    formats: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A folder with settings, database, outbox and reports; all paths are absolute."""

    root: Path
    config: Config
    outbox: Path
    reports: Path
    database_url: str = field(repr=False)


def load_workspace(root: Path, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Read a workspace's settings.

    Raises ``WrongUsage``: ``no_workspace``, ``bad_toml`` (with line), ``unknown_key`` (with the nearest valid one),
    ``bad_value``, ``bad_secret``.
    """
    root = root.absolute()
    config = read_config(root / SETTINGS_FILE, environ)
    return Workspace(
        root=root,
        config=config,
        outbox=root / config.outbox.path,
        reports=root / config.reports.path,
        database_url=resolve_database_url(config.database.url, root),
    )


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read a ``gateway.toml`` and the variables that win over it."""
    file = read_settings_file(path)
    formats = take_tables(file, "formats")
    variables = apply_variables(file.table, Config, environ)
    resolve_secret(file, "database.url", environ)
    config = structure(Config, file.table, lambda key: variables.get(key) or file.locate(key))
    _require_known_methods(config.filing, file)
    marked = {name: mark_references(file, f"formats.{name}", table) for name, table in formats.items()}
    return dataclasses.replace(config, formats=marked)


def _require_known_methods(filing: Filing, file: SettingsFile) -> None:
    known = set(get_args(Method))
    for method in filing.methods:
        if method not in known:
            raise WrongUsage(
                "bad_value",
                _("{place}: there is no method {name}").format(
                    place=file.locate("filing.methods"), name=method
                ),
                hint=nearest(method, known),
            )


def resolve_database_url(url: str, root: Path) -> str:
    """Return a database URL whose SQLite path, if it has one, is absolute."""
    scheme, separator, rest = url.partition(":///")
    if separator and scheme.startswith("sqlite") and rest and rest != ":memory:":
        return f"{scheme}:///{root / rest}"
    return url


def unknown_variables(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return ``GATEWAY_*`` variables that mean nothing, which are probably mistyped."""
    known = {*variable_names(Config), *(PREFIX + name for name in OTHER_VARIABLES)}
    return tuple(sorted(name for name in environ if name.startswith(PREFIX) and name not in known))


def read_options(
    kind: type[Options] | None, table: Mapping[str, object], sets: Mapping[str, str], *, name: str = "NAME"
) -> Options | None:
    """Read the options of format ``name``: its ``[formats.NAME]`` table, then ``--set``, which wins.

    Texts of ``--set`` are converted to the type of their field. Raises ``WrongUsage`` for an unknown key (with the
    nearest valid one) and for a wrong value. A format without options takes no keys and gives ``None``. An option of
    type ``Secret`` is a reference, followed here.
    """

    def locate(key: str) -> str:
        return f"--set {key}" if key in sets else f"[formats.{name}] {key}"

    merged = {
        key: _followed(kind, key, value)
        for key, value in {**table, **{key: Text(value) for key, value in sets.items()}}.items()
    }
    if kind is not None:
        return structure(kind, merged, locate)
    for key in merged:
        raise WrongUsage(
            "unknown_key",
            _("{place}: unknown key").format(place=locate(key)),
            hint=_("format {name} has no settings").format(name=name),
        )
    return None


def format_table(config: Config, name: str, client: str) -> dict[str, object]:
    """Return what the settings say about a format for one client: ``[formats.NAME.clients.CLIENT]`` wins.

    A format that is set for each client of its own says nothing to a client without a table.
    """
    table = dict(config.formats.get(name, {}))
    clients = table.pop("clients", {})
    own = clients.get(client, {}) if isinstance(clients, dict) else {}
    return {**table, **own}


def has_own_table(config: Config, name: str, client: str) -> bool:
    """Tell whether the settings have a table for just this client, which a push needs: its own system, its own keys."""
    clients = config.formats.get(name, {}).get("clients", {})
    return isinstance(clients, dict) and isinstance(clients.get(client), dict)


def _followed(kind: type | None, key: str, value: object) -> object:
    """Follow a reference where the option is a secret; anywhere else it is an ordinary table."""
    if not isinstance(value, SecretReference):
        return _plain(value)
    wanted = get_type_hints(kind).get(key) if kind is not None else None
    return value.resolve(os.environ) if Secret in (wanted, *get_args(wanted)) else dict(value.table)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return dict(value.table) if isinstance(value, SecretReference) else value
