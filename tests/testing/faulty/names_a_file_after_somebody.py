"""A format that names its file after the first person."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    first = next(iter(batch), None)
    with batch.open(f"{first.name if first else 'nobody'}.txt".replace("\n", " ")) as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="names its file after the first person",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
