"""One family of errors: a class per way of recovery, each with its exit code.

``code`` is stable and meant for scripts, ``message`` and ``hint`` are for people and already translated.
Neither ever holds personal data: ids and counts only.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Anything that the gateway reports in one line instead of a traceback."""

    exit_code = 1

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class WrongUsage(GatewayError):
    """The call or its input has to be changed: unknown name, unreadable file, no known column."""

    exit_code = 2


class Refused(GatewayError):
    """A rule forbids it: pledge, filing, basis, suppressor, nobody left. Nothing was released or changed."""

    exit_code = 1


class Failed(GatewayError):
    """The surroundings failed: disk, database, plugin. Nothing was released or changed; try again after repair."""

    exit_code = 1


class PluginFault(Failed):
    """A plugin did something wrong; the message names the plugin and its distribution."""


class Damaged(GatewayError):
    """Integrity or completeness is lost: broken chain, corrupt database, released but not published."""

    exit_code = 3
