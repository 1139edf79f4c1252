"""Every shipped profile, read back by other readers than the plugin's and compared cell by cell."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

import openpyxl
import pytest

from gateway.testing.batch import line_code
from gateway_calls.options import CallOptions, items
from gateway_calls.profile import Column, Profile, shipped_profiles
from tests.calls.batch import line, write
from tests.calls.vicidial_loader import load

LINES = [
    line(0),
    line(1, phones=("+819012345678", "+81312345678"), name="佐藤 花子", kana="サトウ ハナコ"),
    line(2, phones=("+81476321234",), name='見本,商店"本店', company="株式会社見本", kana=""),
]
TEXT = [
    name
    for name, profile in shipped_profiles().items()
    if profile.kind == "csv" and profile.quoting != "none"
]

PHONES = {
    "e164": ["+81334600000", "+819012345678", "+81476321234"],
    "e164_noplus": ["81334600000", "819012345678", "81476321234"],
    "national_hyphen": ["03-3460-0000", "090-1234-5678", "0476-32-1234"],
    "national_digits": ["0334600000", "09012345678", "0476321234"],
    "nsn": ["334600000", "9012345678", "476321234"],
}


@pytest.mark.parametrize("name", TEXT)
def test_a_csv_reader_finds_the_same_cells(name: str, tmp_path: Path) -> None:
    profile = shipped_profiles()[name]
    batch = write(tmp_path, LINES, profile=name)
    assert batch.refused == {}
    (path,) = tmp_path.iterdir()
    with path.open(encoding=profile.encoding, newline="") as file:
        rows = list(csv.DictReader(file, delimiter=profile.delimiter, strict=True))
    by_value = {column.value: column.name for column in profile.columns}
    assert [row[by_value["code"]] for row in rows] == [line_code(number) for number in range(3)]
    assert [row[by_value["phone1"]] for row in rows] == PHONES[profile.phone_style]
    if "name" in by_value:
        assert [row[by_value["name"]] for row in rows] == [each.name for each in LINES]
    if "family_name" in by_value:
        assert [row[by_value["family_name"]] for row in rows] == ["見本", "佐藤", '見本,商店"本店']
        assert [row[by_value["given_name"]] for row in rows] == ["太郎", "花子", ""]
    if "kana" in by_value:
        assert [row[by_value["kana"]] for row in rows] == [each.kana for each in LINES]
    if "phone2" in by_value:
        assert rows[1][by_value["phone2"]] == {"e164": "+81312345678", "national_digits": "0312345678"}.get(
            profile.phone_style, "03-1234-5678"
        )


@pytest.mark.parametrize("name", [name for name in TEXT if shipped_profiles()[name].encoding == "utf-8"])
def test_polars_finds_the_same_cells(name: str, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    write(tmp_path, LINES, profile=name)
    (path,) = tmp_path.iterdir()
    table = polars.read_csv(path, infer_schema=False).fill_null("")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [table.columns, *map(list, table.rows())] == rows


def test_a_workbook_holds_text_in_every_cell(tmp_path: Path) -> None:
    lines = [*LINES, line(3, name="=1+1", kana="1-2-3")]
    write(tmp_path, lines, profile="xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "calls.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    assert all(
        cell.data_type == "s" and cell.number_format == "@" for row in rows for cell in row if cell.value
    )
    assert [row[0].value for row in rows] == [each.name for each in lines]
    assert [row[2].value for row in rows[:3]] == PHONES["national_hyphen"]
    assert [row[-1].value for row in rows] == [each.code for each in lines]


def test_vicidial_loads_25_fields_within_their_widths(tmp_path: Path) -> None:
    batch = write(tmp_path, LINES, profile="vicidial", address=True, list_id=999)
    assert list(batch.held.values()) == ["forbidden_character"]
    leads = load(tmp_path / "calls.txt")
    assert [lead["vendor_lead_code"] for lead in leads] == [line_code(0), line_code(1)]
    assert leads[1] == {
        **dict.fromkeys(leads[1], ""),
        "vendor_lead_code": line_code(1),
        "source_id": "D0000001",
        "list_id": "999",
        "phone_code": "81",
        "phone_number": "9012345678",
        "first_name": "花子",
        "last_name": "佐藤",
        "address1": "渋谷1丁目2番3号",
        "address2": "見本ビル101",
        "city": "渋谷区",
        "province": "東京都",
        "postal_code": "1500002",
        "country_code": "JPN",
        "gender": "U",
        "alt_phone": "312345678",
        "comments": "サトウ ハナコ",
    }


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
