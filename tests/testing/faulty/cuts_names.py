"""A format that cuts a name in the middle of a character."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            name = line.name.encode("utf-8")[:40].decode("utf-8", "ignore")
            out.write(f"{line.code}\t{name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="cuts a name in the middle of a character",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
