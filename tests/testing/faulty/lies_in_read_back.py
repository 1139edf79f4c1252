"""A format that tells what it was handed instead of what the files hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gateway.api import Batch, OutputFormat, hookimpl

told: list[str] = []


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        told[:] = [line.code for line in batch]
        for line in batch:
            out.write(f"{line.code}\t{line.name}\n")


def read_back(_folder: Path) -> list[str]:
    """Tell what was handed out last."""
    return list(told)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="tells what it was handed instead of what the files hold",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
        read_back=read_back,
    )
