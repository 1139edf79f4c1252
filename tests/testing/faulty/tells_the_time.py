"""A format that writes the time into its file."""

from __future__ import annotations

import time
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        out.write(f"{time.strftime('%H:%M:%S')}\n")
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes the time into its file",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
