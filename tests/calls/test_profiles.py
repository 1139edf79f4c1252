"""What profiles do beyond the plain file: options, addresses, required cells, kinds of numbers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

import openpyxl
import pytest

from gateway_calls.options import CallOptions, items
from gateway_calls.profile import Column, Profile, shipped_profiles
from tests.calls.batch import line, write
from tests.calls.vicidial_loader import load


def test_a_workbook_holds_what_looks_like_a_formula_or_a_date_as_text(tmp_path: Path) -> None:
    write(tmp_path, [line(0, name="=1+1", kana="1-2-3")], profile="xlsx")
    (_header, row) = openpyxl.load_workbook(tmp_path / "calls.xlsx").worksheets[0].iter_rows()
    assert [(cell.value, cell.data_type) for cell in row[:2]] == [("=1+1", "s"), ("1-2-3", "s")]


def test_vicidial_gets_the_list_it_is_told(tmp_path: Path) -> None:
    write(tmp_path, [line(0)], profile="vicidial", list_id=999, source_id="autumn")
    (lead,) = load(tmp_path / "calls.txt")
    assert (lead["list_id"], lead["source_id"]) == ("999", "autumn")


def test_vicidial_keeps_its_fields_where_no_address_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, [line(0)], profile="vicidial")
    (lead,) = load(tmp_path / "calls.txt")
    assert (lead["province"], lead["city"], lead["postal_code"], lead["address1"]) == ("", "", "", "")


@pytest.mark.parametrize("name", shipped_profiles())
def test_no_profile_asks_for_address_or_email_by_itself(name: str) -> None:
    assert items(CallOptions(profile=name)).isdisjoint({"address", "email"})


@pytest.mark.parametrize("name", shipped_profiles())
def test_the_line_code_fits_its_column(name: str) -> None:
    (column,) = [column for column in shipped_profiles()[name].columns if column.value == "code"]
    assert column.width == 0 or column.width >= 12


def test_the_address_columns_stand_where_they_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, [line(0)], address=True)
    with (tmp_path / "calls.csv").open(encoding="cp932", newline="") as file:
        header, row = csv.reader(file)
    assert header[2:6] == ["〒", "住所1", "住所2", "住所3"]
    assert row[2:6] == ["150-0002", "東京都渋谷区", "渋谷1丁目2番3号", "見本ビル101"]


def test_the_excel_profile_is_also_to_be_had_in_utf8_with_its_mark(tmp_path: Path) -> None:
    write(tmp_path, [line(0, name="𠮷田　é")], encoding="utf-8-sig")
    data = (tmp_path / "calls.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1
    assert "𠮷田　é" in data.decode("utf-8-sig")


def test_columns_that_every_row_holds_are_the_hours_of_calling(tmp_path: Path) -> None:
    write(tmp_path, [line(0)], profile="generic-e164", call_from="10:00", call_until="18:30")
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["call_from"], row["call_until"]) == ("10:00", "18:30")


def test_a_company_that_salesforce_requires_is_filled_in_for_persons(tmp_path: Path) -> None:
    write(tmp_path, [line(0), line(1, company="見本商事")], profile="salesforce-lead")
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        assert [row["Company"] for row in csv.DictReader(file)] == ["個人", "見本商事"]


def test_numbers_stand_in_the_column_of_their_kind(tmp_path: Path) -> None:
    lines = [line(0, phones=("+81312345678", "+819012345678"))]
    write(tmp_path, lines, profile="salesforce-lead")
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["Phone"], row["MobilePhone"]) == ("+81312345678", "+819012345678")


@pytest.mark.parametrize("quoting", ["all", "minimal"])
def test_a_text_of_the_profile_is_quoted_like_any_cell(
    quoting: Literal["all", "minimal"], tmp_path: Path
) -> None:
    own = Profile(
        columns=(
            Column(name="code", value="code"),
            Column(name="a", text='6" pipe'),
            Column(name="b", text="x,y"),
            Column(name="c", text="plain"),
            Column(name="d", text="too"),
            Column(name="tel", value="phone1"),
        ),
        quoting=quoting,
    )
    write(tmp_path, [line(0), line(1)], profile="own", profiles={"own": own})
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert [list(row.values())[1:5] for row in rows] == [['6" pipe', "x,y", "plain", "too"]] * 2


def test_a_line_without_a_number_for_the_profile_s_columns_is_refused(tmp_path: Path) -> None:
    second = Profile(columns=(Column(name="code", value="code"), Column(name="tel", value="phone2")))
    lines = [line(0), line(1, phones=("+81312345678", "+819012345678"))]
    batch = write(tmp_path, lines, profile="second", profiles={"second": second})
    assert batch.refused == {lines[0].code: "no_callable_number"}


def test_a_number_abroad_stands_in_the_column_of_its_kind(tmp_path: Path) -> None:
    write(tmp_path, [line(0, phones=("+447400123456",))], profile="salesforce-lead")
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["MobilePhone"] == "+447400123456"
