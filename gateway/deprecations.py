"""What of the public API is going to be removed, since when, and when: read by the tests, told to plugin authors.

The policy stands in docs/plugins.md: nothing public is removed without a minor version that warns before it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """A public name that warns since one version of the API and is gone in another; ``instead`` says what to use."""

    name: str
    since: str
    removed_in: str
    instead: str


DEPRECATIONS: tuple[Deprecation, ...] = ()
"""Everything that is deprecated now; a test fails as soon as one of them is due."""


def due(version: str, deprecations: Iterable[Deprecation] = DEPRECATIONS) -> list[str]:
    """Return the names that should be gone from a version of the API."""
    return [each.name for each in deprecations if _number(each.removed_in) <= _number(version)]


def warn(name: str, deprecations: Iterable[Deprecation] = DEPRECATIONS) -> None:
    """Warn whoever uses a deprecated name; it has to be in the list, or its removal would be forgotten."""
    known = next(each for each in deprecations if each.name == name)
    warnings.warn(
        f"{name} is deprecated since gateway.api {known.since} and gone in {known.removed_in}: {known.instead}",
        DeprecationWarning,
        stacklevel=3,
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
