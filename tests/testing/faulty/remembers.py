"""A format that keeps the people of earlier deliveries."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl

seen: dict[str, str] = {}


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            seen[line.name] = line.code
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
        out.writelines(f"{name}\n" for name in seen)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="keeps the people of earlier deliveries",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
