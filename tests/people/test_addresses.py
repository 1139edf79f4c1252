"""Addresses: town, number and room in any notation."""

from __future__ import annotations

import pytest

from gateway.people.addresses import NormalAddress, read_address


def town_of(address: NormalAddress) -> tuple[str, ...]:
    return tuple(town.city + town.ward + town.name for town in address.site.towns)


@pytest.mark.parametrize(
    "notation",
    [
        "東京都世田谷区北沢3-5-12", "世田谷区北沢三丁目5番12号", "東京都世田谷区北沢３－５－１２", "東京都世田谷区北沢三の五の十二",
        "東京都世田谷区北沢3丁目　5番　12号", "東京都世田谷区北沢03-05-12", "東京都世田谷区北沢参丁目5番12号", "東京都世田谷区北沢3一5一12",
        "東京都世田谷区\n北沢3・5・12", "東京都 世田谷区 北沢 3 - 5 - 12", "東京都世田谷区北沢3丁目5番地の12", "〒155-0031 東京都世田谷区北沢3-5-12",
        "東京世田谷区北沢3ノ5ノ12",
    ],
)  # fmt: skip
def test_a_house_number_is_read_in_any_notation(notation: str) -> None:
    address = read_address(notation, "", "")
    assert (town_of(address), address.house.numbers) == (("世田谷区北沢",), ("3", "5", "12"))


@pytest.mark.parametrize("hyphen", "-‐‑‒–—―−－﹣ーｰ─━~～〜")
def test_every_hyphen_separates_numbers(hyphen: str) -> None:
    address = read_address(f"東京都世田谷区北沢3{hyphen}5{hyphen}12", "", "")
    assert address.house.numbers == ("3", "5", "12")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("東京都港区六本木六丁目10-1", "6-10-1"), ("東京都中央区八丁堀四-2-1", "4-2-1"), ("札幌市西区24軒4条5-9-3", "5-9-3"), ("札幌市西区二十四軒4-5-9-3", "5-9-3"),
        ("札幌市中央区北3西6-1", "6-1"), ("帯広市西18南37-1-6", "37-1-6"), ("岩手県八幡平市大更第25地割131", "25-131"), ("千代田区１番町１０－８", "10-8"),
        ("堺市北区新金岡町4丁1-8", "4-1-8"), ("岩手県花巻市十二丁目704", "704"), ("和歌山市7番町19", "19"), ("新潟市西区五十嵐2の町8050", "8050"),
        ("盛岡市内丸十番一号", "10-1"),
        ("栃木県日光市小百四丁目12番15号", "4-12-15"),
        ("日光市小百九十一番地", "91"), ("東京都江戸川区1の江1丁目2-3", "1-2-3"),
    ],
)  # fmt: skip
def test_numerals_in_towns_are_not_house_numbers(text: str, number: str) -> None:
    address = read_address(text, "", "")
    assert len(address.site.towns) == 1
    assert "-".join(address.house.numbers) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("鎌倉市山ノ内1", "鎌倉市山之内1"), ("渋谷区千駄ヶ谷1", "渋谷区千駄が谷1"), ("武蔵村山市三ツ藤1", "武蔵村山市三つ藤1"), ("宮城県塩竈市海岸通1", "塩釜市海岸通1"),
        ("北海道虻田郡ニセコ町字富士見55", "ニセコ町富士見55"), ("埼玉県越谷市大字下間久里1", "越谷市下間久里1"), ("福島県石川郡石川町長久保1", "福島石川郡石川町字長久保1"),
        ("千葉県市川市市川1", "千葉市川市市川1"), ("京都市中京区烏丸通御池上る二条殿町538", "京都市中京区二条殿町538"), ("千代田区神田小川町1", "千代田区小川町1"),
        ("東京都檜原村上元郷1", "西多摩郡桧原村上元郷1"),
    ],
)  # fmt: skip
def test_spellings_of_one_town_lead_to_one(one: str, other: str) -> None:
    assert town_of(read_address(one, "", "")) == town_of(read_address(other, "", "")) != ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("静岡県浜松市中区鴨江3-10-1", "432-8023"),
        ("宮城県黒川郡富谷町成田1-1-1", "981-3341"),
        ("北沢3-5-12", "155-0031"),
        ("東京都世田谷区北〓3-5-12", "155-0031"),
    ],
)
def test_a_renamed_or_incomplete_place_is_found_by_its_postal_code(text: str, code: str) -> None:
    address = read_address(text, "", code)
    assert len(address.site.towns) == 1
    assert len(address.house.numbers) == 3


@pytest.mark.parametrize(
    ("building", "room"),
    [
        ("グランドMAISON723号室", ("", "723")),
        ("メゾン桜203号室", ("", "203")), ("メゾン桜 203", ("", "203")), ("サンハイツA棟101", ("A", "101")), ("ｻﾝﾊｲﾂ Ａ-１０１", ("A", "101")), ("コーポ三国ケ丘 三〇一", ("", "301")),
        ("グリーンハイツ12階1203", ("", "1203")), ("ビル10F", ("", "10F")), ("サンハイツ2号棟203", ("2", "203")), ("#203", ("", "203")), ("十五番館ビル", ("", "")),
        ("メゾン桜203 鈴木様方", ("", "203")), ("鈴木方", ("", "")), ("1丁目マンション301", ("", "301")), ("第二コーポ松308", ("", "308")),
    ],
)  # fmt: skip
def test_the_room_is_read_wherever_the_building_stands(building: str, room: tuple[str, str]) -> None:
    apart = read_address("東京都世田谷区北沢3-5-12", building, "")
    joined = read_address(f"東京都世田谷区北沢3-5-12 {building}", "", "")
    assert (apart.room.block, apart.room.room) == (joined.room.block, joined.room.room) == room
    assert apart.house.numbers == joined.house.numbers == ("3", "5", "12")


@pytest.mark.parametrize(
    "text", ["石川県小松市八幡イ12", "小松市八幡(イ)12番地", "小松市八幡い-12", "小松市八幡イ部12"]
)
def test_a_lot_letter_is_part_of_the_number(text: str) -> None:
    house = read_address(text, "", "").house
    assert (house.lot, house.numbers) == ("イ", ("12",))


def test_a_wrong_postal_code_is_a_contradiction() -> None:
    assert read_address("東京都世田谷区北沢3-5-12", "", "155-0032").site.contradicted


def test_two_towns_that_fold_alike_are_marked_as_shared() -> None:
    assert read_address("岩手県八幡平市田沢12", "", "028-7601").site.shared


def test_a_city_of_two_prefectures_stays_open_without_a_postal_code() -> None:
    assert len(read_address("府中市府中町1-2-3", "", "").site.towns) == 2
    assert len(read_address("府中市府中町1-2-3", "", "183-0055").site.towns) == 1


def test_a_house_number_in_the_building_column_is_read() -> None:
    address = read_address("東京都世田谷区北沢", "3-5-12 メゾン桜203", "")
    assert (address.house.numbers, address.room.room) == (("3", "5", "12"), "203")
