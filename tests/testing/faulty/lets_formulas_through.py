"""A format that writes cells as they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.csv", newline="") as out:
        writer = csv.writer(out)
        for line in batch:
            writer.writerow([line.code, line.name])


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes cells as they are",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
