"""Whatever a person's data hold: no broken row, no injected cell, nothing changed in silence, in any profile."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.api import Address, Line
from gateway_calls.profile import Profile, shipped_profiles
from tests.calls.batch import ADDRESS, line, write
from tests.calls.vicidial_loader import FIELDS, load

NASTY = st.text(
    st.one_of(
        st.sampled_from(
            "=+-@＝＋－＠\t\r\n\"'|;,\\` \u3000\u00a0\x00\x1b\u2028\u202e\ufeff\ud83d\udc00𠮷鷗é\u2014〜_x"
        ),
        st.characters(),
        st.sampled_from("見本太郎山田ミホン"),
    ),
    max_size=12,
)
TEXTS = st.one_of(
    NASTY, st.just("見本　太郎"), st.sampled_from(["長" * 5000, "長" * 40_000, "_x0041_", "#N/A"])
)
PEOPLE = st.lists(
    st.fixed_dictionaries({"name": TEXTS, "kana": TEXTS, "company": TEXTS}), min_size=1, max_size=5
)
DANGER = tuple("=+-@＝＋－＠\t\r\n")


def _of_address(part: Callable[[Address], str]) -> Callable[[Line], str]:
    return lambda each: part(each.address) if each.address else ""


TEXT_OF: dict[str, Callable[[Line], str]] = {
    "name": lambda each: each.name,
    "kana": lambda each: each.kana,
    "company": lambda each: each.company,
    "prefecture": _of_address(lambda address: address.prefecture),
    "city": _of_address(lambda address: address.city),
    "address": _of_address(lambda address: address.text),
    "address1": _of_address(lambda address: address.prefecture + address.city),
    "address2": _of_address(lambda address: address.town + address.after_town),
    "street": _of_address(lambda address: address.town + address.after_town),
    "building": _of_address(lambda address: address.building),
}


def _rows(name: str, profile: Profile, folder: Path) -> list[dict[str, str]]:
    """Read a file by a reader that knows nothing of the plugin."""
    paths = list(folder.iterdir())
    if not paths:
        return []
    if name == "vicidial":
        leads = load(paths[0])
        names = [column.name for column in profile.columns]
        return [dict(zip(names, (lead[field] for field in FIELDS), strict=True)) for lead in leads]
    if profile.kind == "xlsx":
        (header, *rows) = openpyxl.load_workbook(paths[0]).worksheets[0].iter_rows(values_only=True)
        return [{str(key): str(cell or "") for key, cell in zip(header, row, strict=True)} for row in rows]
    with paths[0].open(encoding=profile.encoding, newline="") as file:
        limit = csv.field_size_limit(1_000_000)
        try:
            return list(csv.DictReader(file, delimiter=profile.delimiter, strict=True))
        finally:
            csv.field_size_limit(limit)  # it is the whole process's, and other readers count on it


def _check(name: str, lines: list[Line]) -> None:
    """Write lines and compare each cell that holds a text with what its line holds."""
    profile = shipped_profiles()[name]
    guards = profile.mode == "human" and profile.kind == "csv"
    with tempfile.TemporaryDirectory() as folder:
        batch = write(Path(folder), lines, profile=name, address=True, email=True)
        rows = _rows(name, profile, Path(folder))
    left = list(batch)
    assert len(rows) == len(left)
    for row, each in zip(rows, left, strict=True):
        assert not any(character in cell for cell in row.values() for character in "\r\n\t\x00")
        for column in profile.columns:
            cell = row[column.name]
            if column.value in TEXT_OF:
                held = TEXT_OF[column.value](each) or column.text
                guarded = held.lstrip().startswith(DANGER)
                assert cell == (f"'{held}" if guarded and guards else held)
            if not column.is_phone and profile.kind == "csv":
                assert cell.lstrip()[:1] not in DANGER
        _compare_halves(profile, row, each)


def _compare_halves(profile: Profile, row: dict[str, str], each: Line) -> None:
    """Compare the parts of a name; the blanks between them are all that may be gone."""
    halves = {column.value: row[column.name] for column in profile.columns}
    if "family_name" in halves:
        joined = halves["family_name"] + halves["given_name"]
        assert joined.replace(" ", "").replace("\u3000", "") == each.name.replace(" ", "").replace(
            "\u3000", ""
        )


@pytest.mark.parametrize("name", shipped_profiles())
@given(people=PEOPLE)
@settings(max_examples=50, deadline=None)
def test_a_row_holds_just_what_its_line_holds(name: str, people: list[dict[str, str]]) -> None:
    _check(name, [line(number, **each) for number, each in enumerate(people)])


@pytest.mark.parametrize("name", shipped_profiles())
@given(city=NASTY, after=NASTY, building=TEXTS)
@settings(max_examples=30, deadline=None)
def test_an_address_is_written_as_it_is_or_not_at_all(
    name: str, city: str, after: str, building: str
) -> None:
    text = f"東京都{city}渋谷{after}"
    address = replace(ADDRESS, text=text, city=city, after_town=after, building=building)
    _check(name, [line(0), line(1, address=address)])
