"""More than anybody has is never cut in silence: what is cut could be what identifies."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gateway.acquisition.intake import ImportRequest, import_list
from gateway.db.engine import reading
from gateway.errors import Refused
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.suppression.check_files import CheckedFile
from gateway.suppression.pairs import judge_pair, judge_pairs
from tests.delivery.conftest import shop
from tests.delivery.shop import NOW, Shop

__all__ = ["shop"]

ADDRESS = "東京都世田谷区北沢3-5-12"
MANY = tuple(f"03-3460-{number:04d}" for number in range(210))
ENDLESS = "、".join(MANY[:30])
COLUMNS = 9
FULL = tuple("、".join(f"03-34{column}0-{number:04d}" for number in range(22)) for column in range(COLUMNS))
"""As much as fits fields that are each short enough."""


def _write(path: Path, *rows: tuple[str, ...]) -> Path:
    """Write people with nine phone columns."""
    phones = ["phone", *(f"phone{number}" for number in range(2, COLUMNS + 1))]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["name", "address", *phones])
        writer.writerows(
            (name, ADDRESS, *numbers, *[""] * (len(phones) - len(numbers))) for name, *numbers in rows
        )
    return path


ROWS = (("山田太郎", *FULL), ("佐藤花子", ENDLESS), ("鈴木健一", "03-3460-9999"))


def test_an_import_refuses_such_rows_and_takes_the_others(shop: Shop, tmp_path: Path) -> None:
    request = ImportRequest(path=_write(tmp_path / "many.csv", *ROWS), list_name="main", source_id="direct")
    summary = import_list(shop.engine, request, shop.manager, actor="tester", now=NOW)
    assert (summary.imported, summary.refused) == (1, 2)
    assert summary.rejected_file is not None
    with summary.rejected_file.open(encoding="utf-8-sig", newline="") as handle:
        assert [row["reason"] for row in csv.DictReader(handle)] == ["too_many_values", "too_long"]


@pytest.mark.parametrize(("phones", "reason"), [(MANY, "too_many_values"), ((ENDLESS,), "too_long")])
def test_the_register_refuses_such_an_opt_out(shop: Shop, phones: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Refused) as caught:
        shop.opt_out(Person(name="山田太郎", address=ADDRESS, phones=phones))
    assert reason in caught.value.message


def test_a_check_holds_such_rows(shop: Shop, tmp_path: Path) -> None:
    path = _write(tmp_path / "many.csv", *ROWS)
    with reading(shop.engine) as connection:
        verdicts = [row["verdict"] for row in CheckedFile(connection, Manager([]), path).rows()]
    assert verdicts == ["review", "review", "deliver"]


def test_a_pair_with_too_many_values_is_held() -> None:
    other = Person(name="佐藤花子", address="東京都世田谷区北沢1-1-1", phones=("03-9999-0249",))
    joined = Person(name="山田太郎", address=ADDRESS, phones=MANY)
    assert judge_pair(normalise(other), "individual", normalise(joined)).verdict == "review"


def test_a_pair_with_an_endless_field_is_held() -> None:
    row = {
        "optout_name": "佐藤花子",
        "optout_phone": "03-9999-0249",
        "record_name": "山田太郎",
        "record_phone": ENDLESS,
    }
    (judged,) = judge_pairs([row])
    assert judged["verdict"] == "review"
