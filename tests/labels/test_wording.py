"""What the rows of a label say."""

from __future__ import annotations

import pytest

from gateway.api import Line
from gateway_labels.wording import firm_rows, name_row, postal_row
from tests.labels.batch import line

NAMES = {
    "a person": (line(), "見本 太郎　様"),
    "a line's own honorific": (line(honorific="殿"), "見本 太郎　殿"),
    "a name that bears it already": (line(name="見本太郎様"), "見本太郎様"),
    "joint names": (line(joint_names="花子・次郎"), "見本 太郎　様　花子　様　次郎　様"),
    "a company alone": (line(name="", company="株式会社見本"), "株式会社見本　御中"),
    "a department": (line(name="", company="株式会社見本", department="総務部"), "総務部　御中"),
    "a company with its own": (line(name="", company="見本会", honorific="各位"), "見本会　各位"),
}


@pytest.mark.parametrize(("addressee", "row"), NAMES.values(), ids=NAMES.keys())
def test_the_name_row_has_the_right_honorific(addressee: Line, row: str) -> None:
    assert name_row(addressee, "様") == row


FIRMS = {
    "none": (line(), []),
    "company": (line(company="見本社"), ["見本社"]),
    "company, department and title": (
        line(company="見本社", department="営業部", title="部長"),
        ["見本社", "営業部 部長"],
    ),
    "title alone": (line(title="理事"), ["理事"]),
    "no person": (line(name="", company="見本社"), []),
    "no person but a department": (line(name="", company="見本社", department="営業部"), ["見本社"]),
}


@pytest.mark.parametrize(("addressee", "rows"), FIRMS.values(), ids=FIRMS.keys())
def test_the_firm_stands_above_the_name(addressee: Line, rows: list[str]) -> None:
    assert firm_rows(addressee) == rows


def test_the_postal_code_has_its_mark_and_hyphen() -> None:
    assert postal_row("1500002") == "〒150-0002"


@pytest.mark.parametrize("code", ["", "150", "１５００００２", "150-0002"])
def test_what_is_no_postal_code_is_not_printed(code: str) -> None:
    assert postal_row(code) == ""
