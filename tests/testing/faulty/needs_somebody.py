"""A format that fails when there is nobody."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        first = next(iter(batch))
        out.write(f"{len(first.name)}\n")
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="fails when there is nobody",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
