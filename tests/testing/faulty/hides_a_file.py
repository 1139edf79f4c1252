"""A format that puts a file into the package that the batch knows nothing of."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
    batch.path("people.txt").with_name("notes.txt").write_text("done", encoding="utf-8")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="puts a file into the package that the batch knows nothing of",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
