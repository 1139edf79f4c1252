"""Phones, e-mail, postal codes, kana and numerals in any notation."""

from __future__ import annotations

import pytest

from gateway.people.emails import fold_emails
from gateway.people.kana import drop_long_vowels, fold_kana, mark_long_vowels, sound_of
from gateway.people.numerals import fold_numerals
from gateway.people.phones import fold_phones
from gateway.people.postal_codes import cut_postal_code, fold_postal_code


@pytest.mark.parametrize(
    "notation",
    [
        "090-1234-5678", "０９０－１２３４－５６７８", "(090)1234-5678", "090(1234)5678", "+81-90-1234-5678", "+81 (0)90-1234-5678",
        "010-81-90-1234-5678", "0081-90-1234-5678", "81-90-1234-5678", "090–1234–5678", "090ー1234ー5678", "携帯 090-1234-5678",
        "\u202a090-1234-5678\u202c", "9012345678", "9012345678.0", "090 1234 5678", "090.1234.5678", "090-1234-5678(代)", "090-1234-5678 内線12",
        "tel:+819012345678",
    ],
)  # fmt: skip
def test_a_phone_number_is_its_digits_with_the_leading_zero(notation: str) -> None:
    assert fold_phones(notation) == ("09012345678",)


@pytest.mark.parametrize(
    "field",
    [
        "03-1234-5678/090-1234-5678", "03-1234-5678、090-1234-5678", "03-1234-5678・090-1234-5678", "03-1234-5678 または 090-1234-5678",
        "03-1234-5678\n090-1234-5678", "031234567809012345678", "03-1234-5678,090-1234-5678",
    ],
)  # fmt: skip
def test_two_numbers_in_a_field_are_two_numbers(field: str) -> None:
    assert fold_phones(field) == ("0312345678", "09012345678")


@pytest.mark.parametrize(
    "field",
    [
        "",
        "なし",
        "-",
        "0",
        "000-0000-0000",
        "090-0000-0000",
        "090-1111-1111",
        "999-9999-9999",
        "0120-000-000",
        "03-0000-0000",
    ],
)
def test_a_placeholder_is_no_phone_number(field: str) -> None:
    assert fold_phones(field) == ()


def test_a_number_that_no_rule_allows_is_kept() -> None:
    assert fold_phones("090-1234-567") == ("0901234567",)


@pytest.mark.parametrize(
    "notation",
    ["Taro.Y@Ex.CO.JP", " taro.y@ex.co.jp ", "<taro.y@ex.co.jp>", "mailto:taro.y@ex.co.jp", "taro.y@ex.co.jp.", "太郎 <taro.y@ex.co.jp>", "ｔａｒｏ．ｙ＠ｅｘ．ｃｏ．ｊｐ", "taro.y+dm@ex.co.jp", "taro.y @ ex.co.jp"],
)  # fmt: skip
def test_an_address_is_folded_without_display_name_and_tag(notation: str) -> None:
    assert fold_emails(notation) == ("taro.y@ex.co.jp",)


@pytest.mark.parametrize("notation", ["t.a.r.o@gmail.com", "taro+x@gmail.com", "Taro@GoogleMail.com"])
def test_dots_do_not_count_at_gmail(notation: str) -> None:
    assert fold_emails(notation) == ("taro@gmail.com",)


@pytest.mark.parametrize(
    "notation", ["", "-", "@", "なし", "none@none.jp", "xxx@xxx.xxx", "no-reply@ex.jp", "a@"]
)
def test_a_placeholder_is_no_address(notation: str) -> None:
    assert fold_emails(notation) == ()


def test_several_addresses_in_a_field_are_several() -> None:
    assert fold_emails("taro@ex.jp; hanako@ex.jp") == ("taro@ex.jp", "hanako@ex.jp")


@pytest.mark.parametrize(
    "notation", ["0200023", "020-0023", "０２０－００２３", "〒020−0023", "200023", "〇二〇-〇〇二三"]
)
def test_a_postal_code_is_seven_digits(notation: str) -> None:
    assert fold_postal_code(notation) == "0200023"


@pytest.mark.parametrize("notation", ["", "020", "02000", "000-0000", "999-9999", "不明"])
def test_an_old_or_placeholder_code_is_missing(notation: str) -> None:
    assert fold_postal_code(notation) == ""


def test_a_code_in_front_of_an_address_is_cut_off() -> None:
    assert cut_postal_code("〒155-0031 東京都世田谷区") == ("1550031", "東京都世田谷区")


@pytest.mark.parametrize("hyphen", "-‐‑‒–—―−─━˗ー")
def test_any_sign_for_a_hyphen_is_one_in_a_postal_code(hyphen: str) -> None:
    assert cut_postal_code(f"〒155{hyphen}0031 東京都世田谷区") == ("1550031", "東京都世田谷区")


def test_a_house_number_in_front_is_no_postal_code() -> None:
    assert cut_postal_code("155-00311 x") == ("", "155-00311 x")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ﾔﾏﾀﾞ", "やまだ"), ("ショウジ", "シヨウジ"), ("ミズシマ", "ミヅシマ"), ("ヴィオラ", "ビオラ")],
)
def test_spellings_of_one_reading_fold_to_one(one: str, other: str) -> None:
    assert fold_kana(one) == fold_kana(other)


def test_long_vowels_have_one_spelling() -> None:
    assert len({mark_long_vowels(kana) for kana in ("ヨウコ", "ヨーコ", "ヨオコ")}) == 1


def test_a_long_vowel_is_not_a_short_one() -> None:
    assert mark_long_vowels("オオノ") != mark_long_vowels("オノ")
    assert drop_long_vowels("オオノ") == drop_long_vowels("オノ")


def test_the_sound_has_no_voicing() -> None:
    assert sound_of("ヤマザキ") == sound_of("ヤマサキ")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("二十四軒四条", "24軒4条"),
        ("三〇一", "301"),
        ("参丁目", "3丁目"),
        ("千九百九十", "1990"),
        ("小百91", "小100|91"),
        ("5十番", "5|10番"),
        ("百二三", "10023"),
    ],
)
def test_kanji_numerals_become_digits(text: str, folded: str) -> None:
    assert fold_numerals(text) == folded
