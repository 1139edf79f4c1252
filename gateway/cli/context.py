"""What every command is handed: the workspace, the plugins, the database and the clock, each made when asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.api import Services
    from gateway.config import Config, Workspace
    from gateway.plugins import Manager

SETTINGS = "gateway.toml"


class Session:
    """One run of the command line (``click.pass_obj``). The global options are its attributes."""

    def __init__(self) -> None:
        self.directory: Path | None = None
        self.disabled: frozenset[str] = frozenset()
        self.third_party = True
        self.debug = os.environ.get("GATEWAY_DEBUG", "") not in ("", "0")
        self.as_json = False

    @cached_property
    def root(self) -> Path | None:
        """The workspace's folder: ``-C``, else ``GATEWAY_HOME``, else the nearest ``gateway.toml`` upwards."""
        chosen = self.directory or (Path(home) if (home := os.environ.get("GATEWAY_HOME")) else None)
        if chosen is not None:
            return chosen.absolute()
        here = Path.cwd()
        return next((folder for folder in (here, *here.parents) if (folder / SETTINGS).is_file()), None)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace; ``WrongUsage`` where there is none."""
        if self.root is None:
            raise WrongUsage(
                "no_workspace",
                _("there is no {settings} here or in any folder above").format(settings=SETTINGS),
                hint=_("make a workspace with `gateway init DIR`, or name one with -C DIR or GATEWAY_HOME"),
            )
        from gateway.config import load_workspace

        return load_workspace(self.root)

    @cached_property
    def config(self) -> Config:
        """The settings of the workspace; the defaults where a command runs without one."""
        if self.root is None:
            from gateway.config import Config

            return Config()
        return self.workspace.config

    @cached_property
    def manager(self) -> Manager:
        """The plugins, discovered and registered."""
        from gateway.plugins import Manager

        return Manager.from_config(
            self.config.plugins, self.config.suppressors, self.disabled, self.third_party
        )

    def format_options(self, name: str, sets: Mapping[str, str]) -> object:
        """Return a format's options as the workspace has them, ``sets`` winning; plugins' commands ask for theirs."""
        from gateway.config import read_options

        offered = self.manager.format(name).item
        return read_options(
            offered.options, self.config.formats.get(offered.name, {}), sets, name=offered.name
        )

    def blocked_packages(self) -> frozenset[str]:
        """Return the top-level packages of plugins that are switched off; imports none of them."""
        from gateway.entry_points import PLUGINS, installed

        settings = self.config.plugins
        disabled = self.disabled | set(settings.disabled)
        return frozenset(
            point.package
            for point in installed(PLUGINS)
            if point.name in disabled
            or not (point.first_party or (self.third_party and settings.third_party))
        )

    @cached_property
    def _database(self) -> Engine:
        from gateway.db.engine import open_database

        return open_database(self.workspace.database_url)

    def database(self) -> Engine:
        """Return the workspace's database, open and of the right revision."""
        return self._database

    def screening_database(self) -> Engine:
        """Return the database for commands that judge people: match keys of an older software are made anew first."""
        from gateway.acquisition.rekeying import renew_keys
        from gateway.cli.output import steps

        engine = self.database()
        renew_keys(engine, actor=self.actor, now=self.now(), progress=steps)
        return engine

    def services(self) -> Services:
        """Return what the core does for the commands of plugins."""
        from gateway.cli.services import CoreServices

        return CoreServices(self.database(), actor=self.actor, now=self.now, outbox=self.workspace.outbox)

    def close(self) -> None:
        """Close the database if it was opened; a connection that is merely forgotten is a warning."""
        engine: Engine | None = self.__dict__.get("_database")
        if engine is not None:
            engine.dispose()

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    @property
    def actor(self) -> str:
        """Who is acting, for the journal: ``GATEWAY_ACTOR``, else the login name."""
        if actor := os.environ.get("GATEWAY_ACTOR"):
            return actor
        import getpass

        try:
            return getpass.getuser()
        except (OSError, KeyError):  # a container's user need not have a name
            return f"uid {os.getuid()}"
