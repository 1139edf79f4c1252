"""Names: what is read from a name column, in any notation."""

from __future__ import annotations

import pytest

from gateway.people.names import NormalName, fold_part, read_names


def written(name: str, kana: str = "") -> list[tuple[str, ...]]:
    return [found.written for found in read_names(name, kana)[0]]


@pytest.mark.parametrize(
    "notation",
    [
        "山田　太郎",
        "山田 太郎",
        " 山田\u00a0太郎 ",
        "山田,太郎",
        "山田\u3000太郎様",
        "山田　太郎 先生",
        "山田　太郎㊞",
        "山田　太郎 御机下",
        "山田 太郎 さま",
    ],
)
def test_a_name_is_read_in_its_two_parts(notation: str) -> None:
    assert written(notation) == [("山田", "太郎")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋 健二", "高橋 健二"),
        ("山﨑 惠", "山崎 恵"),
        ("渡邉󠄂 誠", "渡辺 誠"),
        ("𠮷野 敏", "吉野 敏"),
        ("佐々木 菜々子", "佐佐木 菜菜子"),
        ("金子 みすゞ", "金子 みすず"),
        ("竹之内 豊", "竹の内 豊"),
        ("三ヶ島 文", "三ケ島 文"),
        ("ハ木 徹", "八木 徹"),
        ("SMITH JOHN", "Ｓｍｉｔｈ　Ｊｏｈｎ"),
        ("塚本 隆", "塚本 隆"),
    ],
    ids=lambda text: str(len(text)),
)
def test_notations_of_one_name_fold_to_one(one: str, other: str) -> None:
    assert written(one) == written(other)


@pytest.mark.parametrize(
    "name", ["山田 正行", "四方 一", "緒方 誠", "武者小路 実篤", "花田 文人"], ids=range(5)
)
def test_the_end_of_a_name_is_not_taken_for_a_title(name: str) -> None:
    assert "".join(written(name)[0]) == name.replace(" ", "")


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "ご住人様",
        "世帯主様",
        "居住者様",
        "現住所",
        "ご担当者様",
        "不明",
        "？？",
        "・",
        "－",
        "様",
        "なし",
    ],
)
def test_what_names_nobody_is_no_name(name: str) -> None:
    assert read_names(name) == ((), False)


@pytest.mark.parametrize(
    "name",
    ["山田 太郎・花子", "山田太郎・花子様", "山田 太郎 花子 様", "山田 太郎＆花子", "山田太郎、山田 花子"],
)
def test_a_joint_name_stands_for_each_person(name: str) -> None:
    assert ("山田", "花子") in written(name)


@pytest.mark.parametrize(
    "name", ["山田家", "山田 ご家族様", "山田 太郎 ご一同様", "山田太郎 他1名", "山田 家"]
)
def test_household_wording_is_recognised(name: str) -> None:
    names, household = read_names(name)
    assert household
    assert names[0].written[0].startswith("山田")


@pytest.mark.parametrize(
    "name", ["山田花子（旧姓：佐藤）", "山田 花子(旧姓 佐藤)", "山田（旧姓佐藤）花子", "山田花子 旧姓佐藤"]
)
def test_a_former_surname_makes_a_further_name(name: str) -> None:
    assert ("佐藤", "花子") in written(name)


@pytest.mark.parametrize("name", ["ジョン　スミス", "ジョン・スミス", "ｼﾞｮﾝ ｽﾐｽ", "じょん すみす"])
def test_a_name_in_kana_is_a_reading(name: str) -> None:
    assert read_names(name)[0] == (NormalName(kana=("ジヨン", "スミス")),)


@pytest.mark.parametrize(
    ("latin", "kana"),
    [("Ohno Yuko", "オノ"), ("ONO Yuko", "オノ"), ("Oono Yuko", "オオノ"), ("Ōno Yūko", "オノ")],
)
def test_latin_letters_are_read_as_japanese(latin: str, kana: str) -> None:
    assert read_names(latin)[0][0].kana[0] == kana


def test_an_n_before_a_vowel_is_read_both_ways() -> None:
    assert {name.kana[0] for name in read_names("Shinichi Mori")[0]} == {"シニチ", "シンイチ"}


def test_a_name_written_letter_by_letter_is_joined() -> None:
    assert written("山 田 太 郎") == [("山田太郎",)]


def test_a_reading_in_brackets_fills_an_empty_kana_column() -> None:
    assert read_names("山田 太郎（ヤマダ タロウ）")[0] == (
        NormalName(written=("山田", "太郎"), kana=("ヤマダ", "タロウ")),
    )


def test_kanji_in_the_kana_column_are_no_reading() -> None:
    assert read_names("山田 太郎", "山田 太郎")[0][0].kana == ()


def test_a_name_does_not_show_in_its_repr() -> None:
    assert "山田" not in repr(read_names("山田 太郎"))


@pytest.mark.parametrize(
    "name",
    [
        "株式会社サンプル 山田 太郎",
        "（株）サンプル　代表取締役　山田 太郎",
        "サンプル医院 院長 山田 太郎様",
        "代表取締役 山田 太郎",
    ],
)
def test_a_person_named_behind_an_organisation_is_a_name(name: str) -> None:
    assert ("山田", "太郎") in written(name)


VARIANTS = (
    "高髙 崎﨑 崎嵜 崎碕 辺邊 辺邉 斉齊 斎齋 斉斎 浜濱 浜濵 富冨 島嶋 島嶌 館舘 桑桒 徳德 恵惠 国國 学學 栄榮 寿壽 滝瀧 沢澤 桜櫻 関關 豊豐 勲勳 蔵藏 "
    "黒黑 渕淵 曽曾 円圓 吉𠮷 万萬 与與 遥遙 尭堯 静靜 穂穗 会會 亀龜 芦蘆 巌巖 鶴靏 鶴靍 緑綠 礼禮 籠篭 真眞 槙槇 広廣 実實 竜龍 児兒 来來 条條 剣劍 "
    "鉄鐵 塩鹽 麦麥 稲稻 薮藪 桧檜 弥彌 渓溪 清淸 隆隆 増增 寛寬 昇曻 彦彥 恒恆 橫横 瀬瀨 温溫 薫薰 衛衞 頼賴 柳栁 橋槗 橋𣘺 杉椙 喜㐂 留畄 野埜 淵渊 "
    "坂阪 岡崗 土圡 宝寶 蛍螢 角⻆ 宮宫 姫姬"
)


@pytest.mark.parametrize("pair", VARIANTS.split())
def test_variants_of_a_kanji_fold_to_one(pair: str) -> None:
    assert fold_part(pair[0]) == fold_part(pair[1:])


@pytest.mark.parametrize(
    "pair", ["花華", "郎朗", "己巳", "太大", "笹篠", "草艸", "西酉", "明朋", "功切", "王玉", "土士", "荻萩"]
)
def test_different_kanji_stay_apart(pair: str) -> None:
    assert fold_part(pair[0]) != fold_part(pair[1])
