"""A format that writes people in the order of a set."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        by_name = {line.name: line for line in batch}
        for name in set(by_name):
            line = by_name[name]
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes people in the order of a set",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
