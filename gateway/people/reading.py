"""People in files: rows become persons, unusable rows become bad rows, block by block.

Imports, opt-out imports and checks all read through here, so that they agree on what a row says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.columns import Columns, person_maker, understand
from gateway.people.person import Person
from gateway.people.reading_csv import read_csv
from gateway.people.reading_rows import BadRow, RowBlock, Table

LONGEST_CELL = 1000
"""Characters in one cell; more is a broken file, never a name or an address."""

_WHITE_CONTROL = re.compile(r"[\t\r\n\v\f\u0085\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Lone surrogates stand for bytes that did not decode; cp932 hides four such bytes in private characters.
_UNDECODED = re.compile(r"[\ud800-\udfff\uf8f0-\uf8f3]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleBlock:
    """Some thousand people in the file's order, and the rows between them that hold none.

    ``people[i]`` was made of ``rows[i]``, which begins on line ``lines[i]``; ``bad`` rows are in none of the three.
    """

    people: list[Person]
    lines: list[int]
    rows: list[list[str]]
    bad: list[BadRow]

    def __repr__(self) -> str:
        return f"PeopleBlock(people={len(self.people)}, bad={len(self.bad)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFile:
    """A file of people, open for reading once: ``for block in people_file.blocks()``."""

    table: Table
    columns: Columns

    def blocks(self) -> Iterator[PeopleBlock]:
        """Yield the people block by block; raise ``WrongUsage`` ``empty_input`` when there is no row at all."""
        convert = block_converter(self.columns)
        for rows in self.row_blocks():
            yield convert(rows)

    def close(self) -> None:
        """Let go of the file when it is not read to its end."""
        if isinstance(self.table.blocks, Generator):
            self.table.blocks.close()

    def row_blocks(self) -> Iterator[RowBlock]:
        """Yield the rows as they stand, for those who convert them elsewhere (``block_converter``)."""
        empty = True
        for block in self.table.blocks:
            empty = False
            yield block
        if empty:
            raise WrongUsage(
                "empty_input", _("{file} has a header but no rows").format(file=self.table.path.name)
            )


def read_people(path: Path, encoding: str | None = None) -> PeopleFile:
    """Open a CSV, XLSX or Parquet file of people, told apart by its ending.

    Raise ``WrongUsage``: ``unreadable_input``, ``empty_input``, ``unknown_encoding``, or what ``understand`` finds
    wrong with the header. ``encoding`` applies to CSV alone and overrides the detection.
    """
    table = read_table(path, encoding)
    return PeopleFile(table=table, columns=understand(table.header))


def read_table(path: Path, encoding: str | None = None) -> Table:
    """Open a CSV, XLSX or Parquet file as rows of cells, whatever its columns mean."""
    try:
        return _reader(path, encoding)(path)
    except OSError as error:
        raise WrongUsage(
            "unreadable_input",
            _("cannot read {file}: {why}").format(file=path, why=error.strerror or type(error).__name__),
        ) from error


def block_converter(columns: Columns) -> Callable[[RowBlock], PeopleBlock]:
    """Return the function that makes people of rows: cells cleaned, rows that cannot be used set apart."""
    make = person_maker(columns)
    width = len(columns.headers)
    nameless = [index for index, header in enumerate(columns.headers) if not header]

    def convert(block: RowBlock) -> PeopleBlock:
        people: list[Person] = []
        lines: list[int] = []
        rows: list[list[str]] = []
        bad = list(block.bad)
        for line, row in zip(block.lines, block.rows, strict=True):
            fault = _shape_fault(row, width, nameless)
            cells = row
            if fault is None and not _is_plain(row):
                cells, fault = _clean(row)
            if fault is None:
                person = make(cells)
                if person.name or person.phones or person.emails:
                    people.append(person)
                    lines.append(line)
                    rows.append(row)
                    continue
                fault = (-1, "no_name_phone_or_email")
            at, reason = fault
            column = columns.headers[at] if 0 <= at < width else ""
            bad.append(BadRow(line=line, column=column, reason=reason, cells=tuple(row)))
        bad.sort(key=lambda row: row.line)
        return PeopleBlock(people=people, lines=lines, rows=rows, bad=bad)

    return convert


def _reader(path: Path, encoding: str | None) -> Callable[[Path], Table]:
    ending = path.suffix.lower()
    if ending in {".xlsx", ".xlsm"}:
        from gateway.people.reading_xlsx import read_xlsx

        return read_xlsx
    if ending in {".parquet", ".pq"}:
        from gateway.people.reading_parquet import read_parquet

        return read_parquet
    return lambda file: read_csv(file, encoding)


def _shape_fault(row: Sequence[str], width: int, nameless: Sequence[int]) -> tuple[int, str] | None:
    """Find what is wrong with the number of cells: the column's index (-1 for the row) and a reason code."""
    if len(row) != width:
        return -1, "too_few_cells" if len(row) < width else "too_many_cells"
    for index in nameless:
        if row[index].strip():
            return index, "value_without_header"
    return None


def _is_plain(row: Sequence[str]) -> bool:
    """Tell quickly that no cell needs a closer look: short, and printable but for the ideographic space."""
    text = "".join(row)
    return len(text) <= LONGEST_CELL and text.replace("\u3000", "").isprintable()


def _clean(row: Sequence[str]) -> tuple[list[str], tuple[int, str] | None]:
    """Turn line breaks inside cells into spaces; find the first cell that cannot be used.

    No control character may pass: the log joins fields with one, and could be forged otherwise.
    """
    cells = [_WHITE_CONTROL.sub(" ", cell) for cell in row]
    for index, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            return cells, (index, "too_long")
        if _UNDECODED.search(cell):
            return cells, (index, "undecodable")
        if _CONTROL.search(cell):
            return cells, (index, "control_character")
    return cells, None
