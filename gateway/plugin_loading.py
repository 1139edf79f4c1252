"""Import and register plugins one by one, so that a bad one costs nothing but itself.

Whether a plugin may be loaded is decided from metadata, before its code runs.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import traceback
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Literal

import pluggy

from gateway import hookspecs
from gateway.entry_points import EntryPoint
from gateway.i18n import _
from gateway.structuring import nearest

PREFIX = "gateway_"
SLOW = 1.0
"""Seconds; a plugin that takes longer to import is named for it."""
SUPPRESSOR_HOOK = "gateway_register_suppressors"
Status = Literal["active", "blocked", "broken", "unavailable"]
"""``blocked``: switched off, never imported; ``broken``: a fault of the plugin; ``unavailable``: lacks a dependency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One entry point of ``gateway.plugins`` and what became of it.

    ``hooks`` names what an active plugin implements. ``suppresses`` tells that it provides suppressors, or would if it
    could be loaded: then nothing may be delivered without it.
    """

    name: str
    distribution: str
    version: str
    entry_point: str
    first_party: bool
    status: Status
    reason: str = ""
    hooks: tuple[str, ...] = ()
    suppresses: bool = False
    error: BaseException | None = field(default=None, repr=False, compare=False)

    @property
    def title(self) -> str:
        """Name the plugin and its distribution, for messages."""
        return (
            _("plugin {name} of {distribution} {version}")
            .format(name=self.name, distribution=self.distribution, version=self.version)
            .rstrip()
        )


class _Rejected(Exception):
    """A plugin breaks a rule of registration; the text says which."""


def new_registry() -> pluggy.PluginManager:
    """Return an empty pluggy manager that knows the gateway's hooks."""
    registry = pluggy.PluginManager("gateway")
    registry.add_hookspecs(hookspecs)
    return registry


def load_plugins(
    registry: pluggy.PluginManager,
    points: Sequence[EntryPoint],
    *,
    disabled: Collection[str] = (),
    third_party: bool = True,
) -> dict[str, Plugin]:
    """Load plugins into a registry and return what became of each, in the order (distribution, name).

    The key is the name in the registry. Of two plugins of one name the gateway's own, else the first, is loaded; the
    other one is broken and listed under ``name@distribution``.
    """
    loaded: dict[str, Plugin] = {}
    for point in sorted(points, key=lambda point: (not point.first_party, point.distribution, point.name)):
        first = loaded.get(point.name)
        if first is not None:
            reason = _("the name is taken by {distribution}").format(distribution=first.distribution)
            loaded[f"{point.name}@{point.distribution}"] = _unloaded(point, "broken", reason)
        elif point.name in disabled:
            loaded[point.name] = _unloaded(point, "blocked", _("switched off by name"))
        elif not (third_party or point.first_party):
            loaded[point.name] = _unloaded(point, "blocked", _("third-party plugins are switched off"))
        else:
            loaded[point.name] = _load(registry, point)
    return dict(sorted(loaded.items(), key=lambda item: (item[1].distribution, item[1].name)))


def _load(registry: pluggy.PluginManager, point: EntryPoint) -> Plugin:
    started = perf_counter()
    try:
        plugin = _import(point)
        _require_sound_hooks(registry, plugin)
        registry.register(plugin, name=point.name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if not missing or missing.partition(".")[0] == point.package:
            return _unloaded(point, "broken", describe(error), error)
        reason = _("needs the module {module}, which is not installed").format(module=missing)
        return _unloaded(point, "unavailable", reason, error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything; others must not notice
        return _unloaded(point, "broken", describe(error), error)
    hooks = tuple(sorted(caller.name for caller in registry.get_hookcallers(plugin) or ()))
    active = _unloaded(point, "active", _slowness(perf_counter() - started))
    return replace(active, hooks=hooks, suppresses=SUPPRESSOR_HOOK in hooks)


def _slowness(seconds: float) -> str:
    """Name a plugin that everybody waits for, in every command that needs plugins."""
    return _("takes {seconds} s to import").format(seconds=f"{seconds:.1f}") if seconds > SLOW else ""


def _unloaded(point: EntryPoint, status: Status, reason: str, error: BaseException | None = None) -> Plugin:
    return Plugin(
        name=point.name,
        distribution=point.distribution,
        version=point.version,
        entry_point=point.value,
        first_party=point.first_party,
        status=status,
        reason=reason,
        suppresses=status != "active" and _source_mentions(point, SUPPRESSOR_HOOK),
        error=error,
    )


def _import(point: EntryPoint) -> object:
    """Import what an entry point names; what a plugin prints meanwhile must not end up among the results."""
    if not point.module:
        raise _Rejected(_("its entry point cannot be read"))
    with contextlib.redirect_stdout(sys.stderr):
        found: object = importlib.import_module(point.module)
        for part in filter(None, point.attribute.split(".")):
            found = getattr(found, part)
    return found


def _require_sound_hooks(registry: pluggy.PluginManager, plugin: object) -> None:
    """Refuse wrappers, hooks that do not exist and hooks that lack their marker.

    A wrapper could change or swallow what another plugin answers, a suppressor's objection among it.
    """
    known = {name for name in vars(hookspecs) if name.startswith(PREFIX)}
    for name in dir(plugin):
        options = registry.parse_hookimpl_opts(plugin, name)
        if options is None:
            if name.startswith(PREFIX) and inspect.isroutine(inspect.getattr_static(plugin, name)):
                if name in known:
                    raise _Rejected(_("{hook} is not marked with @hookimpl").format(hook=name))
                raise _Rejected(_no_such_hook(name, known))
            continue
        hook = options.get("specname") or name
        if hook not in known:
            raise _Rejected(_no_such_hook(hook, known))
        if options.get("wrapper") or options.get("hookwrapper"):
            raise _Rejected(_("{hook} is a wrapper, and wrappers are refused").format(hook=name))


def _no_such_hook(name: str, known: set[str]) -> str:
    return _("there is no hook {hook}; {hint}").format(hook=name, hint=nearest(name, known))


def describe(error: BaseException) -> str:
    """Tell a fault of a plugin in one line: type, text and place.

    Fit for faults at loading and registering, where a plugin has seen no personal data; not for later ones.
    """
    text = " ".join(str(error).split())
    if isinstance(error, _Rejected):
        return text
    frames = traceback.extract_tb(error.__traceback__)
    foreign = [frame for frame in frames if "importlib" not in frame.filename and "<" not in frame.filename]
    place = f" ({'/'.join(Path(foreign[-1].filename).parts[-2:])}:{foreign[-1].lineno})" if foreign else ""
    return f"{type(error).__name__}: {text[:200]}{place}" if text else f"{type(error).__name__}{place}"


def _source_mentions(point: EntryPoint, word: str) -> bool:
    """Tell whether a plugin's source names a hook, without importing it.

    A suppressor must not disappear by being switched off or broken, and code that was never loaded cannot be asked.
    """
    return any(word in path.read_text(encoding="utf-8", errors="replace") for path in _sources(point))


def _sources(point: EntryPoint) -> Iterator[Path]:
    """Return the file of the module that an entry point names, found as an import would find it."""
    parts = point.module.split(".")
    for folder in map(Path, sys.path):
        module = folder.joinpath(*parts)
        for source in (module / "__init__.py", module.with_suffix(".py")) if point.module else ():
            if source.is_file():
                yield source
                return
