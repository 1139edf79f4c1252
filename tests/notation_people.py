"""People to whom the rarer notations apply, beside the synthetic ones. Nobody of them exists."""

from __future__ import annotations

from gateway.people.person import Person
from gateway.testing.people import synthetic_people


def _person(number: int, name: str, kana: str, code: str, address: str, building: str = "") -> Person:
    return Person(
        id=f"N{number:03d}",
        name=name,
        kana=kana,
        postal_code=code,
        address=address,
        building=building,
        phones=(f"03-1999-{number:04d}",),
        emails=(f"taro.yamada{number}@gmail.com",),
    )


SPECIAL = [
    _person(1, "ジョン　スミス", "ジョン　スミス", "155-0031", "東京都世田谷区北沢3-5-12"),
    _person(2, "竹ノ内　豊", "タケノウチ　ユタカ", "247-0062", "神奈川県鎌倉市山ノ内189"),
    _person(3, "二宮　奈々子", "ニノミヤ　ナナコ", "151-0051", "東京都渋谷区千駄ヶ谷4-5-10"),
    _person(4, "佐々木　慎一郎", "ササキ　シンイチロウ", "343-0045", "埼玉県越谷市大字下間久里493-37"),
    _person(5, "髙橋　洋子", "タカハシ　ヨウコ", "604-0845", "京都府京都市中京区二条殿町538"),
    _person(
        6,
        "渡邊　正二",
        "ワタナベ　ショウジ",
        "208-0021",
        "東京都武蔵村山市三ツ藤1-2-3",
        "パークタワー1203号室",
    ),
    _person(7, "大野　優子", "オオノ　ユウコ", "060-0003", "北海道札幌市中央区北三条西6-1", "コーポ桜203"),
    _person(8, "吉田　千鶴", "ヨシダ　チヅル", "432-8023", "静岡県浜松市中央区鴨江3-10-1"),
    _person(9, "谷口　力也", "タニグチ　リキヤ", "048-1501", "北海道虻田郡ニセコ町字富士見55"),
    _person(10, "関ヶ原　武", "セキガハラ　タケシ", "301-0836", "茨城県龍ケ崎市寺後3629-2", "メゾン青葉101"),
    _person(
        11, "高崎　宏", "タカサキ　ヒロシ", "102-0082", "東京都千代田区一番町10-8", "グリーンハイツ405号室"
    ),
]
PEOPLE = [*SPECIAL, *synthetic_people(500, seed=8)]
