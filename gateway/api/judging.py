"""People shown to be judged, what is said against them, and whom an order's client must not reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person who has passed the core's check, shown to a suppressor; ``ref`` names it in the answer.

    ``keys`` are the gate's own match keys of the record.
    """

    ref: int
    name: str
    kana: str
    postal_code: str
    address: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    keys: tuple[int, ...]
    building: str = ""
    company: str = ""
    joint_names: str = ""

    def __repr__(self) -> str:
        return f"Candidate(ref={self.ref})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A suppressor's no: the candidate stays out, or is held back for review."""

    ref: int
    verdict: Literal["suppress", "review"]
    rule: str
    why: str = ""


class ClientLists(Protocol):
    """Who has refused the order's client (特商法 Art. 17), as recorded with the gateway."""

    def revision(self) -> str:
        """Return a token that changes with every new refusal that binds the order; empty while there is none."""

    def objections(self, candidates: Sequence[Candidate]) -> Sequence[Objection]:
        """Judge candidates by the refusals that bind the order, through the very functions of the gate."""
