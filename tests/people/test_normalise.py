"""Normalising as a whole: blanks, repeats, the fingerprint, and doing it twice."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.people.addresses import read_address
from gateway.people.emails import fold_emails
from gateway.people.kana import fold_kana, sound_of
from gateway.people.names import fold_part
from gateway.people.normalise import NormalPerson, fingerprint, normalise
from gateway.people.person import Person
from gateway.people.phones import fold_phones
from gateway.people.place_spelling import fold_place
from gateway.people.postal_codes import fold_postal_code
from gateway.testing.notation import respell
from gateway.testing.people import synthetic_people

PEOPLE = list(synthetic_people(400, seed=21))
ADDRESS_CHARACTERS = "東京都世田谷区北沢三丁目五番十二号一の之ノケヶがツ字第大小々甲イロ0123０１-ー－～・ 　A|百千〇二ハ方様室棟"


def written_out(person: NormalPerson) -> Person:
    """Write a normal form as a person again, so that it can be normalised once more."""
    names = "・".join("　".join(name.written) for name in person.names if name.written)
    kana = next((" ".join(name.kana) for name in person.names if name.kana), "")
    return Person(
        name=names,
        kana=kana,
        postal_code=person.address.postal_code,
        address=person.address.text,
        phones=person.phones,
        emails=person.emails,
    )


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PEOPLE), st.integers(0, 10_000))
def test_normalising_twice_changes_nothing(person: Person, seed: int) -> None:
    once = normalise(respell(person, Random(seed)))
    twice = normalise(written_out(once))
    assert (twice.names, twice.phones, twice.emails) == (once.names, once.phones, once.emails)
    assert (
        twice.address.site.towns,
        twice.address.house.numbers,
        twice.address.room,
        twice.address.text,
    ) == (
        once.address.site.towns,
        once.address.house.numbers,
        once.address.room,
        once.address.text,
    )


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=ADDRESS_CHARACTERS, max_size=30) | st.text(max_size=15))
def test_every_fold_is_stable(text: str) -> None:
    for fold in (fold_place, fold_part, fold_kana, fold_postal_code):
        assert fold(fold(text)) == fold(text)
    assert sound_of(sound_of(fold_kana(text))) == sound_of(fold_kana(text))
    for number in fold_phones(text):
        assert fold_phones(number) == (number,)
    for email in fold_emails(text):
        assert fold_emails(email) == (email,)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=ADDRESS_CHARACTERS, max_size=40), st.sampled_from(["", "155-0031", "604-0845"]))
def test_any_text_can_be_read_as_an_address(text: str, code: str) -> None:
    assert read_address(text, "", code) == read_address(text, "", code)


COLUMNS = ("name", "kana", "postal_code", "address", "building")


@pytest.mark.parametrize("field", COLUMNS)
def test_a_blank_field_is_a_missing_field(field: str) -> None:
    for person in PEOPLE[:20]:
        values = {name: getattr(person, name) for name in COLUMNS}
        blank, missing = Person(**{**values, field: " 　\u200b"}), Person(**{**values, field: ""})
        assert normalise(blank) == normalise(missing)
        assert fingerprint(normalise(blank)) == fingerprint(normalise(missing))


def test_a_company_without_a_person_is_its_own_name() -> None:
    assert normalise(Person(company="(株)サンプル")).names == normalise(Person(name="株式会社サンプル")).names


def test_joint_names_take_the_surname() -> None:
    names = normalise(Person(name="山田　太郎", kana="ヤマダ タロウ", joint_names="花子、次郎")).names
    assert [name.written for name in names] == [("山田", "太郎"), ("山田", "花子"), ("山田", "次郎")]


def test_the_fingerprint_changes_with_the_data_and_not_with_the_notation() -> None:
    one = Person(
        name="山田　太郎",
        postal_code="155-0031",
        address="東京都世田谷区北沢3-5-12",
        phones=("090-1234-5678",),
    )
    other = replace(one, name="山田 太郎様", postal_code="1550031", phones=("+819012345678",))
    assert fingerprint(normalise(one)) == fingerprint(normalise(other))
    assert fingerprint(normalise(one)) != fingerprint(normalise(replace(one, phones=("090-1234-5679",))))


def test_a_normal_person_does_not_show_in_its_repr() -> None:
    assert "山田" not in repr(normalise(Person(name="山田 太郎", address="東京都世田谷区北沢3-5-12")))


@pytest.mark.parametrize("piece", ["様", "ノ", "一", "(", "1", "・山田", "上る", "a@", " "], ids=range(9))
def test_an_endless_field_takes_no_endless_time(piece: str) -> None:
    text = piece * 50_000
    person = Person(
        name=text, kana=text, postal_code=text, address=text, building=text, phones=(text,), emails=(text,)
    )
    assert len(normalise(person).address.text) < 2_000
