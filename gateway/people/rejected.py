"""The file of rejected rows: line, column and reason before the row as it stood, for whoever repairs it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from gateway.errors import Failed
from gateway.i18n import _
from gateway.people.reading_rows import BadRow

OWN_COLUMNS = ("line", "column", "reason")


class RejectedFile:
    """``FILE.rejected.csv``: begun with the first bad row, in place when ``keep`` is called, else gone.

    UTF-8 with BOM, so that a spreadsheet program opens it as it is; readable by its owner alone. Bytes that could not be
    decoded are written as hexadecimal escapes.
    """

    def __init__(self, source: Path, header: Sequence[str]) -> None:
        """Prepare the file for the rows of ``source``; its own columns replace input columns of the same name."""
        self.path = source.with_name(f"{source.name}.rejected.csv")
        self._partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        self._kept = [index for index, name in enumerate(header) if name not in OWN_COLUMNS]
        self._header = [*OWN_COLUMNS, *(header[index] for index in self._kept)]
        self._width = len(header)
        self._file: TextIO | None = None

    def write(self, rows: Iterable[BadRow]) -> None:
        """Append rows; raise ``Failed`` when the folder cannot be written to."""
        for row in rows:
            file = self._file or self._begin()
            csv.writer(file).writerow([row.line, row.column, row.reason, *self._cells(row)])

    def keep(self) -> Path | None:
        """Put the file in place and return its path, or ``None`` when no row was rejected."""
        if self._file is None:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        self._partial.replace(self.path)
        return self.path

    def discard(self) -> None:
        """Remove what was written, unless it was kept."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._partial.unlink(missing_ok=True)

    def _begin(self) -> TextIO:
        try:
            descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise Failed(
                "unwritable_rejected_file",
                _("cannot write {file}: {why}").format(file=self.path, why=error.strerror),
                hint=_("copy the list to a folder that can be written to and import it from there"),
            ) from error
        self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="", errors="backslashreplace")
        csv.writer(self._file).writerow(self._header)
        return self._file

    def _cells(self, row: BadRow) -> list[str]:
        """Return the cells under the kept columns; a row of another shape is given as it stands."""
        if len(row.cells) != self._width:
            return list(row.cells)
        return [row.cells[index] for index in self._kept]
