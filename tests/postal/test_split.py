"""An address is cut at the town of its postal code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.postal import Town, all_towns, postal_digits, split_address

TOWNS = [town for town in all_towns() if town.kind == "town" and town.town and not town.town[-1].isdecimal()]
CODES = st.sampled_from([town.postal_code for town in all_towns()]) | st.sampled_from(
    ["", "9808691", "1518600"]
)


@pytest.mark.parametrize(
    ("code", "text", "town", "after_town"),
    [
        pytest.param("2630023", "千葉県千葉市稲毛区緑町3丁目30-8", "緑町", "3丁目30-8", id="as in the table"),
        pytest.param("2630023", "千葉市稲毛区緑町3丁目30-8", "緑町", "3丁目30-8", id="without prefecture"),
        pytest.param("2630023", "千葉県稲毛区緑町3丁目30-8", "緑町", "3丁目30-8", id="ward without its city"),
        pytest.param("2630023", "緑町3丁目30-8", "緑町", "3丁目30-8", id="town alone"),
        pytest.param("2630023", "千葉県　千葉市 稲毛区　緑町　3-30", "緑町", "3-30", id="blanks"),
        pytest.param("2630023", "〒263-0023 千葉市稲毛区緑町3-30", "緑町", "3-30", id="postal code in front"),
        pytest.param("0391511", "青森県五戸町丁塚12", "丁塚", "12", id="without its county"),
        pytest.param(
            "0140113",
            "秋田県仙北郡仙北町堀見内 南田茂木 添60-1",
            "堀見内",
            "南田茂木 添60-1",
            id="merged city",
        ),
        pytest.param(
            "0270203", "岩手県宮古市大字津軽石第二十一地割", "津軽石", "第二十一地割", id="大字 and 地割"
        ),
        pytest.param("0270203", "岩手県宮古市字津軽石5", "津軽石", "5", id="字"),
        pytest.param("1000013", "東京都千代田区霞ヶ関1-3", "霞が関", "1-3", id="ヶ for が"),
        pytest.param("2730102", "千葉県鎌ヶ谷市右京塚東3-1", "右京塚", "東3-1", id="ヶ for ケ in the city"),
        pytest.param(
            "0640804", "札幌市中央区南4条西29丁目", "南四条西", "29丁目", id="arabic for kanji numeral"
        ),
        pytest.param(
            "0640804", "札幌市中央区南４条 西29丁目", "南四条西", "29丁目", id="full width, with a blank"
        ),
        pytest.param(
            "9800811", "仙台市青葉区一番町三丁目2-5", "一番町", "三丁目2-5", id="numeral in the town's name"
        ),
        pytest.param("0250022", "岩手県花巻市12丁目123", "十二丁目", "123", id="a town called 十二丁目"),
        pytest.param(
            "0391511", "五戸町鍜冶屋窪上ミ12", "鍜冶屋窪上ミ", "12", id="the longest of a code's towns"
        ),
        pytest.param("9170004", "福井県小浜市大字湊5", "湊", "5", id="大字 is no part of a name"),
        pytest.param(
            "1500002",
            "東京都渋谷区渋谷1-2 渋谷ビル",
            "渋谷",
            "1-2 渋谷ビル",
            id="building named after the town",
        ),
        pytest.param(
            "6020802", "京都市上京区寺町通今出川上る二丁目鶴山町14", "鶴山町", "14", id="Kyoto street name"
        ),
        pytest.param(
            "6020802",
            "京都市上京区寺町通今出川上る2丁目鶴山町14 鶴山町荘",
            "鶴山町",
            "14 鶴山町荘",
            id="Kyoto, building",
        ),
        pytest.param("6020802", "京都市上京区鶴山町3-14", "鶴山町", "3-14", id="Kyoto without street"),
        pytest.param(
            "1006030", "千代田区霞が関3-2-5 霞が関ビル", "霞が関", "3-2-5 霞が関ビル", id="floor code"
        ),
        pytest.param(
            "1006030", "千代田区霞が関霞が関ビル30階", "霞が関", "霞が関ビル30階", id="floor code, no number"
        ),
        pytest.param("4090142", "山梨県北都留郡小菅村100", "", "100", id="village without towns"),
        pytest.param(
            "0295503", "岩手県和賀郡西和賀町穴明22地割5", "穴明", "22地割5", id="artefact in the table"
        ),
        pytest.param("1518600", "東京都渋谷区上原3-6-6", "上原", "3-6-6", id="individual number"),
    ],
)
def test_the_address_is_cut_after_the_town(code: str, text: str, town: str, after_town: str) -> None:
    address = split_address(code, text)
    assert (address.town, address.after_town) == (town, after_town)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param("1500002", "東京都渋谷区神南1-2", id="another town"),
        pytest.param("1500002", "東京都渋谷区神南1-2 渋谷ビル", id="the town only in a building's name"),
        pytest.param("1500002", "東京都渋谷区神南一丁目渋谷ビル", id="the town after a kanji house number"),
        pytest.param("1050014", "東京都港区芝公園4-2-8", id="a longer town that begins with this one"),
        pytest.param("1500002", "大阪府渋谷1-2", id="another prefecture"),
        pytest.param("1540014", "東京都大田区東新町1-2", id="another city of the prefecture"),
        pytest.param("0610613", "北海道樺戸郡浦臼町浦臼第35番地", id="a number cut in two"),
        pytest.param("0600000", "北海道札幌市中央区1条1-1", id="representative code"),
        pytest.param("2280024", "神奈川県座間市入谷6丁目", id="abolished code"),
        pytest.param("", "東京都渋谷区渋谷1-2", id="no code"),
        pytest.param("1500002", "", id="no address"),
    ],
)
def test_without_the_town_nothing_is_taken_for_what_follows_it(code: str, text: str) -> None:
    address = split_address(code, text)
    assert (address.town, address.after_town) == ("", "")
    assert address.text == text


def test_an_address_carries_code_kind_and_place() -> None:
    address = split_address("〒０６４－０８０４", "南4条西1", "ビル2F")
    assert (address.postal_code, address.postal_kind) == ("0640804", "town")
    assert (address.prefecture, address.city) == ("北海道", "札幌市中央区")
    assert (address.text, address.building) == ("南4条西1", "ビル2F")


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("1500002", "1500002"),
        ("150-0002", "1500002"),
        ("〒150-0002", "1500002"),
        (" １５０－０００２ ", "1500002"),
        ("150−0002", "1500002"),
        ("150", ""),
        ("15000021", ""),
        ("一五〇〇〇〇二", ""),
        ("", ""),
    ],
)
def test_a_postal_code_is_understood_however_it_is_written(written: str, digits: str) -> None:
    assert postal_digits(written) == digits


@given(st.sampled_from(TOWNS), st.from_regex(r"[1-9][0-9]{0,3}(-[1-9][0-9]?){0,2}", fullmatch=True))
def test_every_town_of_the_tables_is_found(town: Town, number: str) -> None:
    found = split_address(town.postal_code, town.prefecture + town.city + town.town + number)
    assert (found.town, found.after_town) == (town.town, number)


@given(CODES, st.text(), st.text())
def test_no_text_breaks_the_splitting(code: str, text: str, building: str) -> None:
    address = split_address(code, text, building)
    assert address.after_town in text
    assert (address.text, address.building) == (text, building)
