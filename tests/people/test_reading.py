"""Files of people: what is read, what is set apart, and what is refused as a whole."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.errors import WrongUsage
from gateway.people.person import Person
from gateway.people.reading import LONGEST_CELL, read_people
from gateway.people.reading_csv import MOST_LINES, MOST_ROWS
from gateway.people.reading_rows import BadRow

NAIVE_TIME = datetime(2024, 4, 1, 9, 30)  # noqa: DTZ001 - a workbook knows no time zones
Rows = tuple[list[Person], list[int], list[BadRow]]


def read(path: Path, encoding: str | None = None) -> Rows:
    people: list[Person] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for block in read_people(path, encoding).blocks():
        people += block.people
        lines += block.lines
        bad += block.bad
    return people, lines, bad


def read_bytes(folder: Path, content: bytes, encoding: str | None = None) -> Rows:
    path = folder / "people.csv"
    path.write_bytes(content)
    return read(path, encoding)


def faults(bad: list[BadRow]) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.reason) for row in bad]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_the_encoding_is_detected(tmp_path: Path, encoding: str) -> None:
    text = "氏名,住所\n髙﨑　一郎,東京都①\n"
    people, _lines, bad = read_bytes(tmp_path, text.encode(encoding))
    assert (people[0].name, people[0].address, bad) == ("髙﨑　一郎", "東京都①", [])


def test_half_width_katakana_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    people, _lines, _bad = read_bytes(tmp_path, "name,address\nﾔﾏﾀﾞ ﾀﾛｳ,ﾄｳｷｮｳﾄ\nｽｽﾞｷ,ｵｵｻｶ\n".encode("cp932"))
    assert [person.name for person in people] == ["ﾔﾏﾀﾞ ﾀﾛｳ", "ｽｽﾞｷ"]


def test_a_given_encoding_overrides_the_detection(tmp_path: Path) -> None:
    people, _lines, _bad = read_bytes(tmp_path, "氏名\n山田\n".encode("euc_jp"), "euc_jp")
    assert people[0].name == "山田"


def test_shift_jis_means_what_japanese_files_mean_by_it(tmp_path: Path) -> None:
    people, _lines, _bad = read_bytes(tmp_path, "氏名\n髙﨑\n".encode("cp932"), "shift_jis")
    assert people[0].name == "髙﨑"


def test_one_damaged_byte_costs_one_row_of_a_utf8_file(tmp_path: Path) -> None:
    content = "name,address\n山田,東京\n".encode() + b"\xe6\x9d,x\n" + "鈴木,大阪\n".encode()
    people, lines, bad = read_bytes(tmp_path, content)
    assert [person.name for person in people] == ["山田", "鈴木"]
    assert (lines, faults(bad)) == ([2, 4], [(3, "name", "undecodable")])


def test_one_damaged_byte_costs_one_row_of_a_cp932_file(tmp_path: Path) -> None:
    content = "氏名,住所\n山田,東京\n鈴木,".encode("cp932") + b"\x81\n" + "佐藤,大阪\n".encode("cp932")
    people, _lines, bad = read_bytes(tmp_path, content)
    assert [person.name for person in people] == ["山田", "佐藤"]
    assert faults(bad) == [(3, "住所", "undecodable")]


def test_a_byte_that_cp932_hides_in_a_private_character_is_undecodable(tmp_path: Path) -> None:
    _people, _lines, bad = read_bytes(tmp_path, "氏名\n鈴木\n".encode("cp932") + b"x\xfd\n")
    assert faults(bad) == [(3, "氏名", "undecodable")]


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        (b"", None, "empty_input"),
        (b"\n\n", None, "empty_input"),
        (b"name,phone\n", None, "empty_input"),
        (b"PK\x03\x04rest", None, "unreadable_input"),
        (b"\x00\x01\x02name\nx\n", None, "unreadable_input"),
        (b"name\n\x81\n\x82\n", None, "unreadable_input"),
        ("name\n山田太郎\n鈴木\n".encode("euc_jp"), None, "unreadable_input"),
        ("氏名\n山田\n".encode("cp932"), "utf-8", "unreadable_input"),
        ("氏名\n山田\n".encode("utf-16")[:-1], None, "unreadable_input"),
        (b"name\nx\n", "klingon", "unknown_encoding"),
        (b'"name\nx\n', None, "unreadable_input"),
        (b"a,b\nx,y\n", None, "no_known_column"),
    ],
    ids=[
        "empty", "blank", "no rows", "xlsx", "binary", "neither", "euc", "wrong encoding", "odd utf-16", "unknown", "header", "columns",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, content: bytes, encoding: str | None, code: str
) -> None:
    with pytest.raises(WrongUsage) as raised:
        read_bytes(tmp_path, content, encoding)
    assert raised.value.code == code


def test_a_wrong_encoding_is_located_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="line 3 "):
        read_bytes(tmp_path, b"name\nx\n\x81\n\x82\n")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match=r"nowhere\.csv"):
        read(tmp_path / "nowhere.csv")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="cannot read"):
        read(tmp_path)


def test_tabs_between_cells_are_recognised(tmp_path: Path) -> None:
    people, _lines, _bad = read_bytes(tmp_path, "氏名\t電話番号\n山田, 太郎\t03-1111-2222\n".encode())
    assert (people[0].name, people[0].phones) == (
        "山田, 太郎",
        ("03-1111-2222",),
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_any_newline_ends_a_row(tmp_path: Path, newline: str) -> None:
    people, _lines, bad = read_bytes(tmp_path, newline.join(["name,phone", "a,1", "b,2"]).encode())
    assert ([person.name for person in people], bad) == (["a", "b"], [])


def test_a_newline_inside_quotes_becomes_a_blank(tmp_path: Path) -> None:
    people, lines, _bad = read_bytes(tmp_path, '氏名,住所\n山田,"東京都\r\n北沢"\n鈴木,大阪\n'.encode())
    assert [person.address for person in people] == ["東京都 北沢", "大阪"]
    assert lines == [2, 4]


def test_blank_lines_are_skipped(tmp_path: Path) -> None:
    _people, lines, bad = read_bytes(tmp_path, b"\nname\n\na\n\nb\n")
    assert (lines, bad) == ([4, 6], [])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("a", (3, "", "too_few_cells")),
        ("a,1,x,y", (3, "", "too_many_cells")),
        ("a\x00b,1,x", (3, "name", "control_character")),
        ("a,1,x\x1fy", (3, "note", "control_character")),
        (f"a,{'1' * (LONGEST_CELL + 1)},x", (3, "phone", "too_long")),
        (",,x", (3, "", "no_name_phone_or_email")),
        (",,", (3, "", "no_name_phone_or_email")),
        ('"a"b,1,x', (3, "", "broken_quotes")),
        ('"a,1,x', (3, "", "broken_quotes")),
        ('a"b,"1,x', (3, "", "broken_quotes")),
        (f'"{"x" * 200_000}",1,x', (3, "", "broken_quotes")),
    ],
    ids=[
        "few",
        "many",
        "nul",
        "unit",
        "long",
        "nobody",
        "empty",
        "after quote",
        "open",
        "open later",
        "huge",
    ],
)
def test_a_bad_row_is_set_apart_and_stops_no_other(
    tmp_path: Path, row: str, fault: tuple[int, str, str]
) -> None:
    content = f"name,phone,note\nfirst,1,x\n{row}\nlast,2,y\n" + "more,3,z\n" * (2 * MOST_LINES)
    people, lines, bad = read_bytes(tmp_path, content.encode())
    assert faults(bad) == [fault]
    assert [person.name for person in people][:2] == ["first", "last"]
    assert lines == [2, *range(4, 5 + 2 * MOST_LINES)]


def test_an_open_quote_in_the_last_row_is_a_bad_row(tmp_path: Path) -> None:
    people, _lines, bad = read_bytes(tmp_path, b'name,phone\na,1\nb,"2\n')
    assert ([person.name for person in people], faults(bad)) == (["a"], [(3, "", "broken_quotes")])


def test_a_quote_inside_an_unquoted_value_is_a_character(tmp_path: Path) -> None:
    people, _lines, bad = read_bytes(tmp_path, b'name,note\na,5" pipe\nb,y\n')
    assert (people[0].attributes["note"], len(people), bad) == ('5" pipe', 2, [])


def test_a_bad_row_keeps_its_cells_and_hides_them_in_its_repr(tmp_path: Path) -> None:
    _people, _lines, bad = read_bytes(tmp_path, b"name,phone\na,1\nsecret\n")
    assert bad[0].cells == ("secret",)
    assert "secret" not in repr(bad[0])


def test_a_value_under_a_nameless_column_is_a_bad_row(tmp_path: Path) -> None:
    people, _lines, bad = read_bytes(tmp_path, b"name,\na,\nb,x\n")
    assert (len(people), faults(bad)) == (1, [(3, "", "value_without_header")])


cells = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=20) | st.sampled_from(
    ['"', "a\nb", ","]
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=300), quote=st.booleans())
def test_whatever_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], quote: bool
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL)
    writer.writerow(["name", "note", "end"])
    writer.writerows([("x" + name, note, "") for name, note in rows])
    path = tmp_path_factory.mktemp("csv") / "people.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    read_rows = [row for block in read_people(path).blocks() for row in block.rows]
    assert read_rows == [["x" + name, note, ""] for name, note in rows]


def test_a_long_file_is_read_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(
        "name,note\n" + "".join(f'{n},"a{"x" * 40}\n{n}"\n' for n in range(40_000)), encoding="utf-8"
    )
    blocks = list(read_people(path).blocks())
    assert len(blocks) > 1
    assert [person.name for block in blocks for person in block.people] == [str(n) for n in range(40_000)]
    assert blocks[-1].lines[-1] == 2 + 2 * 39_999


def test_a_block_is_bounded_however_short_the_rows_are(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("name\n" + "a\n" * 100_000, encoding="utf-8")
    sizes = [len(block.people) for block in read_people(path).blocks()]
    assert (sum(sizes), max(sizes)) == (100_000, MOST_ROWS)


def save_workbook(path: Path, rows: list[list[object]]) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    workbook.save(path)


def test_a_workbook_is_read_with_numbers_and_dates_as_text(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    save_workbook(
        path,
        [
            ["氏名", "郵便番号", "携帯", "入会日", "時刻", "比率", "会員"],
            ["山田", 600001, 9012345678.0, date(2024, 4, 1), NAIVE_TIME, 0.5, True],
        ],
    )
    people, lines, bad = read(path)
    assert (people[0].postal_code, people[0].phones, lines, bad) == ("0600001", ("09012345678",), [2], [])
    assert people[0].attributes == {
        "入会日": "2024-04-01",
        "時刻": "2024-04-01 09:30:00",
        "比率": "0.5",
        "会員": "TRUE",
    }


def test_a_workbooks_ragged_rows_are_told_from_short_ones(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    save_workbook(path, [[], ["氏名", "備考"], ["山田"], [], ["鈴木", "x", "y"], ["佐藤", None, ""]])
    people, lines, bad = read(path)
    assert ([person.name for person in people], lines) == (["山田", "佐藤"], [3, 6])
    assert faults(bad) == [(5, "", "too_many_cells")]


@pytest.mark.parametrize(
    ("phone", "read_as"),
    [
        ("9012345678", "09012345678"),
        ("312345678", "0312345678"),
        ("0312345678", "0312345678"),
        ("12345678", "12345678"),
        ("090-1234-5678", "090-1234-5678"),
        ("81312345678", "81312345678"),
    ],
)
def test_the_zero_that_a_spreadsheet_took_is_put_back(tmp_path: Path, phone: str, read_as: str) -> None:
    people, _lines, _bad = read_bytes(tmp_path, f"name,phone\na,{phone}\n".encode())
    assert people[0].phones == (read_as,)


@pytest.mark.parametrize("rows", [[], [["氏名"]]], ids=["nothing", "header only"])
def test_an_empty_workbook_is_refused(tmp_path: Path, rows: list[list[object]]) -> None:
    path = tmp_path / "people.xlsx"
    save_workbook(path, rows)
    with pytest.raises(WrongUsage) as raised:
        read(path)
    assert raised.value.code == "empty_input"


@pytest.mark.parametrize("name", ["people.xlsx", "people.parquet"])
@pytest.mark.parametrize(
    "content", [b"", b"name\nx\n", b"PK\x03\x04" + b"x" * 100], ids=["empty", "text", "cut"]
)
def test_a_damaged_binary_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongUsage) as raised:
        read(tmp_path / name)
    assert raised.value.code == "unreadable_input"


def test_a_parquet_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    table = pyarrow.table(
        {
            "name": ["山田", "鈴木", None],
            "phone": [312345678, None, None],
            "joined": [date(2024, 4, 1), None, None],
        }
    )
    pyarrow.parquet.write_table(table, path)
    people, lines, bad = read(path)
    assert [(person.name, person.phones) for person in people] == [("山田", ("0312345678",)), ("鈴木", ())]
    assert (people[0].attributes, lines) == ({"joined": "2024-04-01"}, [1, 2])
    assert faults(bad) == [(3, "", "no_name_phone_or_email")]


def test_a_parquet_column_of_lists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"name": ["a"], "tags": [["x", "y"]]}), path)
    with pytest.raises(WrongUsage, match="tags"):
        read(path)
