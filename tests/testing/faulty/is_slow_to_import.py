"""A format that takes a second to import."""

from __future__ import annotations

import time
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl

time.sleep(1)


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="takes a second to import",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
