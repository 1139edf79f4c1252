"""``gateway check``: every row comes back in its place with a verdict, whatever it looks like."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.db.engine import reading
from gateway.db.tables import journal, record
from gateway.errors import WrongUsage
from gateway.people.person import Person
from gateway.suppression.check_files import CheckedFile, CheckedPairs
from tests.delivery import plain_format
from tests.delivery.shop import Shop, person


def write(folder: Path, *rows: str) -> Path:
    path = folder / "asked.csv"
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def row_of(someone: Person) -> str:
    return f"{someone.id},{someone.name},{someone.postal_code},{someone.address},{someone.phones[0]}"


def check(shop: Shop, *rows: str) -> tuple[list[str], list[dict[str, str]]]:
    path = write(shop.workspace.root, *rows)
    with reading(shop.engine) as connection:
        checked = CheckedFile(connection, shop.manager, path)
        return checked.header, list(checked.rows())


HEADER = "id,name,postal_code,address,phone"


def test_an_opted_out_person_is_suppressed_and_others_are_not(shop: Shop) -> None:
    shop.opt_out(person(2))
    _header, rows = check(shop, HEADER, *(row_of(person(number)) for number in range(4)))
    assert [row["verdict"] for row in rows] == ["deliver", "deliver", "suppress", "deliver"]
    assert rows[2]["optout_id"] == "O000001"
    assert rows[2]["rule"]
    assert rows[2]["why"]
    assert (rows[0]["optout_id"], rows[0]["rule"], rows[0]["why"]) == ("", "", "")


def test_a_lifted_opt_out_suppresses_nobody(shop: Shop) -> None:
    from gateway.suppression.register import lift_opt_out
    from tests.delivery.shop import NOW

    identifier = shop.opt_out(person(2))
    lift_opt_out(shop.engine, identifier, why="asked for it", actor="tester", now=NOW)
    _header, rows = check(shop, HEADER, row_of(person(2)))
    assert rows[0]["verdict"] == "deliver"


def test_checking_imports_and_records_nothing(shop: Shop) -> None:
    shop.opt_out(person(2))
    statements = [select(func.count()).select_from(table) for table in (record, journal)]
    with reading(shop.engine) as connection:
        before = [connection.execute(each).scalar_one() for each in statements]
    check(shop, HEADER, row_of(person(2)))
    with reading(shop.engine) as connection:
        assert [connection.execute(each).scalar_one() for each in statements] == before


def test_output_columns_replace_input_columns_of_the_same_name(shop: Shop) -> None:
    header, rows = check(
        shop, "verdict,why,name,phone,rule,note", "deliver,because,山田太郎,03-3460-0001,mine,見本"
    )
    assert header == ["name", "phone", "note", "verdict", "optout_id", "rule", "why"]
    assert {name: rows[0][name] for name in ("verdict", "why", "rule", "note")} == {
        "verdict": "deliver",
        "why": "",
        "rule": "",
        "note": "見本",
    }


def test_rows_keep_their_order_and_a_broken_one_is_held_in_its_place(shop: Shop) -> None:
    shop.opt_out(person(1))
    rows = [row_of(person(0)), "B1,only two", row_of(person(1)), ",,155-0031,somewhere,", row_of(person(2))]
    _header, found = check(shop, HEADER, *rows)
    assert [row["id"] for row in found] == ["P0000", "B1", "P0001", "", "P0002"]
    assert [row["verdict"] for row in found] == ["deliver", "review", "suppress", "review", "deliver"]
    assert {row["rule"] for row in found if row["verdict"] == "review"} == {"unreadable_row"}
    assert [row["why"] for row in found if row["verdict"] == "review"] == [
        "too_few_cells",
        "no_name_phone_or_email",
    ]


def test_the_counts_are_those_of_the_rows(shop: Shop) -> None:
    shop.opt_out(person(1))
    path = write(shop.workspace.root, HEADER, *(row_of(person(number)) for number in range(3)), "x")
    with reading(shop.engine) as connection:
        checked = CheckedFile(connection, shop.manager, path)
        list(checked.rows())
    assert dict(checked.counts) == {"deliver": 2, "suppress": 1, "review": 1}


def test_a_suppressor_of_a_plugin_is_asked_too(shop: Shop) -> None:
    plain_format.suppressed_names.add(person(3).name)
    _header, rows = check(shop, HEADER, row_of(person(3)), row_of(person(4)))
    assert [(row["verdict"], row["rule"]) for row in rows] == [("suppress", "test_list"), ("deliver", "")]


@pytest.mark.parametrize("content", ["", "shoe size\n27\n"], ids=["empty", "no known column"])
def test_a_file_that_names_nobody_is_wrong_usage(shop: Shop, content: str) -> None:
    path = shop.workspace.root / "asked.csv"
    path.write_text(content, encoding="utf-8")
    with reading(shop.engine) as connection, pytest.raises(WrongUsage):
        CheckedFile(connection, shop.manager, path)


PAIRS = "id,optout_scope,optout_name,optout_address,record_name,record_address,verdict"
HOME = "東京都世田谷区北沢3-5-12"


def pairs(folder: Path, *rows: str) -> tuple[list[str], list[dict[str, str]]]:
    checked = CheckedPairs(write(folder, PAIRS, *rows))
    return checked.header, list(checked.rows())


def test_pairs_are_judged_each_alone_without_a_workspace(tmp_path: Path) -> None:
    header, rows = pairs(
        tmp_path,
        f"1,individual,山田太郎,{HOME},山田　太郎,世田谷区北沢３丁目５－１２,x",
        f"2,individual,山田太郎,{HOME},佐藤花子,大阪府大阪市北区梅田1-2-3,x",
        f"3,,山田太郎,{HOME},山田太郎,{HOME},x",
    )
    assert header == [*(name for name in PAIRS.split(",") if name != "verdict"), "verdict", "rule", "why"]
    assert [(row["id"], row["verdict"]) for row in rows] == [
        ("1", "suppress"),
        ("2", "deliver"),
        ("3", "suppress"),
    ]


def test_a_broken_pair_is_held_in_its_place(tmp_path: Path) -> None:
    good = f"1,individual,山田太郎,{HOME},山田太郎,{HOME},"
    _header, rows = pairs(
        tmp_path, good, "2,individual,山田", good, f"4,nation,山田太郎,{HOME},山田太郎,{HOME},"
    )
    assert [row["verdict"] for row in rows] == ["suppress", "review", "suppress", "review"]
    assert [(row["rule"], row["why"]) for row in rows if row["verdict"] == "review"] == [
        ("unreadable_row", "too_few_cells"),
        ("unreadable_row", "unknown_scope"),
    ]


def test_pairs_without_their_columns_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as caught:
        CheckedPairs(write(tmp_path, "name,phone", "山田,03-3460-0001"))
    assert caught.value.code == "no_known_column"


def test_the_added_columns_read_back_as_csv(shop: Shop, tmp_path: Path) -> None:
    header, rows = check(shop, HEADER, row_of(person(1)))
    with (tmp_path / "out.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerows(rows)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as handle:
        assert list(csv.DictReader(handle)) == rows
