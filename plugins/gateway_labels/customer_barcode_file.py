"""Read the rows of a CSV file for ``gateway barcode``: UTF-8 with or without a mark, UTF-16 with one, or cp932."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from gateway.api import WrongUsage
from gateway.i18n import _

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_rows(path: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """Return the header and the rows, one after the other; raise ``WrongUsage`` where the file cannot be used.

    Required are the columns ``postal_code`` and ``address_b`` (or ``address_number``), or the column ``data``.
    """
    try:
        if path.stat().st_size == 0:
            raise WrongUsage("empty_file", _("{file} is empty").format(file=path))
        rows = _rows(path, _encoding_of(path))
        columns = next(rows, [])
        _require_known_columns(path, columns)
        first = next(rows, None)
    except OSError as error:
        raise WrongUsage(
            "unreadable_file", _("cannot read {file}: {why}").format(file=path, why=error.strerror)
        ) from error
    if first is None:
        raise WrongUsage("no_rows", _("{file} has a header but no rows").format(file=path))
    return columns, _as_mappings(columns, first, rows)


def _as_mappings(columns: list[str], first: list[str], rows: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    yield dict(zip(columns, first, strict=True))
    for row in rows:
        yield dict(zip(columns, row, strict=True))


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp932"):
        if _can_be_read(path, encoding):
            return encoding
    raise WrongUsage(
        "unknown_encoding",
        _("{file} is neither UTF-8 nor cp932").format(file=path),
        hint=_("save it as CSV UTF-8"),
    )


def _can_be_read(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _rows(path: Path, encoding: str) -> Iterator[list[str]]:
    """Yield the header, then each row filled to its length; blank lines are skipped."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next((row for row in reader if row), [])
            yield [column.strip() for column in header]
            for row in filter(None, reader):
                if len(row) > len(header):
                    raise _broken(path, reader.line_num, _("more values than columns"))
                yield row + [""] * (len(header) - len(row))
        except (csv.Error, UnicodeError):
            raise _broken(path, reader.line_num, _("not readable as CSV")) from None


def _broken(path: Path, line: int, why: str) -> WrongUsage:
    return WrongUsage("broken_row", _("{file}, line {line}: {why}").format(file=path, line=line, why=why))


def _require_known_columns(path: Path, columns: list[str]) -> None:
    known = set(columns)
    if len(known) < len(columns):
        raise WrongUsage("duplicate_column", _("{file} names a column twice").format(file=path))
    if "data" in known or ("postal_code" in known and known & {"address_b", "address_number"}):
        return
    raise WrongUsage(
        "no_known_column",
        _("{file} has no columns postal_code and address_b").format(file=path),
        hint=_("name them in the first row, or give a column data with the text to encode"),
    )
