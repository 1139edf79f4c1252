"""Synthetic call lines, written by a profile and read back as the gateway does, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gateway.api import Address, Line
from gateway.testing.batch import ORDER, MemoryBatch, line_code
from gateway_calls.options import CallOptions
from gateway_calls.proof import Proofs
from gateway_calls.read_back import read_back
from gateway_calls.render import render

ADDRESS = Address(
    postal_code="1500002",
    postal_kind="town",
    text="東京都渋谷区渋谷1丁目2番3号",
    prefecture="東京都",
    city="渋谷区",
    town="渋谷",
    after_town="1丁目2番3号",
    building="見本ビル101",
)


def line(number: int = 0, **fields: object) -> Line:
    """Make a synthetic line with a number that no one has."""
    given: dict[str, object] = {
        "name": "見本　太郎",
        "kana": "ミホン　タロウ",
        "phones": (f"+8133460{number % 10_000:04d}",),
        "address": ADDRESS,
        **fields,
    }
    return Line(code=line_code(number), **given)  # type: ignore[arg-type]


def batch_of(folder: Path, lines: Sequence[Line], **options: object) -> MemoryBatch[CallOptions]:
    """Make a batch of an order for calls."""
    return MemoryBatch(
        folder=folder,
        lines=lines,
        options=CallOptions(**options),  # type: ignore[arg-type]
        order=replace(ORDER, format="calls", purpose="telemarketing"),
    )


def write(folder: Path, lines: Sequence[Line], **options: object) -> MemoryBatch[CallOptions]:
    """Write lines by a profile; the files are read back as the gateway does, and the codes compared."""
    batch = batch_of(folder, lines, **options)
    proofs = Proofs()
    render(batch, proofs)
    assert list(read_back(folder, proofs)) == [each.code for each in batch]
    return batch
