"""What the core does for the commands of plugins (``gateway.api.Services``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from gateway.api import LineOutcome, OutcomeSummary, Package, RefusalEffect
from gateway.delivery.handing_over import released_package
from gateway.suppression.outcomes import report_outcomes


class CoreServices:
    """The core's services on one workspace."""

    def __init__(
        self, engine: Engine, *, actor: str, now: Callable[[], datetime], outbox: Path = Path("outbox")
    ) -> None:
        """Act on a database as ``actor``."""
        self._engine = engine
        self._outbox = outbox
        self._actor = actor
        self._now = now

    def report_outcomes(
        self,
        outcomes: Sequence[LineOutcome],
        *,
        refused: RefusalEffect,
        product: str = "",
        file_sha256: str = "",
    ) -> OutcomeSummary:
        """Take what clients report about delivered lines."""
        return report_outcomes(
            self._engine,
            outcomes,
            refused=refused,
            product=product,
            actor=self._actor,
            now=self._now(),
            file_sha256=file_sha256,
        )

    def package(self, delivery: str) -> Package:
        """Return a released package whose every byte is still what was released."""
        return released_package(self._engine, self._outbox, delivery)
