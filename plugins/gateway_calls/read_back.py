"""Read finished files by their profile, independently of what wrote them, and compare codes, numbers and rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from gateway.api import Refused
from gateway.i18n import _
from gateway_calls.numbers import e164_of_cell
from gateway_calls.profile import Profile
from gateway_calls.proof import Proof, Proofs, evidence
from gateway_calls.workbook_rows import workbook_rows

_CHUNK = 4096
Row = Sequence[str]


def read_back(folder: Path, proofs: Proofs) -> Iterator[str]:
    """Yield the line code of every row; ``Refused`` where a file does not hold what was given to be written."""
    proof = proofs.take(folder)
    if proof is None:
        raise _differing(_("nothing was written into this folder"))
    profile = proof.profile
    again = Proof(profile=profile)
    code_place = [column.value for column in profile.columns].index("code")
    phone_places = [place for place, column in enumerate(profile.columns) if column.is_phone]
    for name, count in proof.rows.items():
        rows = _rows(folder / name, profile)
        found = 0
        while chunk := list(islice(rows, _CHUNK)):
            found += len(chunk)
            codes = [row[code_place] for row in chunk]
            numbers = [
                [e164_of_cell(row[place], profile.phone_style) for row in chunk] for place in phone_places
            ]
            again.add(evidence(codes, numbers))
            yield from codes
        if found != count:
            raise _differing(
                _("{name} holds {found} rows instead of {count}").format(name=name, found=found, count=count)
            )
    if again.value() != proof.value():
        raise _differing(_("codes or phone numbers are not those that were to be written"))


def _rows(path: Path, profile: Profile) -> Iterator[Row]:
    rows = _workbook_rows(path, profile) if profile.kind == "xlsx" else _text_rows(path, profile)
    if profile.header and list(next(rows, ())) != [column.name for column in profile.columns]:
        raise _differing(_("{name} has another header").format(name=path.name))
    width = len(profile.columns)
    for row in rows:
        if len(row) != width:
            raise _differing(
                _("{name} has a row of {found} fields instead of {count}").format(
                    name=path.name, found=len(row), count=width
                )
            )
        yield row


def _text_rows(path: Path, profile: Profile) -> Iterator[Row]:
    with path.open(encoding=profile.encoding, newline="") as file:
        if profile.quoting == "none":
            for text in file:
                yield text.removesuffix("\n").removesuffix("\r").split(profile.delimiter)
            return
        try:
            yield from csv.reader(file, delimiter=profile.delimiter, strict=True)
        except csv.Error as error:
            raise _differing(_("{name} is no CSV").format(name=path.name)) from error


def _workbook_rows(path: Path, profile: Profile) -> Iterator[Row]:
    try:
        yield from workbook_rows(path, len(profile.columns))
    except (ValueError, KeyError, BadZipFile, ParseError) as error:
        raise _differing(_("{name} is no workbook of texts").format(name=path.name)) from error


def _differing(what: str) -> Refused:
    return Refused(
        "file_differs",
        _("the finished call file is wrong: {what}").format(what=what),
        hint=_("nothing was released; report it to the author of the format calls"),
    )
