"""Opt-outs in files: usable rows are recorded together, the others are told with line, column and reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.db.engine import reading
from gateway.db.tables import journal, opt_out
from gateway.errors import Refused, WrongUsage
from gateway.suppression.opt_out_files import ImportedOptOuts, import_opt_outs
from gateway.suppression.register import OptOut, all_opt_outs
from tests.delivery.shop import NOW, Shop, person

HEADER = "氏名,郵便番号,住所,電話番号,scope,purpose,channel,received_on,line_code"
GOOD = "山田太郎,155-0031,東京都世田谷区北沢3-5-12,03-3460-0001,household,dm,fax,2026/11/01,"


def write(shop: Shop, *rows: str, encoding: str = "utf-8", header: str = HEADER) -> Path:
    path = shop.workspace.root / "asked.csv"
    path.write_text("".join(f"{row}\n" for row in (header, *rows)), encoding=encoding)
    return path


def take(shop: Shop, path: Path, encoding: str | None = None) -> ImportedOptOuts:
    return import_opt_outs(shop.engine, path, encoding=encoding, actor="tester", now=NOW)


def register(shop: Shop) -> list[OptOut]:
    with reading(shop.engine) as connection:
        return list(all_opt_outs(connection))


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def count(shop: Shop) -> tuple[int, int]:
    with reading(shop.engine) as connection:
        return (
            connection.execute(select(func.count()).select_from(opt_out)).scalar_one(),
            connection.execute(select(func.count()).select_from(journal)).scalar_one(),
        )


def test_a_row_says_who_how_far_and_since_when(shop: Shop) -> None:
    result = take(shop, write(shop, GOOD))
    assert (result.rows, result.refused, len(result.taken.ids), result.rejected_file) == (1, 0, 1, None)
    (found,) = register(shop)
    assert (found.scope, found.purpose, found.channel, found.received_on) == (
        "household",
        "dm",
        "fax",
        "2026-11-01",
    )
    assert (found.person.name, found.person.phones) == ("山田太郎", ("03-3460-0001",))


def test_what_a_row_leaves_out_is_individual_from_all_by_mail_today(shop: Shop) -> None:
    take(shop, write(shop, "03-3460-0001", header="電話番号"))
    (found,) = register(shop)
    assert (found.scope, found.purpose, found.channel, found.received_on) == (
        "individual",
        "all",
        "mail",
        "2026-11-24",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_is_read_in_the_encodings_of_its_senders(shop: Shop, encoding: str) -> None:
    take(shop, write(shop, GOOD, encoding=encoding))
    assert register(shop)[0].person.name == "山田太郎"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",,,03-3460-0002,nation,,,,", "scope", "unknown_scope"),
        (",,,03-3460-0002,,fishing,,,", "purpose", "unknown_purpose"),
        (",,,03-3460-0002,,,pigeon,,", "channel", "unknown_channel"),
        (",,,03-3460-0002,,,,2026-02-30,", "received_on", "bad_date"),
        (",,,03-3460-0002,,,,,G00000000000", "line_code", "bad_line_code"),
        ("鈴木一郎,,,,,,,,", "", "name_alone"),
        ("鈴木一郎,155-0031,東京都世田谷区北沢3-5-13,,phone,,,,", "", "phone_missing"),
        ("鈴木一郎,,,", "", "too_few_cells"),
    ],
    ids=["scope", "purpose", "channel", "date", "line code", "name alone", "no phone", "short row"],
)
def test_a_bad_row_is_told_and_stops_no_other(shop: Shop, row: str, column: str, reason: str) -> None:
    result = take(shop, write(shop, GOOD, row, ",,,03-3460-0003,,,,,"))
    assert (result.rows, result.refused, len(register(shop))) == (3, 1, 2)
    assert result.rejected_file is not None
    (told,) = rejected(result.rejected_file)
    assert (told["line"], told["column"], told["reason"]) == ("3", column, reason)


def test_rejected_rows_are_in_the_order_of_the_file(shop: Shop) -> None:
    rows = ["鈴木一郎,,,,,,,,", "佐藤,", GOOD, ",,,03-3460-0002,nation,,,,", "x"]
    result = take(shop, write(shop, *rows))
    assert result.rejected_file is not None
    assert [row["line"] for row in rejected(result.rejected_file)] == ["2", "3", "5", "6"]


def test_a_file_without_one_usable_row_is_refused_and_recorded_nowhere(shop: Shop) -> None:
    before = count(shop)
    path = write(shop, "鈴木一郎,,,,,,,,", ",,,03-3460-0002,nation,,,,")
    with pytest.raises(Refused) as caught:
        take(shop, path)
    assert caught.value.code == "no_usable_key"
    assert "asked.csv.rejected.csv" in caught.value.hint
    assert count(shop) == before


def test_a_file_of_people_without_any_key_column_is_wrong_usage(shop: Shop) -> None:
    before = count(shop)
    with pytest.raises(WrongUsage):
        take(shop, write(shop, "1", header="shoe size"))
    assert count(shop) == before
    assert list(shop.workspace.root.glob("*.rejected*")) == []


def test_a_line_code_fills_in_the_person(shop: Shop) -> None:
    shop.import_people([person(1)])
    shop.deliver()
    code = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").split(",")[0]
    take(shop, write(shop, f",,,03-0000-0009,,,,,{code.lower()}"))
    (found,) = register(shop)
    assert (found.person.name, found.line_code) == (person(1).name, code)


def test_a_row_with_nothing_but_a_line_code_is_enough(shop: Shop) -> None:
    shop.import_people([person(1)])
    shop.deliver()
    code = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").split(",")[0]
    result = take(shop, write(shop, f",,,,,,,,{code}", GOOD, ",,,,,,,,"))
    assert (len(result.taken.ids), result.refused) == (2, 1)
    assert register(shop)[0].person.name == person(1).name


def test_the_journal_keeps_the_hash_of_the_file(shop: Shop) -> None:
    import hashlib

    path = write(shop, GOOD)
    take(shop, path)
    with reading(shop.engine) as connection:
        content = connection.execute(
            select(journal.c.content).where(journal.c.kind == "opt_out")
        ).scalar_one()
    assert hashlib.sha256(path.read_bytes()).hexdigest() in content
