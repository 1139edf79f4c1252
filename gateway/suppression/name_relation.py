"""Compare two people's names: how near they come, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from gateway.people.folding import LOST
from gateway.people.kana import drop_long_vowels, mark_long_vowels, sound_of, spell_long_vowels
from gateway.people.names import NormalName, guess_splits, look_alike
from gateway.people.normalise import NormalPerson
from gateway.suppression.sound_alikes import sound_alike

Fold: TypeAlias = Callable[[str], str]


class NameRelation(Enum):
    """How the names of an opt-out and a record relate; the strictest first."""

    EQUAL = "names_equal"
    REQUEST_WITHOUT_NAME = "request_without_name"
    UNSURE = "names_unsure"
    SAME_GIVEN_NAME = "same_given_name"
    RECORD_WITHOUT_NAME = "record_without_name"
    INCOMPARABLE = "names_incomparable"
    SOUND_ALIKE = "names_sound_alike"
    SAME_SURNAME = "same_surname"
    DIFFERENT = "names_different"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFinding:
    """A relation and the detail that led to it, a stable code."""

    relation: NameRelation
    detail: str


_STRICTNESS = {relation: place for place, relation in enumerate(NameRelation)}


def relate_names(optout: NormalPerson, record: NormalPerson) -> NameFinding:
    """Compare all names of both sides; the nearest pair counts."""
    if not optout.names:
        return NameFinding(relation=NameRelation.REQUEST_WITHOUT_NAME, detail="no_name_on_request")
    if not record.names:
        return NameFinding(relation=NameRelation.RECORD_WITHOUT_NAME, detail="no_name_on_record")
    findings = [_relate(one, other) for one in optout.names for other in record.names]
    return min(findings, key=lambda finding: _STRICTNESS[finding.relation])


def share_surname(optout: NormalPerson, record: NormalPerson) -> bool | None:
    """Tell whether some names share the surname; ``None`` if that cannot be told."""
    answers = {_relate_parts(one, other).surname for one in optout.names for other in record.names}
    return True if True in answers else None if None in answers or not answers else False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Whether surname and given name agree; ``None`` where it cannot be told."""

    surname: bool | None = None
    given: bool | None = None
    detail: str = ""


def _finding(relation: NameRelation, detail: str) -> NameFinding:
    return NameFinding(relation=relation, detail=detail)


def _relate(one: NormalName, other: NormalName) -> NameFinding:
    if one.written and other.written and _same(one.written, other.written, look_alike):
        return _finding(NameRelation.EQUAL, "written_equal")
    readings = _relate_readings(one, other)
    if readings is not None:
        return readings
    if one.written and other.written and _lost_fits(one.written, other.written):
        return _finding(NameRelation.UNSURE, "lost_character")
    if not (one.written and other.written) and not (one.kana and other.kana):
        return _different_scripts(one, other)
    if one.written and other.written and _is_latin(one) != _is_latin(other) and not (one.kana and other.kana):
        return _finding(NameRelation.UNSURE, "latin_letters")
    return _judge_parts(_relate_parts(one, other), one, other)


def _different_scripts(one: NormalName, other: NormalName) -> NameFinding:
    """Kanji without a reading against a reading alone; Latin letters that are no Japanese word likewise."""
    if _is_latin(one) or _is_latin(other):
        return _finding(NameRelation.UNSURE, "latin_letters")
    return _finding(NameRelation.INCOMPARABLE, "kanji_against_kana")


def _is_latin(name: NormalName) -> bool:
    return bool(name.written) and "".join(name.written).isascii()


def _orders(parts: tuple[str, ...]) -> set[str]:
    return {"".join(parts), "".join(reversed(parts))} if len(parts) == 2 else {"".join(parts)}


def _same(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> bool:
    """Compare whole names in either order; of two names without blanks one may be the other turned round.

    Parts are folded before they are turned round: a long vowel must not arise where they then meet.
    """
    if len(one) == len(other) == 2:
        ones, others = tuple(map(fold, one)), tuple(map(fold, other))
        return others in (ones, ones[::-1]) or fold("".join(one)) == fold("".join(other))
    if {fold(text) for text in _orders(one)} & {fold(text) for text in _orders(other)}:
        return True
    if len(one) == len(other) == 1:
        a, b = fold(one[0]), fold(other[0])
        return len(a) == len(b) >= 3 and a in b + b
    return False


def _relate_readings(one: NormalName, other: NormalName) -> NameFinding | None:
    """Compare readings; ``None`` where there are not two or they differ."""
    if not one.kana or not other.kana:
        return None
    both_written = bool(one.written and other.written) and not (_is_latin(one) or _is_latin(other))
    if _same(one.kana, other.kana, mark_long_vowels) or _same(one.kana, other.kana, spell_long_vowels):
        return _finding(NameRelation.EQUAL, "reading_equal")
    if _same(one.kana, other.kana, drop_long_vowels):
        if both_written:
            return _finding(NameRelation.UNSURE, "reading_equal_but_long_vowel")
        return _finding(NameRelation.EQUAL, "reading_equal")
    if _same(one.kana, other.kana, sound_of):
        return _finding(NameRelation.UNSURE, "reading_equal_but_voicing")
    return None


def _lost_fits(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether a lost character on either side, standing for any one character, explains the difference."""
    if LOST not in "".join(one + other):
        return False
    return any(
        len(a) == len(b) and all(x == y or LOST in (x, y) for x, y in zip(a, b, strict=True))
        for a in _orders(one)
        for b in _orders(other)
    )


def _relate_parts(one: NormalName, other: NormalName) -> _Parts:
    """Compare surname and given name apart, in writing and in kana; agreement in either is agreement."""
    tracks = []
    if one.written and other.written and _is_latin(one) == _is_latin(other):
        tracks.append(_split(one.written, other.written, look_alike))
    if one.kana and other.kana:
        tracks.append(_split(one.kana, other.kana, sound_of))
    elif tracks:
        tracks.append(_compare_given_readings(_given_reading(one), _given_reading(other)))
    if not tracks:
        return _Parts()
    surname = _either([track.surname for track in tracks])
    given = _either([track.given for track in tracks])
    if tracks[-1].detail == "other_initial":
        return _Parts(surname=surname, given=given)
    details = [track.detail for track in tracks if track.detail]
    return _Parts(surname=surname, given=given, detail=details[0] if details else "")


def _given_reading(name: NormalName) -> str:
    """Return how the given name is read, as far as kana tell, in their own column or in the name itself."""
    if len(name.kana) == 2:
        return name.kana[1]
    return name.written[1] if len(name.written) == 2 and _is_kana(name.written[1]) else ""


def _compare_given_readings(one: str, other: str) -> _Parts:
    """Compare the readings of given names where only one side has a whole reading (桜, サクラ)."""
    if not one or not other:
        return _Parts()
    if sound_of(one) == sound_of(other):
        return _Parts(given=True)
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and not sound_of(long).startswith(sound_of(short)):
        return _Parts(given=False, detail="other_initial")
    return _Parts(given=False)


def _either(answers: list[bool | None]) -> bool | None:
    return True if True in answers else False if False in answers else None


def _split(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> _Parts:
    """Compare parts of one script; a name without a blank is split where the other one is."""
    if len(one) >= 2 and len(other) >= 2:
        if _initial_of(one, other, fold):
            return _Parts(surname=True, given=False, detail="initial")
        straight = _split_two(one, other, fold)
        turned = _split_two(one, other[::-1], fold)
        return turned if turned.surname and not (straight.surname or straight.given) else straight
    if len(one) >= 2:
        return _split_whole(other[0], one, fold)
    if len(other) >= 2:
        return _split_whole(one[0], other, fold)
    return _split_both(fold(one[0]), fold(other[0]))


def _initial_of(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> bool:
    """Tell whether one part agrees and the other is the initial of its counterpart, in any order (T. Yamada)."""
    return any(
        fold(one[place]) == fold(other[there]) and _nearly(one[1 - place], other[1 - there]) == "initial"
        for place in (0, 1)
        for there in (0, 1)
        if len(one) == len(other) == 2
    )


def _split_two(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> _Parts:
    surname = fold(one[0]) == fold(other[0])
    return _given(surname, "".join(one[1:]), "".join(other[1:]), fold)


def _given(surname: bool | None, one: str, other: str, fold: Fold) -> _Parts:
    if fold(one) == fold(other):
        return _Parts(surname=surname, given=True)
    detail = _nearly(one, other) if surname is not False else ""
    return _Parts(surname=surname, given=False, detail=detail)


def _nearly(one: str, other: str) -> str:
    if LOST * len(one) == one or LOST * len(other) == other:
        return "lost_character"
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and len(long) > 1 and (_is_kana(short) or short.isascii()):
        return "initial" if long.startswith(short) or not (_is_kana(long) or long.isascii()) else ""
    return "sound_alike" if sound_alike(one, other) else ""


def _is_kana(text: str) -> bool:
    return all("ァ" <= char <= "ヴ" or char == "ー" for char in text)


def _split_whole(whole: str, parts: tuple[str, ...], fold: Fold) -> _Parts:
    """Compare a name without a blank with one that has its parts."""
    surname, given = parts[0], "".join(parts[1:])
    folded = fold(whole)
    if folded == fold(surname):
        return _Parts(surname=True, detail="surname_only")
    if folded == fold(given):
        return _Parts(given=True, detail="given_name_only")
    if whole.startswith(surname):
        return _given(True, whole[len(surname) :], given, fold)
    if whole.endswith(given) and len(whole) > len(given):
        return _Parts(surname=False, given=True)
    return _Parts(surname=False, given=False)


def _split_both(one: str, other: str) -> _Parts:
    """Compare two names without blanks by what they begin and end with."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        if len(short) <= 3:
            return _Parts(surname=True, detail="surname_only")
        return _Parts(surname=True, given=False)
    front, back = _common(one, other), _common(one[::-1], other[::-1])
    if front >= 2 and len(one) == len(other) and sound_alike(one[front:], other[front:]):
        return _Parts(surname=True, given=False, detail="sound_alike")
    likely = {len(surname) for surname, _ in guess_splits(short)}
    surname = True if front >= 2 else None if front and front in likely else False
    same_end = back >= 2 or (back == 1 and len(long) <= 3)
    if same_end and (front < 2 or len(one) != len(other)):
        return _Parts(surname=False if surname is False else None, given=True)
    return _Parts(surname=surname, given=False)


def _common(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _judge_parts(parts: _Parts, one: NormalName, other: NormalName) -> NameFinding:
    if parts.surname and parts.given:
        return _finding(NameRelation.EQUAL, "parts_equal")
    if parts.detail in ("surname_only", "given_name_only", "initial", "lost_character"):
        return _finding(NameRelation.UNSURE, parts.detail)
    if parts.given:
        return _finding(NameRelation.SAME_GIVEN_NAME, "other_surname")
    if parts.detail == "sound_alike" and not (one.kana and other.kana):
        return _finding(NameRelation.SOUND_ALIKE, "given_names_sound_alike")
    if parts.surname:
        return _finding(NameRelation.SAME_SURNAME, "other_given_name")
    return _finding(NameRelation.DIFFERENT, "other_name")
