"""Say in one line what a plugin does wrong: the kit's own assertion, without personal data."""

from __future__ import annotations

from unittest import SkipTest


class Violation(AssertionError):
    """A plugin breaks a rule of the kit; the text says which, with ids, codes and counts only."""


def require(condition: object, problem: str) -> None:
    """Raise ``Violation`` unless the condition holds."""
    if not condition:
        raise Violation(problem)


def skip(reason: str) -> SkipTest:
    """Return what leaves a check out for a reason that the plugin has declared; pytest reports it as skipped."""
    return SkipTest(reason)
