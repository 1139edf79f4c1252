"""Parquet files as blocks of rows; needs the extra ``parquet``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.reading_cells import cell_text
from gateway.people.reading_rows import RowBlock, Table

ROWS_PER_BLOCK = 8192


def read_parquet(path: Path) -> Table:
    """Open a Parquet file; row numbers count from 1 and have no header row."""
    try:
        import pyarrow as arrow
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        raise WrongUsage(
            "parquet_not_installed",
            _("cannot read {file}: Parquet support is not installed").format(file=path.name),
            hint=_("pip install 'delivery-gateway[parquet]', or give the list as CSV"),
        ) from error
    try:
        with ParquetFile(path) as file:
            schema = file.schema_arrow
    except (arrow.ArrowException, OSError) as error:
        raise _unreadable(path, _("it is not a Parquet file, or it is damaged")) from error
    for field in schema:
        if arrow.types.is_nested(field.type) or arrow.types.is_binary(field.type):
            raise _unreadable(path, _("the column {name} does not hold plain values").format(name=field.name))
    return Table(path=path, encoding="", header=tuple(schema.names), blocks=_blocks(path))


def _blocks(path: Path) -> Iterator[RowBlock]:
    import pyarrow as arrow
    from pyarrow.parquet import ParquetFile

    number = 1
    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROWS_PER_BLOCK):
                columns = [[cell_text(value) for value in column.to_pylist()] for column in batch.columns]
                rows = [list(cells) for cells in zip(*columns, strict=True)]
                yield RowBlock(lines=list(range(number, number + len(rows))), rows=rows, bad=[])
                number += len(rows)
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, _("it is damaged")) from error


def _unreadable(path: Path, why: str) -> WrongUsage:
    return WrongUsage("unreadable_input", _("cannot read {file}: {why}").format(file=path.name, why=why))
