from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.calls.batch import line, write


def _codes(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["管理番号"] for row in csv.DictReader(file)]


def test_cotoha_gets_a_thousand_rows_a_file_each_with_its_header(tmp_path: Path) -> None:
    lines = [line(number, phones=() if number % 100 == 7 else ("+81334600000",)) for number in range(2100)]
    batch = write(tmp_path, lines, profile="cotoha")
    parts = sorted(tmp_path.iterdir())
    assert [path.name for path in parts] == ["calls-001.csv", "calls-002.csv", "calls-003.csv"]
    assert [len(_codes(path)) for path in parts] == [1000, 1000, 79]
    assert [code for path in parts for code in _codes(path)] == [each.code for each in batch]


def test_a_delivery_that_fits_one_file_has_no_number(tmp_path: Path) -> None:
    write(tmp_path, [line(number) for number in range(1000)], profile="cotoha")
    assert [path.name for path in tmp_path.iterdir()] == ["calls.csv"]


@pytest.mark.parametrize("rows", [1, 3, 2048, 2049, 5000])
def test_parts_of_any_size_hold_everybody_once(rows: int, tmp_path: Path) -> None:
    lines = [line(number) for number in range(4100 if rows > 3 else 7)]
    write(tmp_path, lines, profile="kintone", rows_per_file=rows)
    assert [code for path in sorted(tmp_path.iterdir()) for code in _codes(path)] == [
        each.code for each in lines
    ]


def test_workbooks_come_in_parts_too(tmp_path: Path) -> None:
    write(tmp_path, [line(number) for number in range(5)], profile="xlsx", rows_per_file=2)
    parts = sorted(tmp_path.iterdir())
    assert [path.name for path in parts] == ["calls-001.xlsx", "calls-002.xlsx", "calls-003.xlsx"]
    assert [openpyxl.load_workbook(path).worksheets[0].max_row for path in parts] == [3, 3, 2]
