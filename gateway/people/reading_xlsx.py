"""XLSX files as blocks of rows: the first sheet, streamed."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.reading_cells import cell_text, fit_row
from gateway.people.reading_rows import RowBlock, Table

ROWS_PER_BLOCK = 4096
# A damaged workbook shows itself as any of these, when it is opened or in the middle of a sheet.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    EOFError,
    OSError,
)

Numbered = tuple[int, list[str]]


def read_xlsx(path: Path) -> Table:
    """Open a workbook; the first row of its first sheet that is not blank is the header.

    Blank rows are skipped. Numbers and dates become text as ``cell_text`` says.
    """
    workbook = _open(path)
    rows = _rows(workbook, path)
    header = next((cells for _number, cells in rows), None)
    if header is None:
        workbook.close()
        raise WrongUsage("empty_input", _("{file} is empty").format(file=path.name))
    return Table(path=path, encoding="", header=tuple(header), blocks=_blocks(rows, len(header)))


def _open(path: Path) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks about styles and extensions say nothing about the cells
            return load_workbook(path, read_only=True, data_only=True)
    except _DAMAGE as error:
        raise _unreadable(path) from error


def _rows(workbook: Workbook, path: Path) -> Iterator[Numbered]:
    """Yield the rows that are not blank with their numbers; trailing empty cells are cut off."""
    try:
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = fit_row([cell_text(value) for value in values], 0)
                if cells:
                    yield number, cells
    except (*_DAMAGE, IndexError) as error:
        raise _unreadable(path) from error
    finally:
        workbook.close()


def _blocks(rows: Iterator[Numbered], width: int) -> Iterator[RowBlock]:
    block = RowBlock(lines=[], rows=[], bad=[])
    for number, cells in rows:
        block.lines.append(number)
        block.rows.append(fit_row(cells, width))
        if len(block.rows) == ROWS_PER_BLOCK:
            yield block
            block = RowBlock(lines=[], rows=[], bad=[])
    if block.rows:
        yield block


def _unreadable(path: Path) -> WrongUsage:
    return WrongUsage(
        "unreadable_input",
        _("cannot read {file}: it is not an XLSX workbook, or it is damaged").format(file=path.name),
        hint=_("open it in a spreadsheet program and save it as XLSX or as CSV in UTF-8"),
    )
