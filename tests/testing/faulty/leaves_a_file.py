"""A format that writes a file of its own elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
    with Path("last-run.txt").open("w", encoding="utf-8") as kept:
        kept.write("done")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes a file of its own elsewhere",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
