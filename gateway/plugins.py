"""The Manager: which plugins there are, and what they provide, asked one implementation at a time.

Output plugins may fail: a broken one is a line in ``gateway plugins list``. Suppression may not: a suppressor that is
missing, blocked, broken or raising refuses (``Manager.suppressors``). There is no global manager.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from gateway.api import (
    Candidate,
    Check,
    Enclosure,
    ExecutorFactory,
    Objection,
    Order,
    OutputFormat,
    Refusal,
    Suppressor,
)
from gateway.config import PluginSettings, SuppressorSettings
from gateway.entry_points import PLUGINS, EntryPoint, installed
from gateway.errors import GatewayError, Refused, WrongUsage
from gateway.i18n import _
from gateway.plugin_answers import (
    Implementation,
    Registered,
    blame,
    call,
    clash,
    clashes,
    fault,
    implementations,
    items_of,
    pick,
    require_distinct,
    require_names,
)
from gateway.plugin_loading import SUPPRESSOR_HOOK, Plugin, describe, load_plugins, new_registry
from gateway.structuring import nearest

__all__ = ["Manager", "Plugin", "Registered", "blame"]

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
Format = OutputFormat[Any]
_CORE_FILES = frozenset({"optout-request-form.pdf", "delivery-note.pdf", "manifest.json"})


def format_names(item: Format) -> tuple[str, ...]:
    """Return a format's name and aliases."""
    return (item.name, *item.aliases)


class Manager:
    """The plugins of one run. Implementations are asked in the order (distribution, name)."""

    def __init__(
        self,
        points: Sequence[EntryPoint] | None = None,
        *,
        disabled: Collection[str] = (),
        third_party: bool = True,
        required: Sequence[str] = (),
    ) -> None:
        """Load plugins; by default those of the installed distributions."""
        self._registry = new_registry()
        self._loaded = load_plugins(
            self._registry,
            installed(PLUGINS) if points is None else points,
            disabled=disabled,
            third_party=third_party,
        )
        self._required = tuple(required)
        self._faults: dict[str, GatewayError] = {}

    @classmethod
    def from_config(
        cls,
        plugins: PluginSettings,
        suppressors: SuppressorSettings,
        disabled: Collection[str] = (),
        third_party: bool = True,
    ) -> Manager:
        """Load the installed plugins as settings and options say; an option can only switch off more.

        Raises ``WrongUsage`` when an option names a plugin that is not installed: a typing error must not load what
        was to stay unloaded.
        """
        points = installed(PLUGINS)
        names = {point.name for point in points}
        for name in disabled:
            if name not in names:
                raise WrongUsage(
                    "unknown_plugin",
                    _("there is no plugin {name}").format(name=name),
                    hint=nearest(name, names),
                )
        return cls(
            points,
            disabled={*plugins.disabled, *disabled},
            third_party=plugins.third_party and third_party,
            required=suppressors.required,
        )

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """All plugins and what has become of them so far, ordered by (distribution, name)."""
        return tuple(self._as_found(key, plugin) for key, plugin in self._loaded.items())

    def survey(self) -> tuple[Plugin, ...]:
        """Ask every plugin for everything it registers, so that faults and clashes show; return all plugins."""
        self._note_clashes("format", self.formats(), format_names)
        self._note_clashes("executor", self.executors(), lambda item: (item.scheme,))
        self.checks()
        suppressors = self._collect_sound(SUPPRESSOR_HOOK, Suppressor, lambda item: (item.name,))
        self._note_clashes("suppressor", suppressors, lambda item: (item.name,))
        self._collect_sound("gateway_register_enclosures", Enclosure, lambda _item: ())
        return self.plugins

    def formats(self) -> tuple[Registered[Format], ...]:
        """Return the formats of all sound plugins; a plugin that fails here is broken and provides none."""
        return self._formats

    def format(self, name: str) -> Registered[Format]:
        """Return the format of a name or alias.

        Raises ``WrongUsage`` (``unknown_format``) where there is none, ``PluginFault`` (``format_clash``) where several
        plugins provide it.
        """
        return pick("format", name, self.formats(), format_names)

    def executors(self) -> tuple[Registered[ExecutorFactory], ...]:
        """Return where partitioned work may run; a plugin that fails here is broken and provides nothing."""
        return self._executors

    def executor(self, url: str) -> Registered[ExecutorFactory]:
        """Return the factory for the scheme of an ``--executor`` URL; errors as for ``format``."""
        return pick("executor", url.partition("://")[0], self.executors(), lambda item: (item.scheme,))

    def checks(self) -> tuple[Registered[Check], ...]:
        """Return the checks of ``gateway doctor``; a plugin that fails here is broken and provides none."""
        return self._checks

    def suppressors(self) -> tuple[Registered[Suppressor], ...]:
        """Return all suppressors; call it before every delivery, import and check.

        Raises ``Refused`` (``suppressor_missing``) where one that should be there is not: named in the settings, or
        installed but blocked, broken or unavailable. Raises ``PluginFault`` where one fails.
        """
        for plugin in self._loaded.values():
            if plugin.status != "active" and (plugin.suppresses or plugin.name in self._required):
                raise Refused(
                    "suppressor_missing",
                    _("{plugin} provides suppression and is {status}: {reason}").format(
                        plugin=plugin.title, status=plugin.status, reason=plugin.reason
                    ),
                    hint=_("nothing is delivered without it: repair it, switch it on, or uninstall it"),
                )
        found = self._collect(SUPPRESSOR_HOOK, Suppressor)
        require_distinct("suppressor", found, lambda item: (item.name,))
        self._require_named(found)
        return found

    def required_suppressors(self) -> tuple[Registered[Suppressor], ...]:
        """Return the suppressors that the settings require, by their own or their plugin's name; raises as above."""
        wanted = set(self._required)
        return tuple(each for each in self.suppressors() if wanted & {each.item.name, each.plugin.name})

    def concerned_suppressors(self, order: Order | None) -> tuple[Registered[Suppressor], ...]:
        """Return the suppressors that have to be asked about an order's people; raises as above."""
        return tuple(each for each in self.suppressors() if _concerns(each, order))

    def objections(self, candidates: Sequence[Candidate], order: Order | None) -> tuple[Objection, ...]:
        """Ask every concerned suppressor about people who have passed the core's check; any fault refuses."""
        refs = {candidate.ref for candidate in candidates}
        found: list[Objection] = []
        for each in self.concerned_suppressors(order):
            with blame(each.plugin, each.item.name):
                answers = list(each.item.judge(candidates, order))
            for answer in answers:
                if not isinstance(answer, Objection) or answer.ref not in refs:
                    raise fault(
                        each.plugin, _("suppressor {name} objects to nobody").format(name=each.item.name)
                    )
                if answer.verdict not in ("suppress", "review"):
                    raise fault(
                        each.plugin, _("suppressor {name} gives no verdict").format(name=each.item.name)
                    )
            found += answers
        return tuple(found)

    def vetoes(self, order: Order) -> tuple[Refusal, ...]:
        """Return every plugin's refusals of a delivery; a plugin that fails here refuses by that."""
        found: list[Refusal] = []
        for implementation in self._implementations("gateway_veto_delivery"):
            try:
                found += items_of(implementation, Refusal, order=order)
            except GatewayError as error:
                found.append(Refusal(code=error.code, message=error.message))
        return tuple(found)

    def enclosures(self) -> tuple[Registered[Enclosure], ...]:
        """Return the further files of a package; ``PluginFault`` for a name that is taken or leaves the package."""
        found = self._collect("gateway_register_enclosures", Enclosure)
        for each in found:
            name = each.item.name
            if not name or name in _CORE_FILES or name.startswith(".") or "/" in name or "\\" in name:
                raise fault(each.plugin, _("{name!r} is no free name for an enclosure").format(name=name))
        require_distinct("enclosure", found, lambda item: (item.name,))
        return found

    def notify_released(self, record: Order) -> None:
        """Tell plugins of a released delivery; their faults are logged and undo nothing."""
        self._notify("gateway_delivery_released", record=record)

    def notify_failed(self, record: Order, error: str) -> None:
        """Tell plugins of a failed delivery; ``error`` is a stable code, never a text."""
        self._notify("gateway_delivery_failed", record=record, error=error)

    @cached_property
    def _formats(self) -> tuple[Registered[Format], ...]:
        return self._collect_sound("gateway_register_formats", OutputFormat, format_names)

    @cached_property
    def _executors(self) -> tuple[Registered[ExecutorFactory], ...]:
        return self._collect_sound("gateway_register_executors", ExecutorFactory, lambda item: (item.scheme,))

    @cached_property
    def _checks(self) -> tuple[Registered[Check], ...]:
        return self._collect_sound("gateway_register_checks", Check, lambda _item: ())

    def _implementations(self, hook: str) -> list[Implementation]:
        return implementations(self._registry, hook, self._loaded)

    def _collect(self, hook: str, kind: type[Item]) -> tuple[Registered[Item], ...]:
        """Collect what all plugins register; the first fault ends it."""
        return tuple(
            Registered(plugin=implementation.plugin, item=item)
            for implementation in self._implementations(hook)
            for item in items_of(implementation, kind)
        )

    def _collect_sound(
        self, hook: str, kind: type[Item], names_of: Callable[[Item], Sequence[str]]
    ) -> tuple[Registered[Item], ...]:
        """Collect what the sound plugins register; a fault is noted and costs that plugin's items only."""
        found: list[Registered[Item]] = []
        for implementation in self._implementations(hook):
            plugin = implementation.plugin
            try:
                items = items_of(implementation, kind)
                require_names(plugin, [name for item in items for name in names_of(item)])
            except GatewayError as error:
                self._faults.setdefault(plugin.name, error)
            else:
                found += (Registered(plugin=plugin, item=item) for item in items)
        return tuple(found)

    def _note_clashes(
        self, kind: str, found: Sequence[Registered[Item]], names_of: Callable[[Item], Sequence[str]]
    ) -> None:
        for name, providers in clashes(found, names_of).items():
            for each in providers:
                self._faults.setdefault(each.plugin.name, clash(kind, name, providers))

    def _as_found(self, key: str, plugin: Plugin) -> Plugin:
        error = self._faults.get(key)
        if error is None or plugin.status != "active":
            return plugin
        cause = error.__cause__
        reason = f"{error.message} ({describe(cause)})" if cause is not None else error.message
        return replace(plugin, status="broken", reason=reason, error=cause or error)

    def _require_named(self, found: Sequence[Registered[Suppressor]]) -> None:
        names = {each.item.name for each in found} | {each.plugin.name for each in found}
        for name in self._required:
            if name not in names:
                raise Refused(
                    "suppressor_missing",
                    _("the required suppressor {name} is not installed").format(name=name),
                    hint=_("install its plugin, or correct [suppressors] required in gateway.toml"),
                )

    def _notify(self, hook: str, **given: object) -> None:
        for implementation in self._implementations(hook):
            try:
                call(implementation, **given)
            except GatewayError as error:
                logger.error("%s", error.message)  # noqa: TRY400 - a traceback may show personal data


def _concerns(registered: Registered[Suppressor], order: Order | None) -> bool:
    if registered.item.concerns is None:
        return True
    with blame(registered.plugin, registered.item.name):
        return bool(registered.item.concerns(order))
