"""Read the rows of a file that a client sends back: text in the usual encodings, or a workbook."""

from __future__ import annotations

import csv
import io
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from gateway.api import WrongUsage
from gateway.i18n import _

Numbered = tuple[int, list[str]]
_ZIP = b"PK\x03\x04"
_DAMAGE = (BadZipFile, zlib.error, ParseError, KeyError, ValueError, IndexError, EOFError, OSError)


def read_rows(path: Path) -> Iterator[Numbered]:
    """Yield line numbers and cells, the header first. Raises ``WrongUsage`` for a file that cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WrongUsage(
            "unreadable_file",
            _("{file} cannot be read: {error}").format(file=path.name, error=error.strerror),
        ) from error
    return _workbook_rows(data, path) if data.startswith(_ZIP) else _text_rows(data, path)


def _workbook_rows(data: bytes, path: Path) -> Iterator[Numbered]:
    """Yield the rows of the first sheet; dates stand as in a text."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out: charts, styles
            sheet = load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
    except _DAMAGE as error:
        raise WrongUsage(
            "unreadable_file",
            _("{file} is no workbook, or it is damaged").format(file=path.name),
            hint=_("save it as CSV"),
        ) from error
    for number, row in enumerate(rows, 1):
        yield number, ["" if cell is None else str(cell) for cell in row]


def _text_rows(data: bytes, path: Path) -> Iterator[Numbered]:
    """Yield the rows of a text; the delimiter is what the header has more of."""
    text = _decoded(data, path)
    head = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if head.count("\t") > head.count(",") else ","
    )
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise WrongUsage(
            "unreadable_file",
            _("{file}, line {line}: this is no CSV").format(file=path.name, line=reader.line_num),
        ) from error


def _decoded(data: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongUsage(
        "unreadable_file",
        _("{file} is neither UTF-8 nor cp932 text").format(file=path.name),
        hint=_("save it as CSV"),
    )
