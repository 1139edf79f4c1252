"""Other notations of the same person."""

from __future__ import annotations

from random import Random

import pytest

from gateway.people.person import Person
from gateway.testing.notation import NOTATIONS, respell
from gateway.testing.people import synthetic_people

PERSON = Person(
    id="1",
    name="高崎　太郎",
    kana="タカサキ　ガパオ",
    postal_code="155-0031",
    address="東京都世田谷区北沢3-5-12",
    building="コーポ桜101",
    phones=("03-0123-4567",),
    emails=("taro@example.jp",),
)


@pytest.mark.parametrize(
    ("notation", "column", "expected"),
    [
        ("old_kanji_in_the_name", "name", "髙﨑　太郎"),
        ("half_width_kana", "kana", "ﾀｶｻｷ ｶﾞﾊﾟｵ"),
        ("hiragana", "kana", "たかさき　がぱお"),
        ("without_kana", "kana", ""),
        ("full_width_address", "address", "東京都世田谷区北沢３－５－１２"),
        ("number_in_words", "address", "東京都世田谷区北沢3丁目5番12号"),
        ("without_prefecture", "address", "世田谷区北沢3-5-12"),
        ("building_behind_the_address", "building", ""),
    ],
)
def test_a_notation_changes_what_its_name_says(notation: str, column: str, expected: str) -> None:
    changed = NOTATIONS[notation](PERSON, Random(0))
    assert getattr(changed, column) == expected
    assert changed.id == PERSON.id


def test_a_written_number_becomes_hyphens_and_its_block_a_kanji() -> None:
    written = NOTATIONS["number_in_words"](PERSON, Random(0))
    assert NOTATIONS["kanji_block"](written, Random(0)).address == "東京都世田谷区北沢三丁目5番12号"
    assert NOTATIONS["number_with_hyphens"](written, Random(0)).address == PERSON.address


@pytest.mark.parametrize("name", sorted(NOTATIONS))
def test_every_notation_changes_somebody_and_harms_nobody(name: str) -> None:
    draws = Random(1)
    people = list(synthetic_people(300, seed=1))
    changed = [NOTATIONS[name](person, draws) for person in people]
    assert changed != people
    assert NOTATIONS[name](Person(id="empty"), draws) == Person(id="empty")


def test_the_same_draws_give_the_same_notation() -> None:
    assert respell(PERSON, Random(5)) == respell(PERSON, Random(5))
