"""CSV files as blocks of rows: fast where a line is a row, careful where quotes are involved.

A quote that is never closed must not swallow the rest of the file. So whole pieces are parsed at once, and only when
that gives an error, or not exactly one row a line, line by line: a record may then span at most ``MOST_LINES`` lines.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn, TextIO

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.reading_encoding import find_encoding
from gateway.people.reading_rows import BadRow, RowBlock, Table

PIECE = 1 << 20
MOST_ROWS = 16_384
MOST_LINES = 100


def read_csv(path: Path, encoding: str | None = None) -> Table:
    """Open a CSV file with comma or tab between its cells; the first row that is not blank is the header.

    Bytes that are not in the encoding become lone surrogates, for whoever reads the rows to refuse.
    """
    codec = find_encoding(path, encoding)
    with _open(path, codec) as stream:
        delimiter, header, length = _read_header(stream, path)
    blocks = _read_blocks(path, codec, delimiter, length)
    return Table(path=path, encoding=codec, header=tuple(header), blocks=blocks)


def _open(path: Path, codec: str) -> TextIO:
    return path.open("r", encoding=codec, errors="surrogateescape")


def _read_header(stream: TextIO, path: Path) -> tuple[str, list[str], int]:
    """Return the delimiter, the header's cells and the number of lines down to its end."""
    lines: list[str] = []
    for number in count(1):
        line = stream.readline(PIECE)
        if not line and not lines:
            raise WrongUsage("empty_input", _("{file} is empty").format(file=path.name))
        if not line or len(lines) == MOST_LINES:
            _raise_broken_header(path)
        if line.isspace() and not lines:
            continue
        lines.append(line)
        delimiter = "\t" if lines[0].count("\t") > lines[0].count(",") else ","
        row = _parse_one(lines, delimiter)
        if row is not None:
            return delimiter, row, number
    raise AssertionError("unreachable")


def _raise_broken_header(path: Path) -> NoReturn:
    raise WrongUsage(
        "unreadable_input",
        _("cannot read {file}: the quotes of line 1 do not pair up").format(file=path.name),
        hint=_("the first row must name the columns"),
    )


def _read_blocks(path: Path, codec: str, delimiter: str, header_length: int) -> Iterator[RowBlock]:
    with _open(path, codec) as stream:
        for _line in range(header_length):
            stream.readline(PIECE)
        next_line = header_length + 1
        waiting: list[str] = []
        final = False
        while True:
            if len(waiting) < MOST_ROWS and not final:
                more = _read_piece(stream, path)
                final = not more
                waiting += more
            lines = waiting[:MOST_ROWS]
            if not lines:
                return
            whole = final and len(lines) == len(waiting)
            block, used = _parse(lines, delimiter, next_line, final=whole)
            del waiting[:used]
            next_line += used
            if block.rows or block.bad:
                yield block


def _read_piece(stream: TextIO, path: Path) -> list[str]:
    try:
        return stream.readlines(PIECE)
    except UnicodeError as error:
        raise WrongUsage(
            "unreadable_input",
            _("cannot read {file}: it is not in the encoding {name}").format(
                file=path.name, name=stream.encoding
            ),
        ) from error


def _parse(lines: list[str], delimiter: str, first: int, *, final: bool) -> tuple[RowBlock, int]:
    """Parse lines, of which the first is numbered ``first``; return the block and how many lines it took."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        rows = []
    if len(rows) != len(lines):
        return _parse_carefully(lines, delimiter, first, final=final)
    numbers = list(range(first, first + len(rows)))
    if [] in rows:
        numbers = [number for number, row in zip(numbers, rows, strict=True) if row]
        rows = [row for row in rows if row]
    return RowBlock(lines=numbers, rows=rows, bad=[]), len(lines)


def _parse_carefully(lines: list[str], delimiter: str, first: int, *, final: bool) -> tuple[RowBlock, int]:
    block = RowBlock(lines=[], rows=[], bad=[])
    start = 0
    while start < len(lines):
        row, length = _parse_record(lines, start, delimiter)
        if row is None:
            if len(lines) - start < MOST_LINES and not final and _is_open(lines[start:], delimiter):
                break
            cells = (lines[start].rstrip("\n"),)
            block.bad.append(BadRow(line=first + start, column="", reason="broken_quotes", cells=cells))
            length = 1
        elif row:
            block.lines.append(first + start)
            block.rows.append(row)
        start += length
    return block, start


def _parse_record(lines: list[str], start: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Parse the record that begins at a line; ``None`` when its quotes do not pair up within ``MOST_LINES``."""
    for end in range(start, min(start + MOST_LINES, len(lines))):
        if end > start and '"' not in lines[end]:
            continue
        record = lines[start : end + 1]
        row = _parse_one(record, delimiter)
        if row is not None:
            return row, len(record)
        if not _is_open(record, delimiter):
            break
    return None, 0


def _is_open(record: list[str], delimiter: str) -> bool:
    """Tell whether a record ends inside quotes, so that one more quote would close it."""
    return _parse_one([*record[:-1], record[-1].rstrip("\n") + '"'], delimiter) is not None


def _parse_one(lines: list[str], delimiter: str) -> list[str] | None:
    """Parse lines that should be one record; ``None`` when they are not."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
