"""A format that uses what is not public."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from gateway.api import Batch, OutputFormat, hookimpl


def one_line(text: str) -> str:
    """Fold a text with a function of the core."""
    folding = import_module("gateway.people.folding")
    return text if folding else ""


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{one_line(line.name)}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="uses what is not public",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
