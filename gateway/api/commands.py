"""What the core does for the commands of plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

OutcomeKind = Literal["refused", "wrong_number", "reached"]
"""What came of a call: the person refused, somebody else answered, the person was reached."""

RefusalEffect = Literal["client_refusal", "telemarketing_opt_out", "opt_out"]
"""What a refusal becomes: an entry of the client's refusal list (特商法 Art. 17), or an opt-out from calls or from all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutcome:
    """What a client reports about one delivered line; ``phone`` is the number that was called, if it is known."""

    line_code: str
    kind: OutcomeKind
    on: date
    phone: str = ""

    def __repr__(self) -> str:
        return f"LineOutcome(line_code={self.line_code!r}, kind={self.kind!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSummary:
    """What became of reported outcomes; ``rejected`` has a stable reason code for the index of each that was not taken."""

    refused: int
    wrong_numbers: int
    reached: int
    known: int
    rejected: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A released package (納品物) as it lies in the outbox; ``files`` are its names, the manifest last.

    ``recalled`` counts its people who have opted out since the release: before it is handed over, it has to be made anew.
    """

    delivery: str
    client: str
    folder: Path
    files: tuple[str, ...]
    recalled: int


class Services(Protocol):
    """What the core does for a plugin's command: ``session.services()`` of the object that click hands to it."""

    def report_outcomes(
        self,
        outcomes: Sequence[LineOutcome],
        *,
        refused: RefusalEffect,
        product: str = "",
        file_sha256: str = "",
    ) -> OutcomeSummary:
        """Take what clients report about delivered lines; when it returns, the refusals are in force.

        ``product`` narrows an entry of a client's refusal list; it is the delivery's own by default. Outcomes that were
        reported before change nothing.
        """

    def package(self, delivery: str) -> Package:
        """Return a released package whose every byte is still what was released.

        Raises ``WrongUsage`` where there is no such delivery, ``Refused`` where it is not released and in place, and
        ``Damaged`` where a file is missing or another one.
        """


class CommandSession(Protocol):
    """The object that click hands to a plugin's command (``click.pass_obj``)."""

    def format_options(self, name: str, sets: Mapping[str, str]) -> object:
        """Return the options of a format as ``gateway.toml`` has them, ``sets`` winning as ``--set`` does."""

    def services(self) -> Services:
        """Return what the core does for plugins, on the workspace of this run."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
