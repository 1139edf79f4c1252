from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from gateway.api import OutcomeSummary, WrongUsage
from gateway_calls.command import calls
from gateway_calls.outcome_file import ReadOutcomes, read_outcomes
from tests.calls.batch import line, write

TODAY = date(2026, 11, 24)


def _read(folder: Path, text: str, *, encoding: str = "utf-8", **names: str) -> ReadOutcomes:
    path = folder / "results.csv"
    path.write_bytes(text.encode(encoding))
    return read_outcomes(path, names=names, today=TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_japanese_file_is_understood(encoding: str, tmp_path: Path) -> None:
    text = "管理番号,架電結果,架電日\r\nG1,拒否,2026/11/20\r\nG2,番号違い,\r\nG3,通話,2026-11-21 10:00\r\nG4,不在,\r\n"
    read = _read(tmp_path, text, encoding=encoding)
    assert [(each.line_code, each.kind, each.on.day) for each in read.outcomes] == [
        ("G1", "refused", 20),
        ("G2", "wrong_number", 24),
        ("G3", "reached", 21),
    ]
    assert (read.ignored, read.unknown) == (1, {})


def test_vicidial_s_export_is_understood_with_its_own_names(tmp_path: Path) -> None:
    text = "call_date\tphone_number\tvendor_lead_code\tstatus\n2026-11-20 09:00:00\t312345678\tG1\tNI\n"
    (found,) = _read(tmp_path, text, NI="refused").outcomes
    assert (found.line_code, found.kind, found.phone) == ("G1", "refused", "312345678")


def test_a_workbook_that_callers_have_filled_in_is_understood(tmp_path: Path) -> None:
    batch = write(tmp_path, [line(0), line(1), line(2)], profile="xlsx")
    book = openpyxl.load_workbook(tmp_path / "calls.xlsx")
    sheet = book.worksheets[0]
    width = sheet.max_column
    for place, cells in enumerate(
        [("結果", "架電日"), ("拒否", date(2026, 11, 20)), ("不在", ""), ("番号違い", "2026/11/21")], 1
    ):
        sheet.cell(place, width + 1, cells[0])
        sheet.cell(place, width + 2, cells[1])
    book.save(tmp_path / "calls.xlsx")
    read = read_outcomes(tmp_path / "calls.xlsx", names={}, today=TODAY)
    codes = [each.code for each in batch]
    assert [(each.line_code, each.kind, each.on.day) for each in read.outcomes] == [
        (codes[0], "refused", 20),
        (codes[2], "wrong_number", 21),
    ]
    assert (read.ignored, read.lines) == (1, [2, 4])


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(WrongUsage) as caught:
        read_outcomes(path, names={}, today=TODAY)
    assert caught.value.code == "unreadable_file"


def test_what_is_not_understood_is_listed_by_its_line(tmp_path: Path) -> None:
    text = "line_code,outcome,on\nG1,perhaps,\nG2,refused,yesterday\nG3,refused,2027-01-01\n\nG4,refused,\n"
    read = _read(tmp_path, text)
    assert read.unknown == {2: "unknown_outcome", 3: "bad_date", 4: "bad_date"}
    assert [each.line_code for each in read.outcomes] == ["G4"]
    assert read.lines == [6]


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b\n1,2\n", "no_known_column"), ("", "no_known_column"), ("line_code,x\n", "no_known_column")],
)
def test_a_file_without_codes_or_results_is_refused(text: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as caught:
        _read(tmp_path, text)
    assert caught.value.code == code


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as caught:
        read_outcomes(tmp_path / "none.csv", names={}, today=TODAY)
    assert caught.value.code == "unreadable_file"


@dataclass
class _Session:
    """A session whose services take notes."""

    given: list[object] = field(default_factory=list)
    rejected: Mapping[int, str] = field(default_factory=dict)

    def services(self) -> _Session:
        return self

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 20, 0, tzinfo=UTC)

    def report_outcomes(self, outcomes: list[object], **how: object) -> OutcomeSummary:
        self.given += [outcomes, how]
        return OutcomeSummary(refused=1, wrong_numbers=0, reached=0, known=0, rejected=self.rejected)


def test_the_command_tells_lines_and_reasons(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("line_code,outcome\nG1,refused\nG2,refused\nG3,?\n", encoding="utf-8")
    session = _Session(rejected={1: "unknown_line_code"})
    result = CliRunner().invoke(calls, ["outcome", str(path), "--refused", "all", "--json"], obj=session)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "rows": 3,
        "refused": 1,
        "wrong_numbers": 0,
        "reached": 0,
        "known": 0,
        "ignored": 0,
        "rejected": 2,
        "reasons": {"unknown_line_code": 1, "unknown_outcome": 1},
    }
    assert result.stderr.splitlines() == [
        "results.csv, line 3: unknown_line_code",
        "results.csv, line 4: unknown_outcome",
    ]
    outcomes, how = session.given
    assert how["refused"] == "opt_out"  # type: ignore[index]
    assert outcomes[0].on == TODAY  # type: ignore[index]


def test_the_command_lists_the_profiles() -> None:
    result = CliRunner().invoke(calls, ["profiles", "--json"])
    assert {json.loads(text)["name"] for text in result.stdout.splitlines()} >= {
        "excel-ja",
        "vicidial",
        "kintone",
    }


def test_a_result_that_means_nothing_known_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(calls, ["outcome", "x.csv", "--as", "NI=maybe"], obj=_Session())
    assert isinstance(result.exception, WrongUsage)
