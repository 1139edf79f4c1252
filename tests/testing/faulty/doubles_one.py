"""A format that writes a person twice."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for place, line in enumerate(batch):
            out.write(f"{line.code}\t{line.name}\n" * (2 if place == 3 else 1))


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes a person twice",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
