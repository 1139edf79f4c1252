"""The policy where notations and fields leave room: one case a rule, through both stages of the gate."""

from __future__ import annotations

import pytest

from gateway.people.normalise import NormalPerson, normalise
from gateway.people.person import Person
from gateway.suppression.decision import Scope, Verdict, decide, unusable
from gateway.suppression.pairs import judge_pair

HOME = "東京都世田谷区北沢3-5-12"
ELSEWHERE = "大阪府大阪市北区梅田1-1-3"


def person(
    name: str = "",
    kana: str = "",
    *,
    postal: str = "",
    address: str = "",
    building: str = "",
    phone: str = "",
    email: str = "",
) -> NormalPerson:
    return normalise(
        Person(
            name=name,
            kana=kana,
            postal_code=postal,
            address=address,
            building=building,
            phones=(phone,) if phone else (),
            emails=(email,) if email else (),
        )
    )


def verdict(opt_out: NormalPerson, record: NormalPerson, scope: Scope = "individual") -> Verdict:
    return judge_pair(opt_out, scope, record).verdict


def split(notation: str) -> tuple[str, str]:
    """Read ``name|kana``."""
    name, _, kana = notation.partition("|")
    return name, kana


@pytest.mark.parametrize(
    ("expected", "one", "other"),
    [
        ("suppress", "山田 太郎・花子", "山田 花子"),
        ("suppress", "山田太郎・花子", "山田花子"),
        ("suppress", "山田 太郎 花子", "山田 花子"),
        ("suppress", "山田家", "山田 花子"),
        ("suppress", "山田 太郎 ご家族様", "山田 花子"),
        ("suppress", "山田太郎 ご一同様", "山田 次郎"),
        ("suppress", "山田 太郎 他1名", "山田 花子"),
        ("deliver", "山田家", "佐藤 花子"),
        ("review", "山田 太郎", "山田家"),
        ("suppress", "山田 太郎", "山田太郎くん"),
        ("suppress", "山田 太郎", "山田太郎 部長様"),
        ("suppress", "山田 太郎", "山田太郎㊞"),
        ("suppress", "山田 太郎", "太郎様　山田"),
        ("review", "山田 太郎", "ご住人様"),
        ("review", "山田 太郎", "現住所"),
        ("review", "山田 太郎", "－"),
        ("suppress", "佐藤 花子", "山田花子（旧姓佐藤）"),
        ("suppress", "山田 花子（旧姓 佐藤）", "佐藤 花子"),
        ("suppress", "金 美子（通称 金田 美子）", "金田美子"),
        ("suppress", "金子 みすゞ", "金子 みすず"),
        ("review", "髙橋 健二", "〓橋 健二"),
        ("review", "髙橋 健二", "\ufffd橋 健二"),
        ("review", "髙橋 健二", "□橋健二"),
        ("deliver", "髙橋 健二", "〓橋 健一"),
        ("suppress", "大野 太郎|オオノ タロウ", "Ohno Taro"),
        ("suppress", "大野 太郎|オオノ タロウ", "TARO ONO"),
        ("suppress", "土屋 真一|ツチヤ シンイチ", "TUTIYA SINITI"),
        ("suppress", "土屋 真一|ツチヤ シンイチ", "Tsuchiya Shin-ichi"),
        ("review", "山田 太郎", "Yamada Taro"),
        ("deliver", "山田 太郎|ヤマダ タロウ", "Suzuki Jiro"),
        ("review", "Yamada Taro", "T. Yamada"),
        ("review", "大野 裕子|オオノ ユウコ", "小野 裕子|オノ ユウコ"),
        ("suppress", "安倍 晋|アベ シン", "阿部 晋|アベ シン"),
        ("suppress", "|オオノ ユウコ", "|オノ ユーコ"),
        ("review", "佐藤 和夫", "佐藤 和男"),
        ("deliver", "佐藤 太一", "佐藤 大一"),
        ("deliver", "佐藤 春子", "佐藤 春枝"),
        ("review", "太田 一郎", "大田 一郎"),
        ("review", "山崎 由美|ヤマザキ ユミ", "山咲 由美|ヤマサキ ユミ"),
        ("suppress", "山崎 由美|ヤマザキ ユミ", "山崎 由美|ヤマサキ ユミ"),
        ("review", "山田 太郎", "|ヤマダ タロウ"),
        ("review", "山田 太郎", "やまだ たろう"),
        ("deliver", "山田 正", "山田 正子"),
        ("suppress", "山田太郎", "太郎山田"),
        ("review", "佐々木", "佐々木健"),
        ("review", "山田", "山田太郎"),
        ("review", "山田 T", "山田 太郎"),
        ("deliver", "山田 太郎|ヤマダ タロウ", "山田 ハ"),
        ("review", "山田 太郎|ヤマダ タロウ", "山田 タ"),
        ("suppress", "山田 桜|ヤマダ サクラ", "山田 さくら"),
        ("suppress", "北村 工ミ", "北村 エミ"),
        ("suppress", "卜部 二郎", "ト部 ニ郎"),
        ("deliver", "山田太郎", "山田花子"),
        ("deliver", "市原正樹|イチハラマサキ", "市原早紀|イチハラサキ"),
        ("deliver", "原洋子|ハラヨウコ", "原礼子|ハラレイコ"),
        ("deliver", "高井正樹|タカイマサキ", "高井正|タカイタダシ"),
        ("deliver", "上原奈々|ウエハラナナ", "上原七海|ウエハラナナミ"),
        ("review", "河野 優花|コウノ ユウカ", "河野 由香|カワノ ユカ"),
        ("suppress", "河野 優花|コウノ ユウカ", "河野 由香|カワノ ユーカ"),
        ("review", "田中花子", "佐藤花子"),
        ("review", "佐藤太郎", "佐藤太朗"),
    ],
)
def test_names_at_one_address(expected: Verdict, one: str, other: str) -> None:
    opt_out, record = (person(*split(notation), postal="155-0031", address=HOME) for notation in (one, other))
    assert verdict(opt_out, record) == expected


@pytest.mark.parametrize(
    ("expected", "one", "other"),
    [
        ("suppress", "大阪府堺市北区新金岡町4丁1-8", "堺市北区新金岡町4-1-8"),
        ("suppress", "岩手県八幡平市大更第25地割131", "八幡平市大更25-131"),
        ("suppress", "札幌市中央区南5条西3丁目2-1", "札幌市中央区南5西3-2-1"),
        ("suppress", "旭川市1条通8丁目123-4", "旭川市一条通8-123-4"),
        ("suppress", "石川県小松市八幡イ12", "小松市八幡(イ)12"),
        ("review", "石川県小松市八幡イ12", "小松市八幡12"),
        ("deliver", "石川県小松市八幡イ12", "小松市八幡ノ12"),
        ("deliver", "愛媛県今治市大西町新町甲945-1", "愛媛県今治市大西町新町乙945-1"),
        ("suppress", "愛媛県今治市大西町新町甲945-1", "愛媛県今治市大西町新町甲の945番地1"),
        ("suppress", "石川県鹿島郡中能登町末坂ツ部12", "石川県鹿島郡中能登町末坂ツ12"),
        ("suppress", "秋田県大館市釈迦内字上堰26", "秋田県大館市釈迦内26"),
        ("deliver", "秋田県大館市釈迦内字上堰26", "秋田県大館市釈迦内字下堰26"),
        ("suppress", "東京都武蔵村山市三ツ藤1-2-3", "武蔵村山市三つ藤1-2-3"),
        ("suppress", "新潟県新潟市西区五十嵐2の町8050", "新潟市西区五十嵐二の町8050"),
        ("suppress", "横浜市日吉4-1-1", "横浜市港北区日吉4-1-1"),
        ("review", "府中市府中町1-2-3", "東京都府中市府中町1-2-3"),
        ("suppress", "東京都世田谷区北沢3-5-12 メゾン桜203", "東京都世田谷区北沢3-5-12 コーポ梅203号"),
        ("review", "東京都世田谷区北沢3-5-12 メゾン桜203", "東京都世田谷区北沢3-5-12 メゾン桜204"),
        ("suppress", "東京都世田谷区北沢3-5-12", "東京都世田谷区北沢3-5-12 鈴木様方"),
        ("suppress", "東京都世田谷区北沢3-5-12", "東京都世田谷区北沢3-5-12 株式会社サンプル気付"),
        ("suppress", "埼玉県戸田市新曽410-1 メゾン203", "埼玉県戸田市新曽410-1-203"),
        ("review", "埼玉県戸田市新曽410", "埼玉県戸田市新曽410-1-203"),
        ("deliver", "東京都世田谷区北沢3-5-12", "東京都世田谷区北沢3-51-2"),
        ("deliver", "東京都世田谷区北沢3-5-12", "東京都世田谷区北沢35-12"),
        ("review", "東京都世田谷区北沢3-5-12", "世田谷区北沢"),
        ("review", "東京都世田谷区北沢3-5-12", "世田谷区北沢5-12"),
        ("suppress", "京都市上京区今出川通烏丸東入玄武町602", "京都市上京区玄武町602"),
        ("suppress", "宮城県仙台市青葉区一番町3-1-1", "仙台市青葉区1番町3丁目1-1"),
        ("suppress", "東京都世田谷区北沢3一5一12", "東京都世田谷区北沢三の五の十二"),
    ],
)
def test_addresses_of_one_name(expected: Verdict, one: str, other: str) -> None:
    opt_out, record = (person("佐藤　清", address=text) for text in (one, other))
    assert verdict(opt_out, record) == verdict(record, opt_out) == expected


@pytest.mark.parametrize(
    ("expected", "name", "address"),
    [
        ("suppress", "山田 花子", HOME),
        ("suppress", "山田花子", HOME + " メゾン桜203"),
        ("review", "山田 花子", "世田谷区北沢3-5"),
        ("review", "山田 花子", "世田谷区北沢3丁目"),
        ("review", "山田 花子", "世田谷区北沢"),
        ("review", "山田 花子", "世田谷区北沢5-12"),
        ("review", "佐藤 太郎", HOME),
        ("review", "", HOME),
        ("deliver", "佐藤 花子", HOME),
        ("deliver", "山田 花子", ELSEWHERE),
    ],
)
def test_scope_household(expected: Verdict, name: str, address: str) -> None:
    assert verdict(person("山田 太郎", address=HOME), person(name, address=address), "household") == expected


def test_rooms_that_differ_part_the_household_but_not_the_person() -> None:
    opt_out = person("山田 太郎", address=HOME, building="メゾン桜203")
    assert (
        verdict(opt_out, person("山田 花子", address=HOME, building="メゾン桜204"), "household") == "deliver"
    )
    assert (
        verdict(opt_out, person("山田 太郎", address=HOME, building="メゾン桜204"), "household") == "review"
    )


@pytest.mark.parametrize(
    ("expected", "address"),
    [
        ("suppress", HOME),
        ("review", HOME + " メゾン桜203"),
        ("review", "世田谷区北沢3-5"),
        ("review", "世田谷区北沢"),
        ("deliver", "世田谷区北沢3-5-13"),
        ("deliver", ELSEWHERE),
    ],
)
def test_scope_address(expected: Verdict, address: str) -> None:
    opt_out = person("山田 太郎", address=HOME, phone="03-1234-5678")
    record = person("鈴木 次郎", address=address, phone="03-1234-5678")
    assert verdict(opt_out, record, "address") == expected


def test_scope_phone_asks_for_the_number_alone() -> None:
    opt_out = person("山田 太郎", address=HOME, phone="03-1234-5678")
    assert verdict(opt_out, person("鈴木 次郎", phone="0312345678"), "phone") == "suppress"
    assert verdict(opt_out, person("山田 太郎", address=HOME), "phone") == "deliver"


@pytest.mark.parametrize(
    ("expected", "name", "kana"),
    [
        ("suppress", "山田 太郎", ""),
        ("suppress", "山田", ""),
        ("suppress", "佐藤 太郎", ""),
        ("suppress", "", ""),
        ("review", "", "ヤマダ タロウ"),
        ("review", "山田 花子", ""),
        ("review", "株式会社サンプル", ""),
    ],
)
@pytest.mark.parametrize("contact", ["phone", "email"])
def test_a_shared_phone_or_e_mail_elsewhere(expected: Verdict, name: str, kana: str, contact: str) -> None:
    value = {"phone": "090-1234-5678"} if contact == "phone" else {"email": "taro@example.jp"}
    opt_out = person("山田 太郎", address=HOME, **value)
    assert verdict(opt_out, person(name, kana, address=ELSEWHERE, **value)) == expected


def test_a_wrong_postal_code_does_not_hide_an_address() -> None:
    opt_out = person("山田 太郎", address=HOME, postal="155-0031")
    assert (
        verdict(opt_out, person("山田 太郎", address="世田谷区北沢三丁目5番12号", postal="155-0032"))
        == "suppress"
    )


def test_two_towns_that_fold_alike_are_told_apart_by_their_postal_codes() -> None:
    opt_out = person("佐藤 清", address="岩手県八幡平市田沢12", postal="028-7601")
    assert (
        verdict(opt_out, person("佐藤 清", address="岩手県八幡平市田の沢12", postal="028-7563")) == "deliver"
    )
    assert verdict(opt_out, person("佐藤 清", address="八幡平市田沢12番地", postal="028-7601")) == "suppress"


def test_floors_with_postal_codes_of_their_own_are_different_rooms() -> None:
    opt_out = person("大川 蒼", address="東京都新宿区西新宿3丁目10番14号", postal="163-1451")
    assert (
        verdict(opt_out, person("山口 蒼", address="東京都新宿区西新宿3-10-14", postal="163-1115"))
        == "deliver"
    )
    assert verdict(opt_out, person("大川 蒼", address="新宿区西新宿3-10-14", postal="163-1115")) == "review"


@pytest.mark.parametrize(
    ("reason", "scope", "fields"),
    [
        ("name_alone", "individual", {"name": "山田 太郎"}),
        ("nothing_given", "individual", {}),
        ("nothing_given", "individual", {"name": "ご住人様", "phone": "000-0000-0000"}),
        ("address_missing", "household", {"name": "山田 太郎", "postal": "155-0031"}),
        ("address_missing", "address", {"phone": "090-1234-5678", "name": "山田 太郎"}),
        ("address_without_number", "address", {"address": "東京都世田谷区北沢"}),
        ("address_without_number", "household", {"name": "山田家", "address": "東京都世田谷区北沢3丁目"}),
        ("phone_missing", "phone", {"name": "山田 太郎", "address": HOME}),
        (None, "individual", {"name": "山田 太郎", "address": HOME}),
        (None, "individual", {"phone": "090-1234-5678"}),
        (None, "household", {"name": "山田 太郎", "address": HOME}),
        (None, "address", {"address": HOME}),
    ],
)
def test_an_opt_out_that_protects_nobody_is_named(
    reason: str | None, scope: Scope, fields: dict[str, str]
) -> None:
    assert unusable(person(**fields), scope) == reason


@pytest.mark.parametrize("scope", ["household", "address"])
def test_an_opt_out_without_a_house_number_does_not_hold_a_town_back(scope: Scope) -> None:
    opt_out = person("山田 太郎", address="東京都世田谷区北沢", phone="090-1234-5678")
    assert decide(opt_out, scope, person("山田 花子", address=HOME)).verdict == "deliver"


def test_a_decision_holds_no_personal_data() -> None:
    decision = decide(person("山田 太郎", address=HOME), "individual", person("山田 太郎", address=HOME))
    assert decision.rule == "individual:names_equal+same_address"
    assert "山田" not in repr(decision)
