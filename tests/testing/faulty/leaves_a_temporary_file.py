"""A format that forgets a temporary file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")
    descriptor, _path = tempfile.mkstemp()
    os.close(descriptor)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="forgets a temporary file",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
