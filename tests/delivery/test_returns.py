"""Mail that came back: its people are left out until their address changes, and counted."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import pytest

from gateway.acquisition.lists import drop_list
from gateway.db.engine import reading
from gateway.log.returns import count_returns, import_returns
from tests.delivery.shop import NOW, Shop, ids_in, person

PEOPLE = [person(number) for number in range(5)]


def _codes(shop: Shop) -> list[str]:
    text = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8")
    return [row.partition(",")[0] for row in text.splitlines()]


@pytest.fixture
def delivered(shop: Shop) -> Shop:
    shop.import_people(PEOPLE)
    shop.deliver()
    return shop


def _scan(shop: Shop, *codes: str) -> tuple[int, int, dict[int, str]]:
    found = import_returns(shop.engine, codes, on=date(2026, 11, 24), actor="tester", now=NOW)
    return found.returned, found.known, found.rejected


def test_returned_people_are_left_out_of_the_next_mailing(delivered: Shop) -> None:
    codes = _codes(delivered)
    assert _scan(delivered, codes[1], codes[3].lower()) == (2, 0, {})
    result = delivered.deliver()
    assert (result.counts.refused, result.counts.delivered) == (2, 3)
    newest = max(
        delivered.packages(), key=lambda path: json.loads((path / "manifest.json").read_bytes())["fence"]
    )
    assert ids_in(newest, PEOPLE) == [PEOPLE[place].id for place in (0, 2, 4)]


def test_returned_people_stay_out_when_their_list_is_dropped_and_imported_again(delivered: Shop) -> None:
    _scan(delivered, _codes(delivered)[1])
    drop_list(delivered.engine, "main", actor="tester", now=NOW)
    delivered.import_people(PEOPLE)
    result = delivered.deliver()
    assert (result.counts.refused, result.counts.delivered) == (1, len(PEOPLE) - 1)


def test_a_code_scanned_twice_counts_once(delivered: Shop) -> None:
    code = _codes(delivered)[0]
    assert _scan(delivered, code, code) == (1, 1, {})
    assert _scan(delivered, code) == (0, 1, {})


def test_what_is_no_line_code_is_told_by_its_place(delivered: Shop) -> None:
    returned, _known, rejected = _scan(delivered, _codes(delivered)[0], "rubbish")
    assert returned == 1
    assert list(rejected) == [1]


def test_a_corrected_address_is_written_to_again(delivered: Shop) -> None:
    _scan(delivered, _codes(delivered)[0])
    corrected = dataclasses.replace(PEOPLE[0], id="new", address=f"{PEOPLE[0].address}9")
    delivered.import_people([corrected])
    assert delivered.deliver().counts.delivered == 5


def test_calls_do_not_care_about_returned_mail(delivered: Shop) -> None:
    _scan(delivered, _codes(delivered)[0])
    assert delivered.deliver(format="calls").counts.delivered == 5


def test_returns_are_counted_by_list_and_source(delivered: Shop) -> None:
    codes = _codes(delivered)
    _scan(delivered, *codes[:3])
    with reading(delivered.engine) as connection:
        (count,) = count_returns(connection)
    assert (count.list, count.source, count.returned) == ("main", "direct", 3)


def test_a_file_of_scans_is_read_by_its_column_or_row_by_row(tmp_path: Path) -> None:
    from gateway.cli.returns import _codes as rows_of

    assert rows_of(b"G1\n\n G2 \n") == [(1, "G1"), (3, "G2")]
    assert rows_of("\ufeffid,管理番号\n1,G1\n2,\n3,G3\n".encode()) == [(2, "G1"), (4, "G3")]
