"""What click itself says, in the operator's language.

click looks its messages up in the language of the locale alone and has no Japanese catalogue; ours has the messages
below, which stand here so that they are found when the catalogue is brought up to date.
"""

from __future__ import annotations

import sys

from gateway.i18n import _, ngettext

_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")


def translate_click() -> None:
    """Let click look its messages up where the gateway does."""
    for name in _MODULES:
        module = sys.modules.get(f"click.{name}")
        for own in (_, ngettext):
            if module is not None and hasattr(module, own.__name__):
                setattr(module, own.__name__, own)


def _messages() -> tuple[str, ...]:
    """Return the messages of click that an operator may meet; only its text is of use."""
    return (
        _("Usage:"),
        _("Options"),
        _("Positional arguments"),
        _("Commands"),
        _("Show this message and exit."),
        _("default: {default}"),
        _("required"),
        _("Missing command."),
        _("Missing argument"),
        _("Missing option"),
        _("Invalid value: {message}"),
        _("Invalid value for {param_hint}: {message}"),
        _("No such option {name!r}."),
        _("No such command {name!r}."),
        _("Choose from:\n\t{choices}"),
        _("{value!r} is not a valid {number_type}."),
        _("{value} is not in the range {range}."),
        _("file"),
        _("directory"),
        _("path"),
        _("{name} {filename!r} is a file."),
        _("{name} {filename!r} is a directory."),
        _("{name} {filename!r} does not exist."),
        _("{name} {filename!r} is not readable."),
        ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1),
        ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
        ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
        ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
        ngettext(
            "{value!r} does not match the format {format}.",
            "{value!r} does not match the formats {formats}.",
            1,
        ),
    )
