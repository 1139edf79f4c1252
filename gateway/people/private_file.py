"""Files for their owner's eyes: readable by nobody else from the first byte on, in place when they are complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from gateway.errors import Failed
from gateway.i18n import _


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """Write a UTF-8 text file of mode 0600 that replaces ``path`` when the block ends well; ``Failed`` if it cannot be."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Failed(
            "unwritable_output",
            _("{path} cannot be written to ({reason})").format(path=path, reason=error.strerror),
            hint=_("check the folder and the space left"),
        ) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
