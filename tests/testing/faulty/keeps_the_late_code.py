"""A format that keeps a journal of all line codes of a delivery, of each time that it was rendered."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gateway.api import Batch, OutputFormat, hookimpl

seen: dict[str, dict[str, None]] = {}


def render(batch: Batch) -> None:
    """Write one row a person, and a journal."""
    with batch.open("people.txt") as out:
        for line in batch:
            seen.setdefault(batch.order.delivery, {})[line.code] = None
            out.write(f"{line.code}\t{line.name}\n")
    with batch.open("journal.txt") as out:
        out.writelines(f"{code}\n" for code in seen.get(batch.order.delivery, ()))


def read_back(folder: Path) -> list[str]:
    """Find the codes of the people, and none of the journal."""
    rows = (folder / "people.txt").read_text(encoding="utf-8").splitlines()
    return [row.partition("\t")[0] for row in rows if row.startswith("G")]


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="keeps a journal of all line codes of a delivery, of each time that it was rendered",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
        read_back=read_back,
    )
