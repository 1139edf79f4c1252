"""Write people into a Parquet file a few thousand rows at a time, and read their line codes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow
import pyarrow.parquet

from gateway.api import Batch, Line

FILE = "people.parquet"
ROWS = 10_000
SCHEMA = pyarrow.schema(
    [
        pyarrow.field(name, pyarrow.string(), nullable=False)
        for name in ("code", "name", "kana", "postal_code", "address", "building", "phone")
    ]
)


def render(batch: Batch) -> None:
    """Write one row group for every ten thousand people, so that memory stays flat."""
    with (
        batch.open_binary(FILE) as out,
        pyarrow.parquet.ParquetWriter(out, SCHEMA, compression="zstd") as writer,
    ):
        for lines in batch.chunks(ROWS):
            writer.write_table(pyarrow.Table.from_pylist([_row(line) for line in lines], schema=SCHEMA))
            batch.progress(len(lines))


def read_back(folder: Path) -> Iterator[str]:
    """Yield the codes that the file holds, row group by row group."""
    with pyarrow.parquet.ParquetFile(folder / FILE) as file:
        for part in file.iter_batches(columns=["code"]):
            codes: Sequence[str] = part.column("code").to_pylist()
            yield from codes


def _row(line: Line) -> dict[str, str]:
    address = line.address
    return {
        "code": line.code,
        "name": line.name,
        "kana": line.kana,
        "postal_code": address.postal_code if address else "",
        "address": address.text if address else "",
        "building": address.building if address else "",
        "phone": line.phone,
    }
