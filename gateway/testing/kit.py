"""Run the checks of a kit without pytest; with pytest the same classes are ordinary test classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from unittest import SkipTest

from gateway.errors import GatewayError
from gateway.testing.requirements import Violation

PREFIX = "test_"


class Kit:
    """Checks as methods named ``test_…``; pytest and ``run_kit`` call ``setup_class`` and ``teardown_class`` around them."""

    @classmethod
    def setup_class(cls) -> None:
        """Prepare what the checks share."""

    @classmethod
    def teardown_class(cls) -> None:
        """Remove what the checks have shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one check; ``reason`` says why it failed or was left out, without personal data."""

    check: str
    outcome: Literal["passed", "failed", "skipped"]
    reason: str = ""


def checks_of(kit: type[Kit]) -> list[str]:
    """Return the names of a kit's checks, in the order in which they are written."""
    names = [name for each in reversed(kit.__mro__) for name in vars(each) if name.startswith(PREFIX)]
    return list(dict.fromkeys(names))


def run_kit(kit: type[Kit], only: Iterable[str] | None = None) -> Iterator[Finding]:
    """Run the checks of a kit one by one, each on an instance of its own, as pytest does."""
    wanted = checks_of(kit) if only is None else list(only)
    kit.setup_class()
    try:
        for name in wanted:
            yield _run(kit, name)
    finally:
        kit.teardown_class()


def _run(kit: type[Kit], name: str) -> Finding:
    try:
        getattr(kit(), name)()
    except SkipTest as left_out:
        return Finding(check=name, outcome="skipped", reason=str(left_out))
    except Violation as violation:
        return Finding(check=name, outcome="failed", reason=str(violation))
    except GatewayError as error:
        return Finding(check=name, outcome="failed", reason=f"{error.code}: {error.message}")
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything, and its text may hold personal data
        return Finding(check=name, outcome="failed", reason=f"raised {type(error).__name__}")
    return Finding(check=name, outcome="passed")
