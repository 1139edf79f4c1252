"""What cannot leave as it is holds its line back with a reason; nothing is changed in silence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gateway_calls.profile import Column, Profile
from tests.calls.batch import line, write


@pytest.mark.parametrize(
    "text",
    [
        "𠮷田",
        "森鷗外",
        "俠客",
        "Jos\u00e9",
        "葛\U000e0100",
        "a\u2014b",
        "ゔ",
        "ヷ",
        "\u301c",
        "\u2212",
        "\u00a5",
        "😀",
    ],
    ids=ascii,
)
def test_a_character_that_does_not_survive_cp932_holds_its_line(text: str, tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1, name=f"見本{text}"), line(2)])
    assert list(batch.held.values()) == ["not_in_encoding"]
    assert b"?" not in (tmp_path / "calls.csv").read_bytes()


@pytest.mark.parametrize("text", ["髙", "﨑", "彅", "德", "①", "㈱", "Ⅲ", "表ソ能予貼構欺圭", "～－ー"])
def test_what_cp932_has_comes_back_the_same(text: str, tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0, name=f"見本{text}")])
    assert not batch.held
    with (tmp_path / "calls.csv").open(encoding="cp932", newline="") as file:
        assert next(csv.DictReader(file))["氏名"] == f"見本{text}"


def test_a_substitute_is_taken_from_the_table_and_counted(tmp_path: Path) -> None:
    lines = [line(0, name="𠮷田　鷗"), line(1, name="葛\U000e0100城"), line(2, name="😀"), line(3)]
    batch = write(tmp_path, lines, unencodable="substitute")
    with (tmp_path / "calls.csv").open(encoding="cp932", newline="") as file:
        assert [row["氏名"] for row in csv.DictReader(file)] == ["吉田　鴎", "葛城", lines[3].name]
    assert batch.held == {lines[2].code: "not_in_encoding"}
    assert batch.reported == {
        "substituted:U+20BB7:U+5409": 1,
        "substituted:U+9DD7:U+9D0E": 1,
        "substituted:U+E0100:none": 1,
    }


def test_a_substitute_that_begins_a_formula_is_guarded(tmp_path: Path) -> None:
    write(tmp_path, [line(0, name="\u22121")], unencodable="substitute")
    with (tmp_path / "calls.csv").open(encoding="cp932", newline="") as file:
        assert next(csv.DictReader(file))["氏名"] == "'\uff0d1"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM", " =1", "\u3000=1", "\u00a0=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_people_s_spreadsheets_are_guarded_from_formulas(text: str, tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0, name=text)], encoding="utf-8-sig")
    with (tmp_path / "calls.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["氏名"] == f"'{text}"
    assert batch.reported["formula_guarded"] == 1


def test_a_guarded_formula_is_counted_once_beside_a_name_that_is_replaced(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0, name="=1+1"), line(1, name="𠮷田")], unencodable="substitute")
    assert batch.reported == {"formula_guarded": 1, "substituted:U+20BB7:U+5409": 1}


def test_a_replacement_in_a_line_that_stays_out_is_not_counted(tmp_path: Path) -> None:
    lines = [line(0), line(1, name="𠮷田", kana="😀")]
    batch = write(tmp_path, lines, unencodable="substitute")
    assert (batch.reported, len(batch.held)) == ({}, 1)


@pytest.mark.parametrize("text", FORMULAS)
def test_machines_never_get_a_prefix_and_never_a_formula(text: str, tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1, name=text)], profile="generic-e164")
    assert list(batch.held.values()) == ["formula_in_text"]
    assert b"'" not in (tmp_path / "calls.csv").read_bytes()


def test_e164_numbers_are_no_formulas(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0)], encoding="utf-8-sig", phone_style="e164")
    assert not batch.reported
    assert b'"+8133' in (tmp_path / "calls.csv").read_bytes()


@pytest.mark.parametrize("profile", ["excel-ja", "xlsx", "vicidial", "generic-e164"])
@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "a\rb",
        "a\tb",
        "\x00",
        "\x1b",
        "\x85",
        "\u2028",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\uffff",
        "\ud800",
    ],
    ids=ascii,
)
def test_no_control_character_leaves(text: str, profile: str, tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1, name=f"見本{text}太郎")], profile=profile)
    assert list(batch.held.values()) == ["control_character"]


def test_a_private_character_has_no_shape_elsewhere(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1, name="見本\ue000")])
    assert list(batch.held.values()) == ["private_character"]


@pytest.mark.parametrize("text", list('"`\\;|'))
def test_vicidial_never_gets_what_it_would_strip(text: str, tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1, name=f"見本{text}太郎")], profile="vicidial")
    assert list(batch.held.values()) == ["forbidden_character"]


def test_salesforce_s_null_is_no_name(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1, name="#N/A")], profile="salesforce-lead")
    assert list(batch.held.values()) == ["forbidden_character"]


def test_a_cell_wider_than_its_column_holds_its_line(tmp_path: Path) -> None:
    lines = [line(0, name="見" * 30), line(1, name="見" * 31)]
    batch = write(tmp_path, lines, profile="vicidial")
    assert batch.held == {lines[1].code: "too_wide"}


def test_a_row_longer_than_the_target_reads_holds_its_line(tmp_path: Path) -> None:
    short = Profile(
        columns=(
            Column(name="code", value="code"),
            Column(name="p", value="phone1"),
            Column(name="n", value="name"),
        ),
        row_bytes=60,
    )
    lines = [line(0, name="見" * 10), line(1, name="見" * 12)]
    batch = write(tmp_path, lines, profile="short", profiles={"short": short})
    assert batch.held == {lines[1].code: "row_too_long"}


def test_a_required_cell_that_is_empty_holds_its_line(tmp_path: Path) -> None:
    lines = [line(0), line(1, name="")]
    assert write(tmp_path, lines, profile="cotoha").refused == {lines[1].code: "missing_value"}


@pytest.mark.parametrize(
    ("phones", "reason"),
    [
        ((), "no_phone"),
        (("",), "no_phone"),
        (("110",), "no_callable_number"),
        (("03-0000-0000",), "no_callable_number"),
        (("+8133460",), "no_callable_number"),
        (("+12125550123",), "foreign_number"),
        (("+813346000\uff10\uff11",), "no_callable_number"),
        (("+8133460abcd",), "no_callable_number"),
    ],
    ids=ascii,
)
def test_a_person_without_a_number_to_call_is_refused(
    phones: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    lines = [line(0), line(1), line(2, phones=phones)]
    assert write(tmp_path, lines).refused == {lines[2].code: reason}


@pytest.mark.parametrize(
    ("phones", "reason"),
    [
        (("+81120123456",), "toll_free_number"),
        (("+818001234567",), "toll_free_number"),
        (("+81990123456",), "premium_number"),
        (("+81570123456",), "premium_number"),
        (("110", "+81120123456"), "toll_free_number"),
    ],
    ids=ascii,
)
def test_a_number_that_no_consumer_has_holds_its_line(
    phones: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    lines = [line(0), line(1), line(2, phones=phones)]
    batch = write(tmp_path, lines)
    assert (batch.held, batch.refused) == ({lines[2].code: reason}, {})


def test_another_number_of_the_person_is_called_instead(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0, phones=("+81120123456", "+81334600000", "x"))])
    assert len(batch) == 1
    assert batch.reported == {
        "number_left_out:toll_free_number": 1,
        "number_left_out:no_callable_number": 1,
    }


def test_companies_may_be_called_toll_free(tmp_path: Path) -> None:
    assert not write(tmp_path, [line(0, phones=("+81120123456",))], toll_free="allow").held


def test_e164_targets_take_numbers_abroad(tmp_path: Path) -> None:
    assert not write(tmp_path, [line(0, phones=("+442079460018",))], profile="generic-e164").refused


def test_nothing_is_written_when_nobody_can_be_called(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0, phones=())])
    assert len(batch.refused) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("profile", ["excel-ja", "xlsx"])
def test_a_cell_that_a_spreadsheet_would_cut_holds_its_line(profile: str, tmp_path: Path) -> None:
    lines = [line(0, name="見" * 32_767), line(1, name="見" * 32_768)]
    assert write(tmp_path, lines, profile=profile).held == {lines[1].code: "too_wide"}


def test_the_apostrophe_before_a_formula_counts_in_the_width(tmp_path: Path) -> None:
    narrow = Profile(
        columns=(
            Column(name="code", value="code"),
            Column(name="p", value="phone1"),
            Column(name="n", value="name", width=4),
        ),
        mode="human",
    )
    lines = [line(0, name="=1+1"), line(1, name="=1+"), line(2, name="見本太郎")]
    batch = write(tmp_path, lines, profile="narrow", profiles={"narrow": narrow})
    assert batch.held == {lines[0].code: "too_wide"}


def test_what_only_some_readers_of_workbooks_take_for_a_character_holds_its_line(tmp_path: Path) -> None:
    lines = [line(0, name="見本_x0041_"), line(1, name="見本_x"), line(2)]
    assert write(tmp_path, lines, profile="xlsx").held == {lines[0].code: "forbidden_character"}
