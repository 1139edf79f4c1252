"""A format that skips a person."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for place, line in enumerate(batch):
            if place != 3:
                out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="skips a person",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
