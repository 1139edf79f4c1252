"""Write the call file of a delivery: ``calls.csv`` (or ``.txt``, ``.xlsx``), or numbered parts.

Rows are composed in parts, which may be the work of other processes; the files are written here, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from typing import Protocol

from gateway.api import Batch
from gateway_calls.compose import Composed, Composer
from gateway_calls.options import CallOptions
from gateway_calls.profile import Profile
from gateway_calls.proof import Proofs
from gateway_calls.quoting import header

CHUNK = 2048
"""Lines judged at once: enough to spread the cost of judging, few enough that one odd name slows few."""

PART = 8 * CHUNK
"""Lines composed by one task."""


class Sheet(Protocol):
    """A file that takes rows."""

    def write(self, rows: Composed) -> None:
        """Append rows."""


OpenSheet = Callable[[ExitStack, str], Sheet]


def render(batch: Batch[CallOptions], proofs: Proofs) -> None:
    """Write every line that can be called, in order, and refuse the others with their reasons."""
    profile = batch.options.target()
    proof = proofs.begin(batch.path("calls").parent, profile)
    in_files = 0 < profile.rows < len(batch)
    open_sheet = _opener(batch, profile)
    parts = (rows for part in batch.map(compose_part, PART) for rows in part if rows.count)
    waiting = next(parts, None)
    for number in count(1):
        if waiting is None:
            return
        name = f"calls-{number:03d}{profile.suffix}" if in_files else f"calls{profile.suffix}"
        written = 0
        with ExitStack() as stack:
            sheet = open_sheet(stack, name)
            while waiting is not None and (room := profile.rows - written if profile.rows else waiting.count):
                rows, waiting = _cut(waiting, room)
                sheet.write(rows)
                proof.add(rows.proof)
                written += rows.count
                batch.progress(rows.count)
                waiting = waiting or next(parts, None)
        proof.rows[name] = written


def compose_part(batch: Batch[CallOptions]) -> list[Composed]:
    """Compose the rows of a part of a delivery, a chunk at a time."""
    composer = Composer(batch, batch.options.target())
    composed = [composer.compose(lines) for lines in batch.chunks(CHUNK)]
    composer.report()
    return composed


def _cut(rows: Composed, most: int) -> tuple[Composed, Composed | None]:
    """Return at most so many rows, and the rest if there is one; no row holds a line end."""
    if rows.count <= most:
        return rows, None
    data, proof = rows.data.splitlines(keepends=True), rows.proof.splitlines(keepends=True)
    first, rest = (
        Composed(
            count=len(proof[taken]),
            data=b"".join(data[taken]),
            cells=[column[taken] for column in rows.cells],
            proof=b"".join(proof[taken]),
        )
        for taken in (slice(most), slice(most, None))
    )
    return first, rest


def _opener(batch: Batch[CallOptions], profile: Profile) -> OpenSheet:
    if profile.kind == "xlsx":
        from gateway_calls.workbook import open_workbook

        return lambda stack, name: open_workbook(stack, batch, profile, name)

    def open_text(stack: ExitStack, name: str) -> Sheet:
        file = stack.enter_context(batch.open_binary(name))
        mark = b"\xef\xbb\xbf" if profile.encoding == "utf-8-sig" else b""
        file.write(mark + header(profile).encode(profile.body_encoding))
        return _TextSheet(file.write)

    return open_text


class _TextSheet:
    """A text file; its rows come encoded."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write = write

    def write(self, rows: Composed) -> None:
        """Append rows."""
        self._write(rows.data)
