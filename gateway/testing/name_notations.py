"""Other notations of a person's name and its reading."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from random import Random
from unicodedata import normalize

from gateway.people.person import Person
from gateway.testing.people import given_names

_SPACES = ("", " ", "　", "  ", "\u00a0")
_HONORIFICS = ("様", " 様", "　様", "さま", "さん", "殿", " 先生")
_VARIANTS = (
    "高髙 崎﨑碕 辺邉邊 斎齋斉齊 浜濱濵 沢澤 広廣 国國 恵惠 徳德 桜櫻 亀龜 竜龍 真眞 島嶋嶌 館舘 吉𠮷 富冨 桑桒 学學 栄榮 寿壽 滝瀧 関關 "
    "豊豐 勲勳 蔵藏 黒黑 渕淵 曽曾 円圓 万萬 与與 遥遙 尭堯 静靜 穂穗 会會 芦蘆 巌巖 鶴靏 緑綠 礼禮 籠篭 増增 実實 宝寶 彦彥 清淸 頼賴 "
    "瀬瀨 条條 祐\ufa4f 塚\ufa10 隆\uf9dc 都\ufa26 靖\ufa1c"
)
_OTHER_FORMS = {char: group.replace(char, "") for group in _VARIANTS.split() for char in group}
_SELECTORS = "\ufe00\U000e0100\U000e0101\U000e0102"
_KANJI = "一-鿿"
_JOINED = re.compile(f"(?<=[{_KANJI}])[ノの之](?=[{_KANJI}])")
_SMALL_KE = re.compile(f"(?<=[{_KANJI}])[ケヶ](?=[{_KANJI}])")
_DOUBLED = re.compile(rf"([{_KANJI}])\1")
_REPEATED = re.compile(f"([{_KANJI}])々")
_LOOK_ALIKE = str.maketrans("二八力口工夕千", "ニハカロエタチ")
_KATAKANA_NAME = re.compile(r"[ァ-ヴー]+(?:[\s　・][ァ-ヴー]+)+")
_LONG_O = re.compile("(?<=[オコソトノホモヨロゴゾドボポョ])[ウオ]")
_LONG_U = re.compile("(?<=[ウクスツヌフムユルグズブプュ])ウ")
_SMALL_KANA = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
_ZU_AND_JI = str.maketrans("ズヅジヂ", "ヅズヂジ")
_DEVOICED = str.maketrans("ガギグゲゴザジズゼゾダデド", "カキクケコサシスセソタテト")
_NARROW_KANA = {
    normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E) if chr(code) not in "ﾞﾟ"
}
_SMALL_Y = {"ャ": "a", "ュ": "u", "ョ": "o"}
_ROMAN = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ",
        [
            "a",
            "i",
            "u",
            "e",
            "o",
            "ka",
            "ki",
            "ku",
            "ke",
            "ko",
            "sa",
            "shi",
            "su",
            "se",
            "so",
            "ta",
            "chi",
            "tsu",
            "te",
            "to",
            "na",
            "ni",
            "nu",
            "ne",
            "no",
            "ha",
            "hi",
            "fu",
            "he",
            "ho",
            "ma",
            "mi",
            "mu",
            "me",
            "mo",
            "ya",
            "yu",
            "yo",
            "ra",
            "ri",
            "ru",
            "re",
            "ro",
            "wa",
            "o",
            "n",
            "ga",
            "gi",
            "gu",
            "ge",
            "go",
            "za",
            "ji",
            "zu",
            "ze",
            "zo",
            "da",
            "ji",
            "zu",
            "de",
            "do",
            "ba",
            "bi",
            "bu",
            "be",
            "bo",
            "pa",
            "pi",
            "pu",
            "pe",
            "po",
        ],
        strict=True,
    )
)
_LOST_SIGNS = "〓□■●◆◯?�"


def spaces_in_the_name(person: Person, draws: Random) -> Person:
    """Write other blanks, or none, between surname and given name; Latin letters keep theirs."""
    if person.name.isascii():
        return person
    return replace(person, name=re.sub(r"[\s　]+", draws.choice(_SPACES), person.name))


def honorific_at_the_end(person: Person, draws: Random) -> Person:
    """Address the person politely."""
    return replace(person, name=person.name + draws.choice(_HONORIFICS)) if person.name else person


def kanji_variants_in_the_name(person: Person, draws: Random) -> Person:
    """Write kanji in another of their accepted forms (高 and 髙, 斎 and 齋)."""
    name = "".join(draws.choice(_OTHER_FORMS[char]) if char in _OTHER_FORMS else char for char in person.name)
    return replace(person, name=name)


def variation_selectors(person: Person, draws: Random) -> Person:
    """Put a variation selector behind kanji, as systems do that know several shapes of one character."""
    name = re.sub(f"[{_KANJI}]", lambda found: found[0] + draws.choice(_SELECTORS), person.name, count=2)
    return replace(person, name=name)


def swapped_order(person: Person, draws: Random) -> Person:
    """Write the given name first.

    Of two characters in all nobody could tell which is which, and behind a name 奥 and 行 mean something else.
    """
    parts = person.name.split()
    if len(parts) != 2 or len(parts[0] + parts[1]) < 3 or parts[0] in ("奥", "行"):
        return person
    return replace(person, name=f"{parts[1]}{draws.choice((' ', '　', ', '))}{parts[0]}")


def iteration_marks(person: Person, _draws: Random) -> Person:
    """Write 佐々木 as 佐佐木 and the other way round."""
    written = _REPEATED.sub(r"\1\1", person.name)
    return replace(person, name=_DOUBLED.sub(r"\1々", written) if written == person.name else written)


def small_ke_and_no_in_the_name(person: Person, draws: Random) -> Person:
    """Write 竹ノ内 as 竹之内, 関ヶ原 as 関ケ原."""
    name = _JOINED.sub(lambda _found: draws.choice("ノの之"), person.name)
    return replace(person, name=_SMALL_KE.sub(lambda _found: draws.choice("ケヶ"), name))


def look_alikes_in_the_name(person: Person, _draws: Random) -> Person:
    """Type a katakana that looks like the kanji (二 and ニ), as scanned forms have it."""
    name = person.name
    return replace(person, name=name.translate(_LOOK_ALIKE)) if re.search(f"[{_KANJI}]", name) else person


def middle_dot_in_the_name(person: Person, draws: Random) -> Person:
    """Separate the parts of a foreign name in katakana by a dot, a blank, or write it in half-width."""
    if not _KATAKANA_NAME.fullmatch(person.name):
        return person
    dotted = re.sub(r"[\s　・]", draws.choice("・ 　"), person.name)
    return replace(person, name=draws.choice((dotted, half_width(dotted))))


def half_width_kana(person: Person, _draws: Random) -> Person:
    """Write the reading in half-width katakana."""
    return replace(person, kana=half_width(person.kana))


def hiragana(person: Person, _draws: Random) -> Person:
    """Write the reading in hiragana."""
    kana = "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in person.kana)
    return replace(person, kana=kana)


def spaces_in_the_kana(person: Person, draws: Random) -> Person:
    """Write other blanks, or none, within the reading."""
    return replace(person, kana=re.sub(r"[\s　]+", draws.choice(_SPACES), person.kana))


def long_vowels(person: Person, _draws: Random) -> Person:
    """Write long vowels with a bar (タロウ and タロー)."""
    return replace(person, kana=_LONG_U.sub("ー", _LONG_O.sub("ー", person.kana)))


def large_kana(person: Person, _draws: Random) -> Person:
    """Write small kana large, as banks do (シヨウジ)."""
    return replace(person, kana=person.kana.translate(_SMALL_KANA))


def other_kana_of_one_sound(person: Person, _draws: Random) -> Person:
    """Write ズ as ヅ, ジ as ヂ, バ as ヴァ."""
    return replace(person, kana=person.kana.translate(_ZU_AND_JI).replace("ビ", "ヴィ"))


def without_voicing(person: Person, _draws: Random) -> Person:
    """Drop the voicing of the reading, as forms without room for it do (ヤマサキ for ヤマザキ)."""
    return replace(person, kana=person.kana.translate(_DEVOICED)) if person.name else person


def without_kana(person: Person, _draws: Random) -> Person:
    """Leave the reading out."""
    return replace(person, kana="") if person.name else person


def kana_for_a_name(person: Person, draws: Random) -> Person:
    """Give the reading where the name belongs, and no reading."""
    if not person.kana:
        return person
    return replace(person, name=draws.choice((person.kana, half_width(person.kana))), kana="")


def lost_character(person: Person, draws: Random) -> Person:
    """Lose a character of the name to a code conversion."""
    places = [place for place, char in enumerate(person.name) if not char.isspace()]
    if len(places) < 2:
        return person
    place = draws.choice(places)
    lost = person.name[:place] + draws.choice(_LOST_SIGNS) + person.name[place + 1 :]
    return replace(person, name=lost, kana="")


def surname_alone(person: Person, _draws: Random) -> Person:
    """Give the surname alone."""
    parts = person.name.split()
    return replace(person, name=parts[0], kana="") if len(parts) == 2 else person


def initial(person: Person, _draws: Random) -> Person:
    """Shorten the given name to the first kana of its reading."""
    names, readings = person.name.split(), person.kana.split()
    if len(names) != 2 or len(readings) != 2:
        return person
    return replace(person, name=f"{names[0]}　{readings[1][0]}", kana="")


def latin_letters(person: Person, draws: Random) -> Person:
    """Write the name in Latin letters, in either order."""
    parts = [romanise(part) for part in person.kana.split()]
    if not all(parts) or len(parts) != 2:
        return person
    return replace(person, name=draws.choice((" ".join(parts), f"{parts[1]} {parts[0]}")), kana="")


def homophone(person: Person, draws: Random) -> Person:
    """Write the given name in other kanji that are read alike, as somebody does who only heard it."""
    names, readings = person.name.split(), person.kana.split()
    if len(names) != 2 or len(readings) != 2:
        return person
    written = draws.choice(_written_so(readings[1]) or (names[1],))
    return replace(person, name=f"{names[0]}　{written}")


def new_surname(person: Person, _draws: Random) -> Person:
    """Bear another surname, as after marriage."""
    parts = person.name.split()
    if len(parts) != 2:
        return person
    surname = "鈴木" if parts[0] != "鈴木" else "田中"
    return replace(person, name=f"{surname}　{parts[1]}", kana="")


def without_name(person: Person, draws: Random) -> Person:
    """Leave the name out, or say that whoever lives there is meant."""
    return replace(person, name=draws.choice(("", "ご住人様")), kana="")


@cache
def _written_so(reading: str) -> tuple[str, ...]:
    return tuple(written for written, kana, _latin in given_names() if kana == reading)


def romanise(kana: str) -> str:
    """Write katakana in Hepburn's letters; empty when there is a kana that it does not know."""
    letters = ""
    for place, char in enumerate(kana):
        if char in _SMALL_Y and letters.endswith("i"):
            glide = "" if letters.endswith(("shi", "chi", "ji")) else "y"
            letters = letters[:-1] + glide + _SMALL_Y[char]
        elif char == "ッ":
            following = _ROMAN.get(kana[place + 1 : place + 2], "")
            letters += "t" if following.startswith("ch") else following[:1]
        elif char == "ー":
            continue
        elif char in _ROMAN:
            letters += _ROMAN[char]
        else:
            return ""
    return letters.capitalize()


def half_width(kana: str) -> str:
    """Write full-width katakana in half-width, with voicing marks as characters of their own."""
    decomposed = normalize("NFD", kana).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ").replace("　", " ")
    return "".join(_NARROW_KANA.get(char, char) for char in decomposed)
