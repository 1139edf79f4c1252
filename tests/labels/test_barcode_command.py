"""``gateway barcode``, through its command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.errors import WrongUsage
from gateway_labels.command import barcode

DATA = Path(__file__).parent.parent / "data"
ADDED = ["status", "reason", "address_number", "payload20", "check_digit", "bars"]
BARS = "FDFFTFTTFTTFTTFTTFFTDFAFFTTFTDFATFTFDATFTFTFFTTDFATDATDATDATDATFFDF"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(barcode, [str(argument) for argument in arguments])


def table(result: Result) -> list[dict[str, str]]:
    assert result.exception is None
    return list(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8"), newline="")))


def file_with(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "addresses.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", ["cases", "hard_cases", "symbols"])
def test_every_published_row_comes_out_as_it_was_published(name: str) -> None:
    path = DATA / f"customer_barcode_{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    found = table(run("--csv", path))
    assert [{column: row[column] for column in expected[0]} for row in found] == expected


def test_expected_columns_are_not_needed_to_find_them(tmp_path: Path) -> None:
    with (DATA / "customer_barcode_cases.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if "symbol" not in row["kind"]]
    lines = [["id", "postal_code", "address_b"]] + [
        [row["id"], row["postal_code"], row["address_b"]] for row in expected
    ]
    path = tmp_path / "addresses.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    found = table(run("--csv", path))
    for column in ("id", "address_number", "payload20", "check_digit", "bars"):
        assert [row[column] for row in found] == [row[column] for row in expected]


def test_one_address_is_shown_as_one_row() -> None:
    assert table(run("100-0013", "1丁目3番2号 郵便プラザ503室")) == [
        {
            "postal_code": "100-0013",
            "address_b": "1丁目3番2号 郵便プラザ503室",
            "status": "printed",
            "reason": "",
            "address_number": "1-3-2-503",
            "payload20": "1 0 0 0 0 1 3 1 - 3 - 2 - 5 0 3 CC4 CC4 CC4 CC4",
            "check_digit": "9",
            "bars": BARS,
        }
    ]


def test_json_is_one_object_a_row() -> None:
    result = run("--json", "1000013", "1丁目3番2号 郵便プラザ503室")
    assert json.loads(result.stdout_bytes)["bars"] == BARS


@pytest.mark.parametrize(
    ("code", "text", "status", "reason", "number"),
    [
        pytest.param("0600000", "1条1-1", "none", "representative_code", "", id="representative code"),
        pytest.param("15", "1-2", "none", "invalid_code", "", id="malformed code"),
        pytest.param("1518600", "3-6-6", "code_only", "", "", id="individual number"),
        pytest.param("9808691", "私書箱215号", "printed", "", "215", id="box"),
        pytest.param("2280024", "6丁目3454", "printed", "", "6-3454", id="code in no table"),
        pytest.param("9808691", "1-2-3", "printed", "", "1-2-3", id="collective code, no box"),
    ],
)
def test_the_status_tells_what_was_done(code: str, text: str, status: str, reason: str, number: str) -> None:
    (row,) = table(run(code, text))
    assert (row["status"], row["reason"], row["address_number"]) == (status, reason, number)


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        pytest.param("2280024", "6丁目3454", "none", id="code in no table"),
        pytest.param("9808691", "1-2-3", "none", id="collective code, no box"),
        pytest.param("9808691", "215", "printed", id="box"),
        pytest.param("1500002", "1-2", "printed", id="town"),
    ],
)
def test_strictly_judged_unknown_codes_get_no_barcode(code: str, text: str, status: str) -> None:
    (row,) = table(run("--strict", code, text))
    assert row["status"] == status
    assert row["reason"] == ("unknown_code" if status == "none" else "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_the_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    path = file_with(tmp_path, "note,postal_code,address_b\n髙①,1500002,三丁目2番\n", encoding)
    (row,) = table(run("--csv", path))
    assert (row["note"], row["address_number"]) == ("髙①", "3-2")


def test_columns_keep_their_order_and_replace_those_of_the_same_name(tmp_path: Path) -> None:
    path = file_with(tmp_path, 'bars,address_b,note,postal_code\nold,1-2,"a ""b"",\nc",1500002\n')
    result = run("--csv", path)
    (row,) = table(result)
    assert list(row) == ["bars", "address_b", "note", "postal_code", *ADDED[:-1]]
    assert row["note"] == 'a "b",\nc'
    assert len(row["bars"]) == 67


def test_an_old_address_number_beside_an_address_is_made_anew(tmp_path: Path) -> None:
    path = file_with(tmp_path, "postal_code,address_b,address_number\n1500002,1-2,9-9\n")
    assert table(run("--csv", path))[0]["address_number"] == "1-2"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        pytest.param("1500002,1-2A,", "1-2A", id="no kind"),
        pytest.param("0600000,1-2A,symbol", "1-2A", id="a symbol is not looked up"),
        pytest.param("1500002,1-2A,private", "1-2A", id="a kind of someone else's"),
        pytest.param("0600000,1-2A,", "", id="a representative code"),
    ],
)
def test_a_number_without_an_address_is_encoded_as_it_stands(tmp_path: Path, line: str, number: str) -> None:
    path = file_with(tmp_path, f"postal_code,address_number,kind\n{line}\n")
    assert table(run("--csv", path))[0]["address_number"] == number


def test_a_short_row_is_filled_and_a_blank_line_skipped(tmp_path: Path) -> None:
    path = file_with(tmp_path, "postal_code,address_b,note\n1500002,1-2\n\n1500002\n")
    assert [row["address_number"] for row in table(run("--csv", path))] == ["1-2", ""]


def test_data_that_cannot_be_encoded_is_told_in_its_row(tmp_path: Path) -> None:
    path = file_with(tmp_path, "data\n１２３\n123-4a\n")
    bad, good = table(run("--csv", path))
    assert (bad["status"], bad["reason"], bad["bars"]) == ("none", "invalid_code", "")
    assert (good["status"], good["address_number"]) == ("printed", "123-4A")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty_file", id="empty"),
        pytest.param(b"postal_code,address_b\n", "no_rows", id="header alone"),
        pytest.param(b"\n\n", "no_known_column", id="blank lines alone"),
        pytest.param(b"name,town\na,b\n", "no_known_column", id="no known column"),
        pytest.param(b"postal_code\n1500002\n", "no_known_column", id="postal code alone"),
        pytest.param(b"postal_code,address_b,address_b\n1,2,3\n", "duplicate_column", id="a column twice"),
        pytest.param(b"postal_code,address_b\n1500002,1,2\n", "broken_row", id="too many values"),
        pytest.param(b'postal_code,address_b\n1500002,"1\n', "broken_row", id="open quote"),
        pytest.param(
            b"postal_code,address_b\n1500002,\x81\x20\n", "unknown_encoding", id="no known encoding"
        ),
    ],
)
def test_an_unusable_file_is_wrong_usage(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "addresses.csv"
    path.write_bytes(content)
    error = run("--csv", path).exception
    assert isinstance(error, WrongUsage)
    assert (error.code, error.exit_code) == (code, 2)
    assert "\n" not in error.message


def test_a_broken_row_is_named_by_its_line_and_not_shown(tmp_path: Path) -> None:
    error = run("--csv", file_with(tmp_path, "postal_code,address_b\n1500002,1\n1500002,987,654\n")).exception
    assert isinstance(error, WrongUsage)
    assert "line 3" in error.message
    assert "987" not in error.message


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--csv", "/nowhere/addresses.csv"], id="missing file"),
        pytest.param(["--csv", "/"], id="a folder"),
        pytest.param([], id="nothing given"),
        pytest.param(["--csv", "file.csv", "1500002"], id="both given"),
    ],
)
def test_wrong_arguments_are_wrong_usage(arguments: list[str]) -> None:
    assert isinstance(run(*arguments).exception, WrongUsage)
