"""A format that cannot write what cp932 lacks."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt", encoding="cp932") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="cannot write what cp932 lacks",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
