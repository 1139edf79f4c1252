"""Run the conformance kit on what an installed plugin provides, without pytest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.api import Purpose
from gateway.i18n import _
from gateway.plugins import Manager, Plugin
from gateway.testing.kit import Finding, Kit, run_kit
from gateway.testing.output import OutputConformance
from gateway.testing.plugin_source import require_public_imports, require_quick_import
from gateway.testing.requirements import skip
from gateway.testing.suppressor import SuppressorConformance

_STATIC = ("test_only_public_modules_are_imported", "test_the_plugin_is_imported_quickly")
_KNOWN_TO_ALL = (
    "test_it_objects_to_nobody_else",
    "test_nobody_at_all_is_no_error",
    "test_nobody_is_written_down",
    *_STATIC,
)
"""Checks of a suppressor that need nobody whom it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check of one thing that a plugin provides."""

    subject: str
    finding: Finding


class _Sources(Kit):
    """What can be said of any plugin by looking at its files."""

    plugin: Plugin

    def test_only_public_modules_are_imported(self) -> None:
        """Everything but the public modules may change without notice."""
        require_public_imports(self.plugin)

    def test_the_plugin_is_imported_quickly(self) -> None:
        """Every command imports the plugin."""
        require_quick_import(self.plugin, OutputConformance.import_budget)


class _Push(_Sources):
    """What can be said of a push without its far side."""

    def test_everybody_arrives_exactly_once(self) -> None:
        """A double of the far side is the author's."""
        raise skip(_("needs the plugin's own test: see PushConformance"))


def check_plugin(manager: Manager, plugin: Plugin) -> Iterator[Checked]:
    """Check every format and suppressor of a plugin; one that provides neither is judged by its files alone."""
    subjects = 0
    for registered in manager.formats():
        if registered.plugin != plugin:
            continue
        subjects += 1
        subject = _("format {name}").format(name=registered.item.name)
        if registered.item.push is None:
            purpose: Purpose = min(registered.item.purposes)
            kit = type("_Output", (OutputConformance,), {"format": registered.item.name, "purpose": purpose})
            yield from _checked(subject, kit)
        else:
            yield from _checked(subject, type("_PushKit", (_Push,), {"plugin": plugin}))
    if plugin.suppresses:
        for suppressor in manager.suppressors():
            if suppressor.plugin == plugin:
                subjects += 1
                subject = _("suppressor {name}").format(name=suppressor.item.name)
                kit = type("_Suppressor", (SuppressorConformance,), {"suppressor": suppressor.item.name})
                yield from _checked(subject, kit, _KNOWN_TO_ALL)
    if not subjects:
        yield from _checked(_("its files"), type("_Files", (_Sources,), {"plugin": plugin}))


def _checked(subject: str, kit: type[Kit], only: tuple[str, ...] | None = None) -> Iterator[Checked]:
    for finding in run_kit(kit, only):
        yield Checked(subject=subject, finding=finding)
