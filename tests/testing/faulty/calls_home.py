"""A format that opens a connection."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="opens a connection",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
