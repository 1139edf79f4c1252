"""A format that prints how far it is."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
    print(len(batch))  # noqa: T201 - its fault


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="prints how far it is",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
