"""Headers are understood however they are written, and refused where they are not clear."""

from __future__ import annotations

import pytest

from gateway.errors import WrongUsage
from gateway.people.columns import person_maker, understand
from gateway.people.person import Person


def make(headers: list[str], row: list[str]) -> Person:
    return person_maker(understand(headers))(row)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("name", "name"),
        ("NAME", "name"),
        (" Name ", "name"),
        ("氏名", "name"),
        ("氏　名", "name"),
        ("名前", "name"),
        ("postal_code", "postal_code"),
        ("Postal Code", "postal_code"),
        ("郵便番号", "postal_code"),
        ("〒", "postal_code"),
        ("フリガナ", "kana"),
        ("ﾌﾘｶﾞﾅ", "kana"),
        ("ふりがな", "kana"),
        ("氏名(カナ)", "kana"),
        ("カナ", "kana"),
        ("管理番号", "id"),
        ("顧客番号", "id"),
        ("ＩＤ", "id"),
        ("住所", "address"),
        ("住所１", "address"),
        ("建物名", "building"),
        ("方書", "building"),
        ("会社名", "company"),
        ("部署", "department"),
        ("役職", "title"),
        ("連名", "joint_names"),
        ("joint_names", "joint_names"),
        ("敬称", "honorific"),
    ],
)
def test_a_header_is_understood(header: str, role: str) -> None:
    columns = understand([header, "電話番号"] + ([] if role == "name" else ["氏名"]))
    assert columns.parts[role] == 0


@pytest.mark.parametrize(
    "header", ["phone", "TEL", "電話番号", "携帯", "携帯電話", "phone2", "電話番号３", "tel_2"]
)
def test_a_phone_header_is_understood(header: str) -> None:
    assert understand(["氏名", header]).phones == (1,)


@pytest.mark.parametrize("header", ["email", "E-mail", "メール", "メールアドレス", "Ｅメール", "email2"])
def test_an_email_header_is_understood(header: str) -> None:
    assert understand(["氏名", header]).emails == (1,)


def test_phones_keep_the_order_of_the_file_and_blank_ones_are_left_out() -> None:
    person = make(["氏名", "携帯", "phone", "phone2"], ["山田", "090-1111-2222", "", "03-1111-2222"])
    assert person.phones == ("090-1111-2222", "03-1111-2222")


def test_family_and_given_names_are_joined() -> None:
    person = make(["姓", "名", "セイ", "メイ"], ["山田", "太郎", "ヤマダ", ""])
    assert (person.name, person.kana) == ("山田　太郎", "ヤマダ")


@pytest.mark.parametrize(
    ("headers", "row", "address"),
    [
        (["都道府県", "市区町村", "番地"], ["東京都", "世田谷区", "北沢3-5-12"], "東京都世田谷区北沢3-5-12"),
        (["住所1", "住所2", "住所3"], ["東京都世田谷区", "北沢3-5", "12"], "東京都世田谷区北沢3-5 12"),
        (["住所1", "番地"], ["東京都世田谷区北沢3", "5-12"], "東京都世田谷区北沢3-5-12"),
        (["都道府県", "住所"], ["東京都", "東京都世田谷区北沢3-5-12"], "東京都世田谷区北沢3-5-12"),
        (
            ["都道府県", "市区町村", "住所"],
            ["東京都", "瑞穂町", "西多摩郡瑞穂町石畑1"],
            "東京都西多摩郡瑞穂町石畑1",
        ),
        (["市区町村", "住所"], ["世田谷区", "北沢3-5-12"], "世田谷区北沢3-5-12"),
        (
            ["都道府県", "市区町村", "町名", "番地"],
            ["東京都", "世田谷区", "北沢", "３−５"],
            "東京都世田谷区北沢３−５",
        ),
    ],
    ids=["parts", "numbered", "block", "repeated prefecture", "county", "city only", "town"],
)
def test_the_parts_of_an_address_are_joined(headers: list[str], row: list[str], address: str) -> None:
    assert make(["氏名", *headers], ["山田", *row]).address == address


def test_a_column_that_is_not_understood_is_an_attribute() -> None:
    person = make(["氏名", "購入回数", "備考"], ["山田", " 3 ", ""])
    assert person.attributes == {"購入回数": "3"}


def test_a_line_break_in_a_header_is_a_blank() -> None:
    columns = understand(["氏\n名", "購入\r\n回数"])
    assert (columns.parts["name"], columns.attributes) == (0, (("購入 回数", 1),))


def test_values_are_stripped_of_blanks_of_any_width() -> None:
    assert make(["name"], ["　山田　太郎 "]).name == "山田　太郎"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (["name", "name"], "duplicate_column"),
        (["備考", "備 考", "name"], "duplicate_column"),
        (["氏名", "名前"], "ambiguous_column"),
        (["氏名", "姓", "名"], "ambiguous_column"),
        (["カナ", "セイ", "name"], "ambiguous_column"),
        (["name", "住所", "番地"], "ambiguous_column"),
        (["name", "住所", "住所1"], "ambiguous_column"),
        (["住所", "郵便番号"], "no_known_column"),
        (["x", "y"], "no_known_column"),
        (["name", "a\x00b"], "unreadable_column"),
        (["name", "a\udc81b"], "unreadable_column"),
        ([], "no_known_column"),
    ],
)
def test_an_unclear_header_is_refused(headers: list[str], code: str) -> None:
    with pytest.raises(WrongUsage) as raised:
        understand(headers)
    assert raised.value.code == code
