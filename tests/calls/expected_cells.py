"""What the files of every shipped profile hold for three people, written down by hand from the targets' manuals.

Encoding, line end and delimiter are those of the manual too; ``C0`` to ``C2`` stand for the line codes.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.testing.batch import line_code
from tests.calls.batch import line

LINES = [
    line(0, emails=("taro@example.jp",)),
    line(1, name="佐藤 花子", kana="サトウ ハナコ", phones=("+819012345678", "+81312345678"), address=None),
    line(2, name="髙﨑,表ソ能", kana="タカサキ", phones=("+81476321234",), company="株式会社見本"),
]
_CODES = {f"C{number}": line_code(number) for number in range(3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A finished file: its header (none for a target that takes none) and its rows."""

    file: str = "calls.csv"
    encoding: str = "utf-8"
    line_end: bytes = b"\n"
    delimiter: str = ","
    header: str
    rows: str

    def cells(self) -> list[list[str]]:
        """Return all cells, header first; columns are parted by ``|`` here."""
        texts = (
            [self.header, *self.rows.strip().splitlines()] if self.header else self.rows.strip().splitlines()
        )
        return [[_CODES.get(cell.strip(" "), cell.strip(" ")) for cell in text.split("|")] for text in texts]


_PEOPLES_HEADER = "氏名|フリガナ|〒|住所1|住所2|住所3|電話番号|電話番号2|架電開始|架電終了|管理番号"
_PEOPLES_ROWS = """
見本　太郎 |ミホン　タロウ|150-0002|東京都渋谷区|渋谷1丁目2番3号|見本ビル101|03-3460-0000 |            |09:00|20:00|C0
佐藤 花子  |サトウ ハナコ |        |            |               |           |090-1234-5678|03-1234-5678|09:00|20:00|C1
髙﨑,表ソ能|タカサキ      |150-0002|東京都渋谷区|渋谷1丁目2番3号|見本ビル101|0476-32-1234 |            |09:00|20:00|C2
"""

EXPECTED = {
    "excel-ja": Expected(encoding="cp932", line_end=b"\r\n", header=_PEOPLES_HEADER, rows=_PEOPLES_ROWS),
    "xlsx": Expected(file="calls.xlsx", header=_PEOPLES_HEADER, rows=_PEOPLES_ROWS),
    "vicidial": Expected(
        file="calls.txt",
        delimiter="\t",
        header="",
        rows="""
C0|D0000001|101|81|334600000 ||太郎||見本       |渋谷1丁目2番3号|見本ビル101||渋谷区||東京都|1500002|JPN|U|||taro@example.jp||ミホン　タロウ||
C1|D0000001|101|81|9012345678||花子||佐藤       |               |           ||      ||      |       |JPN|U||312345678|      ||サトウ ハナコ ||
C2|D0000001|101|81|476321234 ||    ||髙﨑,表ソ能|渋谷1丁目2番3号|見本ビル101||渋谷区||東京都|1500002|JPN|U|||               ||タカサキ      ||
""",
    ),
    "genesys": Expected(
        header="line_code|name|kana|phone1|phone2|phone3|email|zip|address|building|call_from|call_until",
        rows="""
C0|見本　太郎 |ミホン　タロウ|+81334600000 |            ||taro@example.jp|150-0002|東京都渋谷区渋谷1丁目2番3号|見本ビル101|09:00|20:00
C1|佐藤 花子  |サトウ ハナコ |+819012345678|+81312345678||               |        |                           |           |09:00|20:00
C2|髙﨑,表ソ能|タカサキ      |+81476321234 |            ||               |150-0002|東京都渋谷区渋谷1丁目2番3号|見本ビル101|09:00|20:00
""",
    ),
    "five9": Expected(
        header="number1|number2|number3|first_name|last_name|company|street|city|state|zip|email|line_code",
        rows="""
0334600000 |          ||太郎|見本       |            |渋谷1丁目2番3号　見本ビル101|渋谷区|東京都|150-0002|taro@example.jp|C0
09012345678|0312345678||花子|佐藤       |            |                            |      |      |        |               |C1
0476321234 |          ||    |髙﨑,表ソ能|株式会社見本|渋谷1丁目2番3号　見本ビル101|渋谷区|東京都|150-0002|               |C2
""",
    ),
    "amazon-connect": Expected(
        header="ChannelType|Address|User.UserId|Attributes.Name|Attributes.Kana|Attributes.CallFrom|Attributes.CallUntil",
        rows="""
VOICE|+81334600000 |C0|見本　太郎 |ミホン　タロウ|09:00|20:00
VOICE|+819012345678|C1|佐藤 花子  |サトウ ハナコ |09:00|20:00
VOICE|+81476321234 |C2|髙﨑,表ソ能|タカサキ      |09:00|20:00
""",
    ),
    "webex": Expected(
        header="phone_number|alternate_number|first_name|last_name|line_code|call_from|call_until",
        rows="""
+81334600000 |            |太郎|見本       |C0|09:00|20:00
+819012345678|+81312345678|花子|佐藤       |C1|09:00|20:00
+81476321234 |            |    |髙﨑,表ソ能|C2|09:00|20:00
""",
    ),
    "voiso": Expected(
        header="Number|Name|Source",
        rows="""
81334600000 |見本　太郎 |C0
819012345678|佐藤 花子  |C1
81476321234 |髙﨑,表ソ能|C2
""",
    ),
    "miitel": Expected(
        header="取引先会社名|取引先担当者名|電話番号|カテゴリー",
        rows="""
            |見本　太郎 |0334600000 |C0
            |佐藤 花子  |09012345678|C1
株式会社見本|髙﨑,表ソ能|0476321234 |C2
""",
    ),
    "cotoha": Expected(
        header="架電番号|架電先名称|発信回数|管理番号",
        rows="""
0334600000 |見本　太郎 ||C0
09012345678|佐藤 花子  ||C1
0476321234 |髙﨑,表ソ能||C2
""",
    ),
    "scenelive": Expected(
        encoding="cp932",
        line_end=b"\r\n",
        header="電話番号1|電話番号2|電話番号3|氏名|フリガナ|管理番号",
        rows="""
03-3460-0000 |            ||見本　太郎 |ミホン　タロウ|C0
090-1234-5678|03-1234-5678||佐藤 花子  |サトウ ハナコ |C1
0476-32-1234 |            ||髙﨑,表ソ能|タカサキ      |C2
""",
    ),
    "salesforce-lead": Expected(
        header="LastName|FirstName|Company|Phone|MobilePhone|Email|PostalCode|State|City|Street|LineCode__c",
        rows="""
見本       |太郎|個人        |+81334600000 |             |taro@example.jp|150-0002|東京都|渋谷区|渋谷1丁目2番3号　見本ビル101|C0
佐藤       |花子|個人        |+819012345678|+819012345678|               |        |      |      |                            |C1
髙﨑,表ソ能|    |株式会社見本|+81476321234 |             |               |150-0002|東京都|渋谷区|渋谷1丁目2番3号　見本ビル101|C2
""",
    ),
    "kintone": Expected(
        header="管理番号|氏名|フリガナ|郵便番号|住所|建物名|電話番号|電話番号2|架電開始|架電終了",
        rows="""
C0|見本　太郎 |ミホン　タロウ|150-0002|東京都渋谷区渋谷1丁目2番3号|見本ビル101|03-3460-0000 |            |09:00|20:00
C1|佐藤 花子  |サトウ ハナコ |        |                           |           |090-1234-5678|03-1234-5678|09:00|20:00
C2|髙﨑,表ソ能|タカサキ      |150-0002|東京都渋谷区渋谷1丁目2番3号|見本ビル101|0476-32-1234 |            |09:00|20:00
""",
    ),
    "generic-e164": Expected(
        header="line_code|name|kana|phone1|phone2|phone3|call_from|call_until",
        rows="""
C0|見本　太郎 |ミホン　タロウ|+81334600000 |            ||09:00|20:00
C1|佐藤 花子  |サトウ ハナコ |+819012345678|+81312345678||09:00|20:00
C2|髙﨑,表ソ能|タカサキ      |+81476321234 |            ||09:00|20:00
""",
    ),
}
