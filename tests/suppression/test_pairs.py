"""Pairs of a file are judged one by one, by the gate's own functions."""

from __future__ import annotations

import pytest

from gateway.errors import WrongUsage
from gateway.suppression.pairs import judge_pairs

PAIR = {
    "case_id": "1",
    "optout_scope": "individual",
    "optout_name": "山田　太郎",
    "optout_address": "東京都世田谷区北沢3-5-12",
    "record_name": "山田太郎様",
    "record_postal": "155-0031",
    "record_address": "北沢三丁目5番12号",
}


def test_verdict_rule_and_why_are_added_and_the_rest_is_kept() -> None:
    assert list(judge_pairs([PAIR])) == [
        {
            **PAIR,
            "verdict": "suppress",
            "rule": "individual:names_equal+same_address",
            "why": "written_equal,number_equal",
        }
    ]


def test_pairs_without_a_shared_key_are_delivered_without_comparing() -> None:
    other = {
        **PAIR,
        "record_name": "鈴木 次郎",
        "record_postal": "530-0001",
        "record_address": "大阪府大阪市北区梅田1-1-3",
    }
    assert [row["rule"] for row in judge_pairs([other])] == ["no_key_shared"]


def test_a_blank_scope_is_individual() -> None:
    assert [row["verdict"] for row in judge_pairs([{**PAIR, "optout_scope": " "}])] == ["suppress"]


def test_an_unknown_scope_names_the_pair_and_the_column() -> None:
    with pytest.raises(WrongUsage) as refused:
        list(judge_pairs([PAIR, {**PAIR, "optout_scope": "planet"}]))
    assert refused.value.code == "unknown_scope"
    assert "2" in refused.value.message


def test_nothing_is_read_before_it_is_asked_for() -> None:
    assert next(judge_pairs(PAIR for _ in iter(int, 1)))["verdict"] == "suppress"
