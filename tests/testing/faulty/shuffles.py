"""A format that writes people in an order of chance."""

from __future__ import annotations

import random
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        lines = list(batch)
        random.shuffle(lines)
        for line in lines:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes people in an order of chance",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
