"""A format that renders what it was handed the first time."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, Line, OutputFormat, hookimpl

pages: dict[str, list[Line]] = {}


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        lines = pages.setdefault(batch.order.delivery, list(batch))
        for line in lines:
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="renders what it was handed the first time",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
