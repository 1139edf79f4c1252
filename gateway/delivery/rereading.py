"""Re-reading: the finished files must hold the cleared lines, all of them and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from gateway.api import OutputFormat
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.line_code import Int64s, LineCodes
from gateway.plugins import Registered, blame

_CODE = re.compile(rb"(?<![0-9A-Z])G[0-9A-HJKMNP-TV-Z]{10}[0-9A-Z](?![0-9A-Z])")
_CHUNK = 50_000


def require_same_lines(
    registered: Registered[OutputFormat[Any]],
    folder: Path,
    names: list[str],
    codes: LineCodes,
    serial: int,
    numbers: Int64s,
) -> None:
    """Compare the line codes found in the files with those of the cleared lines, whose numbers are given in order.

    Raises ``Refused`` for a missing, foreign or doubled line, and for files that nothing can read back.
    """
    if registered.item.read_back is not None:
        with blame(registered.plugin, registered.item.name):
            found = _tick_off(registered.item.read_back(folder), codes, serial, numbers)
        if found.doubled:
            raise _differing(registered, "doubled")
        foreign = found.foreign or found.unreadable
    else:
        # In texts a code may come twice, and twelve characters may look like one by chance.
        found = _tick_off(_scan(registered, folder, names), codes, serial, numbers)
        foreign = found.foreign
    if foreign:
        raise _differing(registered, "foreign")
    if not found.complete:
        raise _differing(registered, "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the codes in the files have told, all together."""

    complete: bool
    doubled: bool
    foreign: bool
    unreadable: bool


def _tick_off(found: Iterable[str], codes: LineCodes, serial: int, numbers: Int64s) -> _Found:
    """Tick off the lines whose codes were found: one byte a line, be they millions."""
    ticked = np.zeros(len(numbers), dtype=np.bool_)
    doubled = foreign = unreadable = False
    remaining = iter(found)
    while chunk := list(islice(remaining, _CHUNK)):
        serials, wanted = codes.decode_many(chunk)
        read = serials >= 0
        places = np.searchsorted(numbers, wanted)
        mine = (serials == serial) & (places < len(numbers))
        mine[mine] = numbers[places[mine]] == wanted[mine]
        unreadable |= not read.all()
        foreign |= bool((read & ~mine).any())
        places = places[mine]
        doubled |= bool(ticked[places].any()) or len(np.unique(places)) != len(places)
        ticked[places] = True
    return _Found(complete=bool(ticked.all()), doubled=doubled, foreign=foreign, unreadable=unreadable)


def _scan(registered: Registered[OutputFormat[Any]], folder: Path, names: list[str]) -> Iterator[str]:
    """Find what looks like a line code in text files; a binary file cannot be judged and is refused."""
    for name in names:
        with (folder / name).open("rb") as handle:
            for text in handle:
                if b"\0" in text or text.startswith(b"%PDF"):
                    raise _unreadable(registered, name)
                for match in _CODE.finditer(text):
                    yield match[0].decode("ascii")


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
