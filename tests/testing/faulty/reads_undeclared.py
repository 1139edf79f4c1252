"""A format that reads what it does not declare."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\t{line.phone}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="reads what it does not declare",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
