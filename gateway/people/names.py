"""Read names: the parts of each person named in a field, in writing and in kana, folded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from gateway.people.folding import LOST, fold_kanji, fold_width, mark_lost, strip_accents, to_katakana
from gateway.people.kana import fold_kana
from gateway.people.latin import readings_of_latin
from gateway.people.name_wording import cut_wording, names_nobody, names_role, write_out_company


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalName:
    """One name of one person; parts are in the order given, surname first as a rule.

    ``written`` holds folded kanji, kana or capital Latin letters, and is empty where only a reading is known.
    ``kana`` holds the reading in large katakana, empty where unknown. A name without blanks is one part.
    """

    written: tuple[str, ...] = ()
    kana: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "NormalName(…)"


Names: TypeAlias = tuple[tuple[NormalName, ...], bool]
"""All names of one field, and whether its wording means the household (山田家, ご家族様)."""

_KANJI = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
_PLAIN_SURNAME = re.compile("[一-鿿][一-鿿々]{0,2}(?<![様樣殿])(?<!先生)")
_PLAIN_GIVEN = re.compile(
    "(?!家$)(?:[一-鿿々]{0,3}[一-鿿]|[ぁ-ん]{1,4}|[ァ-ヶ]{1,4})(?<![様樣殿君氏印拝宛奥他])"
    "(?<!先生|社長|会長|専務|常務|部長|課長|係長|店長|所長|室長|代表|御中|机下|侍史|一同|家族|夫妻|夫婦|一家|さま|サマ|くん|クン|さん|サン)"
    "(?<!ちゃん|チャン)"
)
"""What needs no closer look between a plain surname, a blank and the end: a given name without a title."""

_PLAIN_READING = re.compile("[ァ-ヶー]+(?<!サマ|サン|クン)")
_HAS_KANJI = re.compile(f"[{_KANJI}〆]")
_ALL_KANA = re.compile("[ァ-ヴー]+")
_LATIN = re.compile(r"[A-Z]+")
_BRACKETS = re.compile(r"[(\[{【〔<《「『]([^)\]}】〕>》」』]*)[)\]}】〕>》」』]")
_ALIAS = re.compile(
    r"(?:旧姓名?|旧名|旧氏|旧|通称名?|別名|別姓|本名|戸籍名|筆名|芸名|ペンネーム)\s*[::]?\s*(.+)"
)
_DOTS = re.compile("[・･·=゠]")
_COMMAS = re.compile(r"[,.;、。_]+|(?<=[A-Za-z])-(?=[A-Za-z])")
_JOINT = re.compile(r"\s*[・&/+]\s*")
_NOISE = re.compile(f"[^{_KANJI}〆〇ァ-ヴーA-Z0-9{LOST}]+")
_ORGANISATION = re.compile("会社|法人|組合|商店|商会|医院|病院|事務所|工業|製作所|学校")
_DASHES = re.compile(f"(?:^|(?<=[{_KANJI}]))[-‐–—―─−](?=[{_KANJI}]|$)")
_DASH_FOR_ONE = re.compile(f"(?:^|(?<=[{_KANJI}]))ー+(?=[{_KANJI}]|$)")
_LOOK_ALIKE = str.maketrans("ニハカロエトタミチオセ", "二八力口工卜夕三千才七")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_NO = str.maketrans({"之": "ノ", "乃": "ノ"})
_GA = re.compile(f"(?<=[{_KANJI}])ガ(?=[{_KANJI}])")


def read_names(name: str, kana: str = "") -> Names:
    """Read a name and a kana column; a blank name, or one that names nobody, gives no names.

    Most names are two plain parts, of which there are far fewer than names: they are folded once each.
    """
    parts = name.split("\u3000") if "\u3000" in name else name.split(" ")
    if len(parts) == 2:
        surname, given = _plain_surname(parts[0]), _plain_given(parts[1])
        if surname and given:
            return (NormalName(written=(surname, given), kana=read_kana(kana) if kana else ()),), False
    if not name and not kana:
        return (), False
    return _read(name, kana)


@lru_cache(maxsize=1 << 15)
def _plain_surname(part: str) -> str:
    return fold_part(part) if _PLAIN_SURNAME.fullmatch(part) else ""


@lru_cache(maxsize=1 << 16)
def _plain_given(part: str) -> str:
    return fold_part(part) if _PLAIN_GIVEN.fullmatch(part) else ""


@lru_cache(maxsize=1 << 16)
def _plain_reading(part: str) -> str:
    return fold_kana(part) if _PLAIN_READING.fullmatch(part) else ""


@lru_cache(maxsize=1 << 15)
def _read(name: str, kana: str) -> Names:
    text, aliases, reading = _cut_brackets(write_out_company(mark_lost(fold_width(name))))
    text, household = cut_wording(text)
    readings = read_kana(kana) or read_kana(reading)
    people = [] if names_nobody(text) else _people(text)
    further = [parts for alias in aliases for parts in _with_alias(people[0], alias)] if people else []
    names = [
        name
        for place, parts in enumerate([*people, *further])
        for name in _spell(parts, readings if place == 0 else ())
    ]
    if readings and not any(name.kana == readings for name in names):
        names.append(NormalName(kana=readings))
    found = dict.fromkeys(name for name in names if name.written or name.kana)
    return tuple(found), household


@lru_cache(maxsize=1 << 16)
def fold_part(part: str) -> str:
    """Fold one part of a name as it is written."""
    text = strip_accents(fold_kanji(mark_lost(fold_width(part))))
    text = to_katakana(text).translate(_SMALL).upper()
    text = _NOISE.sub("", _DASHES.sub("ー", text)).translate(_NO)
    if not _HAS_KANJI.search(text):
        return text
    text = _DASH_FOR_ONE.sub(lambda dashes: "一" * len(dashes[0]), text.translate(_LOOK_ALIKE))
    return _GA.sub("ケ", text)


def look_alike(text: str) -> str:
    """Fold katakana that look like kanji in a whole name (ハ木, エミ typed as 工ミ)."""
    return text.translate(_LOOK_ALIKE)


def read_kana(kana: str) -> tuple[str, ...]:
    """Return the parts of a reading in large katakana; Latin letters are read as Japanese, kanji are no reading."""
    parts = kana.split("\u3000") if "\u3000" in kana else kana.split(" ")
    if len(parts) == 2:
        surname, given = _plain_reading(parts[0]), _plain_reading(parts[1])
        if surname and given:
            return surname, given
    return _read_kana(kana) if kana else ()


@lru_cache(maxsize=1 << 14)
def _read_kana(kana: str) -> tuple[str, ...]:
    text, _ = cut_wording(_BRACKETS.sub(" ", fold_width(kana)))
    if _HAS_KANJI.search(text) or names_nobody(text):
        return ()
    parts = [_reading(part) for part in _COMMAS.sub(" ", _DOTS.sub(" ", text)).split()]
    return _join_letters([part for part in parts if part])


def _reading(part: str) -> str:
    part = strip_accents(part)
    if part.isascii() and part.isalpha():
        return next(iter(readings_of_latin(part)), "")
    return fold_kana(part)


def _join_letters(parts: list[str]) -> tuple[str, ...]:
    """Join a name that was written letter by letter (山 田 太 郎, 山田 太 郎)."""
    if len(parts) >= 3 and all(len(part) == 1 for part in parts):
        return ("".join(parts),)
    if len(parts) >= 3 and all(len(part) == 1 for part in parts[1:]):
        return parts[0], "".join(parts[1:])
    return tuple(parts)


def _cut_brackets(text: str) -> tuple[str, list[str], str]:
    """Take what stands in brackets out of a name: further names (旧姓, 通称), a reading, or a remark."""
    aliases, reading = [], ""
    for content in _BRACKETS.findall(text):
        if alias := _ALIAS.fullmatch(content.strip()):
            aliases.append(cut_wording(alias[1])[0])
        elif content.strip() and _ALL_KANA.fullmatch(_NOISE.sub("", to_katakana(content))):
            reading = content
    text = _BRACKETS.sub(" ", text)
    if (bare := re.search(r"\s(?:旧姓|通称)\s*[::]?\s*(\S+)$", text)) is not None:
        aliases.append(bare[1])
        text = text[: bare.start()]
    return text.strip(), aliases, reading


def _people(text: str) -> list[tuple[str, ...]]:
    """Return the parts of each person named in a text without titles and brackets."""
    first, *others = [_parts(piece) for piece in _pieces(text)]
    if len(first) > 1 and _ORGANISATION.search(first[0]):
        person = tuple(part for part in first[1:] if not names_role(part))
        return [first, *_people(" ".join(person))] if person else [first]
    if len(first) > 2 and names_role(first[0]):
        first = first[1:]
    if not others and _is_joint(first):
        surname, given, *more = first if len(first[0]) < 4 else (*guess_splits(first[0])[0], *first[1:])
        people = [first] if len(first[0]) >= 4 else []
        return [*people, (surname, given), *((surname, name) for name in more)]
    people = [first] if first else []
    for parts in others:
        people += _completed(parts, first)
    return people


def _pieces(text: str) -> list[str]:
    """Cut joint names apart; in a foreign name ・ only stands between its parts."""
    if not _HAS_KANJI.search(text):
        return [_DOTS.sub(" ", text)]
    pieces = [piece for piece in _JOINT.split(text.replace("、", "・")) if piece.strip()]
    if len(pieces) == 2 and all(len(piece.strip()) <= 2 for piece in pieces):
        return [" ".join(pieces)]
    return pieces or [text]


def _parts(piece: str) -> tuple[str, ...]:
    parts = [fold_part(part) for part in _COMMAS.sub(" ", _DOTS.sub(" ", piece)).split()]
    parts = [part for part in parts if part]
    if all(set(part) == {LOST} for part in parts):
        return ()
    return _join_letters(parts)


def _is_joint(parts: tuple[str, ...]) -> bool:
    """Tell one surname with several given names (山田 太郎 花子, 山田太郎 花子)."""
    if len(parts) < 2 or not all(_HAS_KANJI.search(part) for part in parts):
        return False
    return len(parts) >= 3 or (len(parts[0]) >= 4 and len(parts[1]) <= 3)


def _completed(parts: tuple[str, ...], first: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Give a further person the first one's surname where only a given name stands."""
    if len(parts) != 1 or len(parts[0]) > 3 or not first:
        return [parts] if parts else []
    surnames = [first[0]] if len(first) > 1 else [surname for surname, _ in guess_splits(first[0])]
    return [(surname, parts[0]) for surname in surnames]


def _with_alias(first: tuple[str, ...], alias: str) -> list[tuple[str, ...]]:
    """Return the names that a further surname (旧姓) or a whole further name (通称) makes."""
    parts = _parts(alias)
    if len(parts) != 1 or len(parts[0]) > 3:
        return [parts] if parts else []
    splits = [(first[0], first[1])] if len(first) > 1 else guess_splits(first[0])
    return [(parts[0], given) for _, given in splits if given]


def guess_splits(full: str) -> list[tuple[str, str]]:
    """Guess where a surname may end in a name written without a blank, the likeliest first."""
    ends = {1: (1,), 2: (1,), 3: (2, 1), 4: (2,), 5: (2, 3)}.get(len(full), (2, 3))
    return [(full[:end], full[end:]) for end in ends]


def _spell(parts: tuple[str, ...], readings: tuple[str, ...]) -> list[NormalName]:
    """Make the name of one person; a Latin one may read several ways in Japanese and is then several names."""
    if all(_ALL_KANA.fullmatch(part) for part in parts):
        return [NormalName(kana=_join_letters([fold_kana(part) for part in parts]))]
    if not readings and all(_LATIN.fullmatch(part) and len(part) > 1 for part in parts):
        in_kana = list(product(*(readings_of_latin(part) for part in parts)))
        return [NormalName(written=parts, kana=kana) for kana in in_kana] or [NormalName(written=parts)]
    return [NormalName(written=parts, kana=readings)]
