"""People whose names and addresses break careless formats. Nobody of them exists; ids say what is awkward."""

from __future__ import annotations

from gateway.people.person import Person

_ADDRESS = "東京都世田谷区北沢"


def awkward_people() -> tuple[Person, ...]:
    """Return one person for each awkward thing, at distinct addresses, each with one phone number at most."""
    return tuple(
        Person(
            id=identifier,
            name=name,
            kana=kana,
            postal_code="155-0031",
            address=f"{_ADDRESS}{1 + place % 5}-{40 + place}-{7 + place}",
            phones=() if identifier == "no-phone" else (f"03-1460-{1000 + place:04d}",),
        )
        for place, (identifier, name, kana) in enumerate(_NAMES)
    )


_NAMES = (
    ("rare-kanji", "髙﨑　彅子", "タカサキ　ナギコ"),
    ("not-in-cp932", "草彅　朧𠮷", "クサナギ　ロウキチ"),
    ("beyond-the-bmp", "𠮷野　𡈽郎", "ヨシノ　ツチロウ"),
    ("variation-selector", "渡邉\U000e0100　葛󠄀生", "ワタナベ　カツオ"),
    ("half-width-kana", "ﾔﾏｼﾞ ﾎﾟｰﾙ", "ﾔﾏｼﾞ ﾎﾟｰﾙ"),
    ("decomposed-kana", "か\u3099く　ひ\u309aー子", "ガク　ピーコ"),
    ("formula", "=HYPERLINK(0)大和", "ヤマト　シキ"),
    ("formula-at", "@SUM　近江", "オウミ　サム"),
    ("formula-minus", "-2+3　伊予", "イヨ　ヒク"),
    ("quotes", '甲斐"虎"　信', "カイ　シン"),
    ("comma-and-semicolon", "駿河,一;郎", "スルガ　イチロウ"),
    ("markup", "<b>&amp;　安房</b>", "アワ　ビー"),
    ("newline", "相模\n　次郎", "サガミ　ジロウ"),
    ("backslash", "石見\\n　銀", "イワミ　ギン"),
    ("very-long", "武者小路" * 12 + "　実篤之介左衛門", "ムシャノコウジ　サネアツ"),
    ("one-character", "乙", "オツ"),
    ("no-phone", "能登　無音", "ノト　ムオン"),
    ("latin", "O'Brien-Nuñez　José", "オブライエン　ホセ"),
)
