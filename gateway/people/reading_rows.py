"""Rows of a file before anyone knows what they mean: blocks of cells with their line numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be used: where it stands, which column is at fault and a stable reason code.

    ``line`` is the line (CSV) or row (XLSX, Parquet) of the file, from 1; ``column`` is empty where the whole row
    is at fault; ``cells`` is the row as far as it could be read.
    """

    line: int
    column: str
    reason: str
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"BadRow(line={self.line}, column={self.column!r}, reason={self.reason!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBlock:
    """Some thousand rows in the file's order; ``lines[i]`` is the line on which ``rows[i]`` begins."""

    lines: list[int]
    rows: list[list[str]]
    bad: list[BadRow]

    def __repr__(self) -> str:
        return f"RowBlock(rows={len(self.rows)}, bad={len(self.bad)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's header and its rows, read once and block by block; ``encoding`` is empty for binary formats.

    ``blocks`` holds the file open while it is read.
    """

    path: Path
    encoding: str
    header: tuple[str, ...]
    blocks: Iterator[RowBlock]
