"""What ``gateway doctor`` and ``gateway crm check`` ask, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of ``gateway doctor``."""

    level: Literal["ok", "warning", "error"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check that ``gateway doctor`` runs."""

    name: str
    run: Callable[[], Iterable[Finding]]
