"""Re-reading: the finished files must hold the cleared lines, all of them and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from stdnum.iso7064 import mod_37_36

from gateway.api import OutputFormat
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.plugins import Registered, blame

_CODE = re.compile(rb"(?<![0-9A-Z])G[0-9A-HJKMNP-TV-Z]{10}[0-9A-Z](?![0-9A-Z])")
_CHUNK = 50_000

_Codes = npt.NDArray[np.bytes_]


def require_same_lines(
    registered: Registered[OutputFormat[Any]],
    folder: Path,
    names: list[str],
    codes: LineCodes,
    serial: int,
    numbers: npt.NDArray[np.int64],
) -> None:
    """Compare the line codes found in the files with those of the cleared lines.

    Raises ``Refused`` for a missing, foreign or doubled line, and for files that nothing can read back.
    """
    expected = np.sort(_packed(codes.encode(serial, numbers)))
    if registered.item.read_back is not None:
        with blame(registered.plugin, registered.item.name):
            found = np.sort(_packed(registered.item.read_back(folder)))
        if len(found) != len(np.unique(found)):
            raise _differing(registered, "doubled")
    else:
        found = np.unique(_packed(_scan(registered, folder, names)))
    if not np.isin(found, expected).all():
        raise _differing(registered, "foreign")
    if len(found) != len(expected):
        raise _differing(registered, "missing")


def _packed(codes: Iterable[str]) -> _Codes:
    """Hold many codes in 12 bytes each."""
    remaining = iter(codes)
    blocks: list[_Codes] = []
    while chunk := list(islice(remaining, _CHUNK)):
        blocks.append(np.array([code.encode("ascii", "replace") for code in chunk], dtype="S12"))
    return np.concatenate(blocks) if blocks else np.empty(0, dtype="S12")


def _scan(registered: Registered[OutputFormat[Any]], folder: Path, names: list[str]) -> Iterator[str]:
    """Find line codes in text files; a binary file cannot be judged and is refused."""
    for name in names:
        with (folder / name).open("rb") as handle:
            for text in handle:
                if b"\0" in text or text.startswith(b"%PDF"):
                    raise _unreadable(registered, name)
                for match in _CODE.finditer(text):
                    code = match[0].decode("ascii")
                    if mod_37_36.is_valid(code):
                        yield code


def _unreadable(registered: Registered[OutputFormat[Any]], name: str) -> Refused:
    return Refused(
        "cannot_read_back",
        _("{plugin}: the file {name} is binary and the format {format} cannot read it back").format(
            plugin=registered.plugin.title, name=name, format=registered.item.name
        ),
        hint=_("its author must provide read_back"),
    )


def _differing(registered: Registered[OutputFormat[Any]], how: str) -> Refused:
    texts = {
        "missing": _("lines are missing from the files"),
        "foreign": _("the files hold lines that were not cleared"),
        "doubled": _("the files hold a line twice"),
    }
    return Refused(
        f"lines_{how}",
        _("{plugin}: {what}").format(plugin=registered.plugin.title, what=texts[how]),
        hint=_("nothing was released; report it to the author of the format {name}").format(
            name=registered.item.name
        ),
    )
