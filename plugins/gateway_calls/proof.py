"""Proofs: what a file must hold, kept from writing to re-reading; a hash instead of the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from gateway_calls.profile import Profile


def evidence(codes: Sequence[str], numbers: Sequence[Sequence[str]]) -> bytes:
    """Return what a proof is made of: the codes of some rows and their numbers, a sequence for each phone column."""
    return ("\n".join(map(" ".join, zip(codes, *numbers, strict=True))) + "\n").encode() if codes else b""


@dataclass(slots=True, kw_only=True)
class Proof:
    """What was written into a folder: how many rows in each file, and a hash of all codes and E.164 numbers in order."""

    profile: Profile
    rows: dict[str, int] = field(default_factory=dict)
    _digest: blake2b = field(default_factory=blake2b)

    def add(self, evidence: bytes) -> None:
        """Take the evidence of some rows; how many at a time makes no difference."""
        self._digest.update(evidence)

    def value(self) -> str:
        """Return the hash so far."""
        return self._digest.hexdigest()


class Proofs:
    """The proofs of folders that were written and not yet re-read, by folder."""

    def __init__(self) -> None:
        self._proofs: dict[Path, Proof] = {}

    def begin(self, folder: Path, profile: Profile) -> Proof:
        """Start a proof; one of an earlier attempt in the same folder is forgotten."""
        proof = self._proofs[folder] = Proof(profile=profile)
        return proof

    def take(self, folder: Path) -> Proof | None:
        """Return a folder's proof and forget it."""
        return self._proofs.pop(folder, None)
