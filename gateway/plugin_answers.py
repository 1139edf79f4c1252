"""Call a plugin's hook by itself and check what it answers; a fault names the plugin and its distribution."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import pluggy

from gateway.errors import GatewayError, PluginFault, WrongUsage
from gateway.i18n import _
from gateway.plugin_loading import Plugin
from gateway.structuring import nearest

Item = TypeVar("Item")
NamesOf = Callable[[Item], Sequence[str]]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Generic[Item]):
    """Something a plugin provides, together with the plugin."""

    plugin: Plugin
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """One plugin's function for one hook."""

    hook: str
    plugin: Plugin
    function: Callable[..., object]
    arguments: tuple[str, ...]


def implementations(
    registry: pluggy.PluginManager, hook: str, plugins: Mapping[str, Plugin]
) -> list[Implementation]:
    """Return the implementations of a hook in the order of ``plugins``; ``tryfirst`` and the like have no say."""
    by_name = {each.plugin_name: each for each in getattr(registry.hook, hook).get_hookimpls()}
    return [
        Implementation(
            hook=hook,
            plugin=plugin,
            function=by_name[key].function,
            arguments=tuple(by_name[key].argnames),
        )
        for key, plugin in plugins.items()
        if key in by_name
    ]


def call(implementation: Implementation, **given: object) -> object:
    """Call one implementation with the arguments it takes."""
    with blame(implementation.plugin, implementation.hook):
        return implementation.function(*(given[name] for name in implementation.arguments))


def items_of(implementation: Implementation, kind: type[Item], **given: object) -> list[Item]:
    """Call one implementation and return what it gives, which must be an iterable of ``kind``."""
    plugin = implementation.plugin
    answer = call(implementation, **given)
    if not isinstance(answer, Iterable):
        raise fault(
            plugin,
            _("{hook} returned {type}, which is no iterable").format(
                hook=implementation.hook, type=type(answer).__name__
            ),
        )
    with blame(plugin, implementation.hook):
        items = list(answer)
    for item in items:
        if not isinstance(item, kind):
            raise fault(
                plugin,
                _("{hook} gave {given} instead of {wanted}").format(
                    hook=implementation.hook, given=type(item).__name__, wanted=kind.__name__
                ),
            )
    return items


@contextmanager
def blame(plugin: Plugin, doing: str) -> Iterator[None]:
    """Turn whatever a plugin raises into a ``PluginFault`` that names it, its distribution and what it was doing.

    The gateway's own errors pass: a plugin raises them on purpose. Only the type of anything else is told, because its
    text may hold personal data; the cause is chained for ``--debug``.
    """
    try:
        yield
    except GatewayError:
        raise
    except Exception as error:  # a plugin may raise anything
        problem = _("{doing} raised {error}").format(doing=doing, error=type(error).__name__)
        raise fault(plugin, problem) from error


def fault(plugin: Plugin, problem: str) -> PluginFault:
    """Return the error that blames a plugin; one that suppresses cannot be done without."""
    if plugin.suppresses:
        hint = _("tell its author; nothing is delivered until it answers or is uninstalled")
    else:
        hint = _("tell its author; `gateway --disable-plugin {name}` does without it").format(
            name=plugin.name
        )
    return PluginFault("plugin_fault", f"{plugin.title}: {problem}", hint=hint)


def require_names(plugin: Plugin, names: Sequence[str]) -> None:
    """Refuse names that cannot be typed as an option, and names given twice by one plugin."""
    for place, name in enumerate(names):
        if not _NAME.fullmatch(name):
            raise fault(
                plugin, _("{name!r} is no name: lower-case letters, digits, - and _").format(name=name)
            )
        if name in names[:place]:
            raise fault(plugin, _("{name} is provided twice").format(name=name))


def clashes(
    found: Iterable[Registered[Item]], names_of: NamesOf[Item]
) -> dict[str, tuple[Registered[Item], ...]]:
    """Return name → providers for every name that several plugins provide."""
    providers: dict[str, tuple[Registered[Item], ...]] = {}
    for each in found:
        for name in names_of(each.item):
            providers[name] = (*providers.get(name, ()), each)
    return {name: those for name, those in providers.items() if len(those) > 1}


def clash(kind: str, name: str, providers: Iterable[Registered[Item]]) -> PluginFault:
    """Return the error for one name with several providers; it names all of them."""
    titles = _(" and ").join(each.plugin.title for each in providers)
    return PluginFault(
        f"{kind}_clash",
        _("{kind} {name} is provided by {plugins}").format(kind=kind, name=name, plugins=titles),
        hint=_("switch one of them off with --disable-plugin NAME, or uninstall it"),
    )


def require_distinct(kind: str, found: Sequence[Registered[Item]], names_of: NamesOf[Item]) -> None:
    """Raise for the first name that several plugins provide."""
    for name, providers in clashes(found, names_of).items():
        raise clash(kind, name, providers)


def pick(
    kind: str, name: str, found: Sequence[Registered[Item]], names_of: NamesOf[Item]
) -> Registered[Item]:
    """Return what bears a name: ``WrongUsage`` for nothing, ``PluginFault`` for more than one."""
    matching = [each for each in found if name in names_of(each.item)]
    if len(matching) > 1:
        raise clash(kind, name, matching)
    if not matching:
        known = {known for each in found for known in names_of(each.item)}
        raise WrongUsage(
            f"unknown_{kind}",
            _("there is no {kind} {name}").format(kind=kind, name=name),
            hint=nearest(name, known),
        )
    return matching[0]
