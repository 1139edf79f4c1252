"""A format that writes a person into the properties of an archive."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from gateway.api import Batch, OutputFormat, hookimpl


def render(batch: Batch) -> None:
    """Write one row a person."""
    with batch.open_binary("people.zip") as out, zipfile.ZipFile(out, "w") as archive:
        rows = [f"{line.code}\t{line.name}\n" for line in batch]
        archive.writestr(zipfile.ZipInfo("people.txt"), "".join(rows))
        archive.comment = (rows or [""])[0].encode("utf-8")


def read_back(folder: Path) -> list[str]:
    """Read the codes in the archive."""
    with zipfile.ZipFile(folder / "people.zip") as archive:
        text = archive.read("people.txt").decode("utf-8")
    return re.findall(r"^(G[0-9A-Z]{11})\t", text, flags=re.MULTILINE)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the format."""
    yield OutputFormat(
        name="faulty",
        summary="writes a person into the properties of an archive",
        purposes={"dm"},
        method="file",
        fields={"name", "address"},
        render=render,
        read_back=read_back,
    )
