"""What else a plugin may add to a delivery: a veto, a file of the package, a place where work runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from gateway.api.orders import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A plugin's veto of a whole delivery; ``code`` is stable, ``message`` is for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A further file of the package; ``write(order, path)`` makes it. It cannot replace the core's documents."""

    name: str
    summary: str
    write: Callable[[Order, Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorFactory:
    """Where partitioned work may run: ``--executor SCHEME://host:port`` calls ``open`` with that URL."""

    scheme: str
    summary: str
    open: Callable[[str], Executor]
