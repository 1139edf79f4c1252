"""Match keys: what makes two people candidates."""

from __future__ import annotations

import pytest

from gateway.people.keys import keys_of_people, match_keys, record_keys
from gateway.people.normalise import fingerprint, normalise
from gateway.people.person import Person
from gateway.testing.people import synthetic_people

SOMEBODY = Person(
    name="山田　太郎",
    kana="ヤマダ タロウ",
    postal_code="155-0031",
    address="東京都世田谷区北沢3-5-12",
    phones=("090-1234-5678",),
    emails=("taro@example.jp",),
)


def test_the_bulk_keys_are_the_keys_one_by_one() -> None:
    people = list(synthetic_people(300, seed=4))
    block = keys_of_people(people)
    normal = [normalise(person) for person in people]
    assert block.keys.tolist() == [key for person in normal for key in record_keys(person)]
    assert block.lens.tolist() == [len(record_keys(person)) for person in normal]
    assert block.fingerprints.tolist() == [fingerprint(person) for person in normal]
    assert [array.dtype.name for array in (block.lens, block.keys, block.fingerprints)] == [
        "uint8",
        "int64",
        "int64",
    ]


def test_nobody_has_an_empty_block() -> None:
    assert keys_of_people([]).keys.tolist() == []


@pytest.mark.parametrize(
    "person",
    [
        Person(),
        Person(name="？？", phones=("000-0000-0000",), emails=("none@none.jp",), postal_code="000-0000"),
        Person(name="ご住人様", kana="・", address=" ", building="－", phones=("なし",), emails=("-",)),
        Person(name="山田 太郎"),
    ],
    ids=["blank", "placeholders", "words for nothing", "a name alone"],
)
def test_what_identifies_nobody_has_no_key(person: Person) -> None:
    assert record_keys(normalise(person)) == match_keys(normalise(person)) == ()


def test_an_opt_out_of_a_phone_meets_by_phone_alone() -> None:
    assert len(match_keys(normalise(SOMEBODY), "phone")) == 1


def test_a_wider_opt_out_meets_less_complete_house_numbers_and_longer_ones() -> None:
    opt_out = match_keys(normalise(SOMEBODY), "address")
    for number in ("3-5", "5-12", "3", "3-5-12-203"):
        record = Person(name="鈴木 次郎", address=f"世田谷区北沢{number}")
        assert set(opt_out) & set(record_keys(normalise(record)))


def test_records_of_one_street_do_not_meet_an_individual_opt_out() -> None:
    neighbour = Person(name="鈴木 次郎", address="東京都世田谷区北沢3-5-13")
    assert not set(match_keys(normalise(SOMEBODY))) & set(record_keys(normalise(neighbour)))


def test_keys_do_not_depend_on_the_process() -> None:
    assert record_keys(normalise(Person(phones=("090-1234-5678",)))) == (3870342729717565697,)
