"""Whatever a name holds: no broken row, no injected cell, nothing changed in silence."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_calls.profile import shipped_profiles
from tests.calls.batch import ADDRESS, line, write
from tests.calls.vicidial_loader import load

NASTY = st.text(
    st.one_of(
        st.sampled_from(
            "=+-@＝＋－＠\t\r\n\"'|;,\\` \u3000\u00a0\x00\x1b\u2028\u202e\ufeff\ud83d\udc00𠮷鷗é\u2014〜"
        ),
        st.characters(),
        st.sampled_from("見本太郎山田ミホン"),
    ),
    max_size=12,
)
NAMES = st.lists(st.one_of(NASTY, st.just("見本　太郎"), st.just("長" * 5000)), min_size=1, max_size=6)
DANGER = tuple("=+-@＝＋－＠\t\r\n")


def _rows(profile: str, folder: Path) -> list[dict[str, str]]:
    found = shipped_profiles()[profile]
    paths = list(folder.iterdir())
    if not paths:
        return []
    if profile == "vicidial":
        return load(paths[0])
    with paths[0].open(encoding=found.encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=found.delimiter, strict=True))


@pytest.mark.parametrize(
    ("profile", "name", "kana"),
    [
        ("excel-ja", "氏名", "フリガナ"),
        ("generic-e164", "name", "kana"),
        ("kintone", "氏名", "フリガナ"),
        ("scenelive", "氏名", "フリガナ"),
    ],
)
@given(names=NAMES)
@settings(max_examples=25, deadline=None)
def test_a_row_holds_just_what_its_line_holds(profile: str, name: str, kana: str, names: list[str]) -> None:
    lines = [line(number, name=each, kana=names[0]) for number, each in enumerate(names)]
    human = shipped_profiles()[profile].mode == "human"
    with tempfile.TemporaryDirectory() as folder:
        batch = write(Path(folder), lines, profile=profile)
        rows = _rows(profile, Path(folder))
    left = list(batch)
    assert len(rows) == len(left)
    for row, each in zip(rows, left, strict=True):
        for cell, given_text in ((row[name], each.name), (row[kana], each.kana)):
            guarded = given_text.lstrip().startswith(DANGER)
            assert cell == (f"'{given_text}" if guarded and human else given_text)
            assert human or not guarded
            assert cell.lstrip()[:1] not in DANGER
            assert not any(character in cell for character in "\r\n\t\x00")


@given(names=NAMES)
@settings(max_examples=25, deadline=None)
def test_vicidial_stores_just_what_its_line_holds(names: list[str]) -> None:
    lines = [line(number, name="見本", kana=each) for number, each in enumerate(names)]
    with tempfile.TemporaryDirectory() as folder:
        batch = write(Path(folder), lines, profile="vicidial")
        leads = _rows("vicidial", Path(folder))
    left = list(batch)
    assert [lead["comments"] for lead in leads] == [each.kana for each in left]
    assert all(lead["last_name"] == "見本" for lead in leads)


@given(text=NASTY, building=NASTY)
@settings(max_examples=25, deadline=None)
def test_an_address_is_written_as_it_is_or_not_at_all(text: str, building: str) -> None:
    address = replace(ADDRESS, text=text, building=building)
    lines = [line(0), line(1, address=address)]
    with tempfile.TemporaryDirectory() as folder:
        batch = write(Path(folder), lines, profile="kintone", address=True)
        rows = _rows("kintone", Path(folder))
    assert (rows[0]["住所"], rows[0]["建物名"]) == (ADDRESS.text, ADDRESS.building)
    if lines[1].code in batch.held:
        assert len(rows) == 1
    else:
        assert (rows[1]["住所"], rows[1]["建物名"]) == (text, building)
        assert not any(cell.lstrip().startswith(DANGER) for cell in (text, building))
