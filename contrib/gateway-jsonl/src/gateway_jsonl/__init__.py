"""JSON Lines: ``gateway deliver --format jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one object per person; the line code lets the gateway find everybody again."""
    with batch.open("people.jsonl") as out:
        for line in batch:
            row = {"code": line.code, "name": line.name, "phone": line.phone}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="jsonl",
        summary="JSON Lines",
        purposes={"telemarketing"},
        method="file",
        fields={"name", "phone"},
        render=render,
    )
