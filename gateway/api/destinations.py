"""A client's own system to which lines are pushed: what it is sent, and what it says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gateway.api.checks import Finding
from gateway.api.lines import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLimits:
    """What a destination bears: lines in one call, calls at a time, calls a second (0: as fast as it answers)."""

    batch: int = 100
    workers: int = 4
    per_second: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One line on its way to a destination.

    ``key`` is opaque and stays the same for one record and one client for good: write it into a unique field and
    update by it, so that sending again changes nothing. Never use e-mail or phone for that. ``prepared`` is what the
    destination's ``prepare`` has made of it.
    """

    key: str
    line: Line
    prepared: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a destination did with one parcel.

    ``again`` asks to send this one once more (a locked row). ``reason`` carries a code and field names, never values.
    """

    key: str
    state: Literal["accepted", "rejected", "again"] = "accepted"
    remote_id: str = ""
    operation: Literal["insert", "update", ""] = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A line that a destination may hold; ``remote_id`` is empty when its answer was never heard: look by key."""

    key: str
    remote_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What became of a line that was to be withdrawn: removed, marked, or it was not there."""

    key: str
    outcome: Literal["deleted", "flagged", "absent"]


class TryLater(Exception):
    """Nobody knows whether a call was heard, or it came too early: the same parcels are sent again.

    ``after`` is what the destination has asked to wait, in seconds; ``reason`` is a code for the summary.
    """

    def __init__(self, reason: str, *, after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Unacceptable(Exception):
    """A call was refused as a whole because of some records, and nothing of it was applied.

    ``reasons`` gives the reason for each bad key; empty when the destination does not say which: they are searched for
    by halves.
    """

    def __init__(self, reasons: Mapping[str, str], *, reason: str = "rejected") -> None:
        super().__init__(reason)
        self.reasons = reasons
        self.reason = reason


class Destination(ABC):
    """A client's own system to which lines are pushed; opened for one run, used from several threads at a time.

    ``send`` is all a new one has to write. Apart from ``TryLater`` and ``Unacceptable`` every error ends the run: raise
    ``Failed`` or ``Refused`` when the destination has refused a call and no later one could do better.
    """

    limits: PushLimits = PushLimits()

    @abstractmethod
    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Insert or update the parcels by their keys and say what became of each."""

    def prepare(self, key: str, line: Line) -> object:  # noqa: ARG002 - most destinations have nothing to make ahead
        """Make ahead what ``send`` writes of a parcel, while other calls are on their way: it is ``parcel.prepared``.

        Nobody is cleared at this time: what is made is dropped where the person opts out before the call.
        """
        return None

    def expect(self, lines: int) -> None:  # noqa: B027 - most destinations treat few and many alike
        """Hear how many lines are coming, before the first is sent; ``limits`` may be set by it."""

    def check(self) -> Iterable[Finding]:
        """Test connection, rights, mapping and limits without sending a person; an ``error`` stops the push."""
        return ()

    def attach(self, path: Path) -> str:  # noqa: ARG002 - an ordinary destination has no place for files
        """Store a document of the package and return its id there; empty where there is no place for files.

        Called again after an interruption: a document of this name that is already there is kept.
        """
        return ""

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:  # noqa: ARG002 - see above
        """Remove or mark people who have opted out; a line that is not answered for counts as not withdrawn."""
        return ()

    def close(self) -> None:  # noqa: B027 - not every destination holds a connection
        """Let go of connections."""
