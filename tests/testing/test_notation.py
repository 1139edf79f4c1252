"""Other notations of the same person."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from gateway.people.person import Person
from gateway.testing.address_notations import kanji_numeral
from gateway.testing.name_notations import romanise
from gateway.testing.notation import LOSSES, NOTATIONS, respell
from tests.notation_people import PEOPLE

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
    ("notation", "changes", "column", "expected"),
    [
        ("swapped_order", {}, "name", "太郎　高崎"),
        ("spaces_in_the_name", {}, "name", "高崎  太郎"),
        ("kanji_variants_in_the_name", {"name": "渡辺　浩"}, "name", "渡邊　浩"),
        ("iteration_marks", {"name": "佐々木　奈奈"}, "name", "佐佐木　奈奈"),
        ("small_ke_and_no_in_the_name", {"name": "竹ノ内　豊"}, "name", "竹の内　豊"),
        ("look_alikes_in_the_name", {"name": "二宮　力"}, "name", "ニ宮　カ"),
        ("middle_dot_in_the_name", {"name": "ジョン　スミス"}, "name", "ｼﾞｮﾝ ｽﾐｽ"),
        ("half_width_kana", {}, "kana", "ﾀｶｻｷ ｶﾞﾊﾟｵ"),
        ("hiragana", {}, "kana", "たかさき　がぱお"),
        ("long_vowels", {"kana": "オオノ　ユウコ"}, "kana", "オーノ　ユーコ"),
        ("large_kana", {"kana": "ショウジ"}, "kana", "シヨウジ"),
        ("other_kana_of_one_sound", {"kana": "ミズシマ"}, "kana", "ミヅシマ"),
        ("without_voicing", {"kana": "ヤマザキ"}, "kana", "ヤマサキ"),
        ("without_kana", {}, "kana", ""),
        ("full_width_address", {}, "address", "東京都世田谷区北沢３－５－１２"),
        ("number_in_words", {}, "address", "東京都世田谷区北沢3丁5番12号"),
        ("kanji_number", {}, "address", "東京都世田谷区北沢三丁目五番十二号"),
        ("lot_number", {"address": "埼玉県戸田市新曽410-1"}, "address", "埼玉県戸田市新曽410-1"),
        ("without_prefecture", {}, "address", "世田谷区北沢3-5-12"),
        ("short_prefecture", {"address": "岩手県花巻市材木町12-5"}, "address", "岩手花巻市材木町12-5"),
        ("without_county", {"address": "北海道虻田郡ニセコ町55"}, "address", "北海道ニセコ町55"),
        ("without_aza", {"address": "埼玉県越谷市大字下間久里1"}, "address", "埼玉県越谷市下間久里1"),
        ("with_aza", {"address": "埼玉県越谷市下間久里1"}, "address", "埼玉県越谷市大字下間久里1"),
        ("ke_in_the_address", {"address": "東京都渋谷区千駄ヶ谷4"}, "address", "東京都渋谷区千駄ケ谷4"),
        ("no_in_the_address", {"address": "神奈川県鎌倉市山ノ内1"}, "address", "神奈川県鎌倉市山の内1"),
        ("tsu_in_the_address", {"address": "東京都武蔵村山市三ツ藤1"}, "address", "東京都武蔵村山市三ッ藤1"),
        ("numeral_in_the_town", {"address": "札幌市西区二十四軒四条5"}, "address", "札幌市西区24軒四条5"),
        ("kanji_variants_in_the_address", {"address": "茨城県龍ケ崎市1"}, "address", "茨城県竜ケ﨑市1"),
        (
            "street_in_kyoto",
            {"address": "京都市中京区二条殿町538"},
            "address",
            "京都市中京区室町通四条下る二条殿町538",
        ),
        ("former_city", {"address": "宮城県富谷市成田1-1-1"}, "address", "宮城県黒川郡富谷町成田1-1-1"),
        ("building_behind_the_address", {}, "building", ""),
        ("other_room", {}, "building", "コーポ桜 101"),
        ("room_with_its_floor", {}, "building", "コーポ桜1階101号"),
        ("kanji_room", {}, "building", "コーポ桜一〇一"),
        ("room_behind_the_number", {}, "address", "東京都世田谷区北沢3-5-12-101"),
        ("care_of", {"building": ""}, "address", "東京都世田谷区北沢3-5-12 山田方"),
        ("postal_code_in_the_address", {}, "postal_code", ""),
    ],
)
def test_a_notation_changes_what_its_name_says(
    notation: str, changes: dict[str, Any], column: str, expected: str
) -> None:
    changed = NOTATIONS[notation](replace(PERSON, **changes), Random(0))
    assert getattr(changed, column) == expected
    assert changed.id == PERSON.id


@pytest.mark.parametrize(
    ("loss", "column", "expected"),
    [
        ("kana_for_a_name", "kana", ""),
        ("surname_alone", "name", "高崎"),
        ("initial", "name", "高崎　ガ"),
        ("latin_letters", "name", "Gapao Takasaki"),
        ("new_surname", "name", "鈴木　太郎"),
        ("without_building", "building", ""),
        ("block_alone", "address", "東京都世田谷区北沢3丁目"),
        ("town_alone", "address", "東京都世田谷区北沢"),
    ],
)
def test_a_loss_leaves_out_what_its_name_says(loss: str, column: str, expected: str) -> None:
    assert getattr(LOSSES[loss](PERSON, Random(0)), column) == expected


def test_a_block_becomes_a_kanji_and_a_written_number_hyphens() -> None:
    written = replace(PERSON, address="東京都世田谷区北沢3丁目5番12号")
    assert NOTATIONS["kanji_block"](written, Random(0)).address == "東京都世田谷区北沢三丁目5番12号"
    assert NOTATIONS["number_with_hyphens"](written, Random(0)).address == PERSON.address


@pytest.mark.parametrize("name", sorted({**NOTATIONS, **LOSSES}))
def test_every_notation_changes_somebody_and_harms_nobody(name: str) -> None:
    notation = {**NOTATIONS, **LOSSES}[name]
    draws = Random(1)
    assert [notation(person, draws) for person in PEOPLE] != PEOPLE
    nobody = Person(id="empty")
    assert notation(nobody, draws).id == "empty"
    assert name == "without_name" or notation(nobody, draws) == nobody


@pytest.mark.parametrize(
    ("kana", "letters"),
    [
        ("ショウジ", "Shouji"),
        ("イッペイ", "Ippei"),
        ("ハッチ", "Hatchi"),
        ("キャ", "Kya"),
        ("コーキ", "Koki"),
        ("ヴ", ""),
    ],
)
def test_kana_are_written_in_the_letters_of_hepburn(kana: str, letters: str) -> None:
    assert romanise(kana) == letters


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一"), (10, "十"), (14, "十四"), (20, "二十"), (39, "三十九")]
)
def test_numbers_are_written_in_kanji(number: int, written: str) -> None:
    assert kanji_numeral(number) == written


def test_the_same_draws_give_the_same_notation() -> None:
    assert respell(PERSON, Random(5)) == respell(PERSON, Random(5))
