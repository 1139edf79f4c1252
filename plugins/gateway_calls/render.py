"""Write the call file of a delivery: ``calls.csv`` (or ``.txt``, ``.xlsx``), or numbered parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, islice
from typing import Protocol

from gateway.api import Batch, Line
from gateway_calls.compose import Composed, Composer
from gateway_calls.options import CallOptions
from gateway_calls.profile import Profile
from gateway_calls.proof import Proofs
from gateway_calls.quoting import header

CHUNK = 2048
"""Lines judged at once: enough to spread the cost of judging, few enough that one odd name slows few."""


class Sheet(Protocol):
    """A file that takes rows."""

    def write(self, rows: Composed) -> None:
        """Append rows."""


OpenSheet = Callable[[ExitStack, str], Sheet]


def render(batch: Batch[CallOptions], proofs: Proofs) -> None:
    """Write every line that can be called, in order, and refuse the others with their reasons."""
    profile = batch.options.target()
    proof = proofs.begin(batch.path("calls").parent, profile)
    composer = Composer(batch, profile)
    opener = _opener(batch, profile, composer.body_encoding)
    in_parts = 0 < profile.rows < len(batch)
    rows = _composed(iter(batch), composer)
    for part in count(1):
        first = rows(profile.rows or CHUNK)
        if first is None:
            break
        name = f"calls-{part:03d}{profile.suffix}" if in_parts else f"calls{profile.suffix}"
        with ExitStack() as stack:
            sheet = opener(stack, name)
            written = 0
            chunk: Composed | None = first
            while chunk is not None:
                sheet.write(chunk)
                proof.add(chunk.codes, chunk.numbers)
                written += len(chunk.codes)
                batch.progress(len(chunk.codes))
                room = profile.rows - written if profile.rows else CHUNK
                chunk = rows(room) if room else None
            proof.rows[name] = written
    composer.report()


def _composed(lines: Iterator[Line], composer: Composer) -> Callable[[int], Composed | None]:
    """Return what composes the next rows, at most so many; ``None`` after the last."""

    def following(most: int) -> Composed | None:
        while taken := list(islice(lines, min(most, CHUNK))):
            composed = composer.compose(taken)
            if composed.codes:
                return composed
        return None

    return following


def _opener(batch: Batch[CallOptions], profile: Profile, encoding: str) -> OpenSheet:
    if profile.kind == "xlsx":
        from gateway_calls.workbook import open_workbook

        return lambda stack, name: open_workbook(stack, batch, profile, name)

    def open_text(stack: ExitStack, name: str) -> Sheet:
        file = stack.enter_context(batch.open_binary(name))
        mark = b"\xef\xbb\xbf" if profile.encoding == "utf-8-sig" else b""
        file.write(mark + header(profile).encode(encoding))
        return _TextSheet(file.write)

    return open_text


class _TextSheet:
    """A text file; its rows come encoded."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write = write

    def write(self, rows: Composed) -> None:
        """Append rows."""
        self._write(rows.data)
