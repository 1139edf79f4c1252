"""A delivery under way: what each of its steps works with, and how they end when nobody is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from gateway.api import Order
from gateway.config import Workspace
from gateway.delivery.attempt import Attempt
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.progress import Progress
from gateway.delivery.release import Finished
from gateway.documents.data import Counts
from gateway.errors import Refused
from gateway.i18n import _
from gateway.plugins import Manager


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """One delivery from its intent on; whoever has it holds the delivery's lock."""

    engine: Engine
    workspace: Workspace
    manager: Manager
    accepted: AcceptedOrder
    attempt: Attempt
    order: Order
    actor: str
    clock: Callable[[], datetime]
    progress: Progress

    @property
    def rehearsal(self) -> bool:
        """Whether everything is done but recorded and released (``--dry-run``)."""
        return self.accepted.request.dry_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished delivery and the number up to which it has been checked; in a rehearsal it is not released."""

    finished: Finished
    fence: int


def totals(counts: Counter[str]) -> Counts:
    """Return the counts of a delivery by their outcomes."""
    parts = {name: counts[name] for name in ("suppressed", "held", "refused", "delivered")}
    return Counts(requested=sum(parts.values()), **parts)


def nobody_left(counts: Counter[str]) -> Refused:
    """Return the error for a delivery whose every line was left out."""
    out = ", ".join(f"{name} {counts[name]}" for name in ("suppressed", "held", "refused") if counts[name])
    return Refused(
        "nobody_left",
        _("nobody is left to deliver ({counts})").format(counts=out or _("the lists are empty")),
        hint=_("see the sources' basis, the opt-outs and --where; nothing was released"),
    )
