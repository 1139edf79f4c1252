"""The written cases, through both stages: nobody gets through, nobody is held without reason."""

from __future__ import annotations

import csv
from pathlib import Path

from gateway.suppression.pairs import judge_pairs

CASES = Path(__file__).parent.parent / "data" / "matching_cases.csv"


def judged() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(judge_pairs(csv.DictReader(lines)))


def test_nobody_who_opted_out_is_delivered() -> None:
    assert [row["case_id"] for row in judged() if row["verdict"] == "deliver" != row["expected"]] == []


def test_nobody_is_held_without_reason() -> None:
    assert [row["case_id"] for row in judged() if row["expected"] == "deliver" != row["verdict"]] == []


def test_every_case_has_exactly_the_expected_verdict() -> None:
    assert [row["case_id"] for row in judged() if row["verdict"] != row["expected"]] == []


def test_every_verdict_names_its_rule() -> None:
    assert all(row["rule"] and row["why"] for row in judged())
