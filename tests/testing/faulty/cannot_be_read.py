"""A format that writes a binary file and nothing that reads it."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open_binary("people.bin") as out:
        for line in batch:
            out.write(b"\0" + line.code.encode("ascii"))


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes a binary file and nothing that reads it",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
