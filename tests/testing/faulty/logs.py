"""A format that logs whom it writes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from gateway.api import Batch, OutputFormat, hookimpl

logger = logging.getLogger(__name__)


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open("people.txt") as out:
        for line in batch:
            logger.debug("writing %s", line.name)
            out.write(f"{line.code}\t{line.name}\n")


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="logs whom it writes",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
    )
