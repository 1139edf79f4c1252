"""Compare the parts of two names: surname with surname, given name with given name, in writing and in kana."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gateway.people.folding import LOST
from gateway.people.kana import mark_long_vowels, sound_of
from gateway.people.names import NormalName, guess_splits, look_alike
from gateway.suppression.sound_alikes import sound_alike

Fold: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Whether surname and given name agree; ``None`` where it cannot be told."""

    surname: bool | None = None
    given: bool | None = None
    detail: str = ""


def is_latin(name: NormalName) -> bool:
    """Tell a name in Latin letters."""
    return bool(name.written) and "".join(name.written).isascii()


def relate_parts(one: NormalName, other: NormalName) -> Parts:
    """Compare surname and given name apart, in writing and in kana; agreement in either is agreement."""
    if _initial_without_blank(one, other) or _initial_without_blank(other, one):
        return Parts(surname=True, given=False, detail="initial")
    tracks = []
    if one.written and other.written and is_latin(one) == is_latin(other):
        tracks.append(_split(one.written, other.written, look_alike))
    if one.kana and other.kana:
        tracks.append(_split(one.kana, other.kana, sound_of))
    elif tracks:
        tracks.append(_compare_given_readings(_given_reading(one), _given_reading(other)))
    if not tracks:
        return Parts()
    details = [track.detail for track in tracks if track.detail]
    if "other_initial" in details or ("surname_only" in details and any(map(_names_another, tracks))):
        details = []
    details.sort(key=lambda detail: detail != "reading_nearly_equal")
    return Parts(
        surname=_either([track.surname for track in tracks]),
        given=_either([track.given for track in tracks]),
        detail=details[0] if details else "",
    )


def _initial_without_blank(one: NormalName, other: NormalName) -> bool:
    """Tell whether a name without a blank shares a part with the other and one's rest is the other's initial (鈴木タ)."""
    if len(one.written) != 1:
        return False
    return any(
        (
            _is_initial(rest.translate(_AS_KANA), counterpart)
            and _may_begin(rest.translate(_AS_KANA), other.kana)
        )
        or (
            _is_initial(counterpart.translate(_AS_KANA), rest)
            and _may_begin(counterpart.translate(_AS_KANA), one.kana)
        )
        for rest, counterpart in _rests(one.written[0], other.written)
    )


def _rests(text: str, other: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what is left of a name without a blank and of the other, where they share a surname."""
    if len(other) == 2:
        for part, counterpart in (other, other[::-1]):
            yield from ((rest, counterpart) for rest in (text.removeprefix(part), text.removesuffix(part)))
    elif len(other) == 1:
        front = _common(text, other[0])
        if front:
            yield text[front:], other[0][front:]


def _may_begin(initial: str, kana: tuple[str, ...]) -> bool:
    """Tell whether a part of a reading begins so; without a reading it may, and without a blank anything may be a part."""
    sound = sound_of(initial)
    if len(kana) == 1:
        return sound in sound_of(kana[0])
    return not kana or any(sound_of(part).startswith(sound) for part in kana)


def _names_another(track: Parts) -> bool:
    return track.given is False and not track.detail


def _given_reading(name: NormalName) -> str:
    """Return how the given name is read, as far as kana tell, in their own column or in the name itself."""
    if len(name.kana) == 2:
        return name.kana[1]
    return name.written[1] if len(name.written) == 2 and _is_kana(name.written[1]) else ""


def _compare_given_readings(one: str, other: str) -> Parts:
    """Compare the readings of given names where only one side has a whole reading (桜, サクラ)."""
    if not one or not other:
        return Parts()
    if sound_of(one) == sound_of(other):
        return _given_readings(None, one, other)
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and not sound_of(long).startswith(sound_of(short)):
        return Parts(given=False, detail="other_initial")
    return Parts(given=False)


def _either(answers: list[bool | None]) -> bool | None:
    return True if True in answers else False if False in answers else None


def _split(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> Parts:
    """Compare parts of one script; a name without a blank is split where the other one is."""
    if len(one) >= 2 and len(other) >= 2:
        if _initial_of(one, other, fold):
            return Parts(surname=True, given=False, detail="initial")
        straight = _split_two(one, other, fold)
        turned = _split_two(one, other[::-1], fold)
        return turned if turned.surname and not (straight.surname or straight.given) else straight
    if len(one) >= 2:
        return _split_whole(other[0], one, fold)
    if len(other) >= 2:
        return _split_whole(one[0], other, fold)
    if fold is sound_of:
        return _split_both_readings(one[0], other[0])
    return _split_both(fold(one[0]), fold(other[0]))


def _initial_of(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> bool:
    """Tell whether one part agrees and the other is the initial of its counterpart, in any order (T. Yamada)."""
    return any(
        fold(one[place]) == fold(other[there]) and _nearly(one[1 - place], other[1 - there]) == "initial"
        for place in (0, 1)
        for there in (0, 1)
        if len(one) == len(other) == 2
    )


def _split_two(one: tuple[str, ...], other: tuple[str, ...], fold: Fold) -> Parts:
    surname = fold(one[0]) == fold(other[0])
    return _given(surname, "".join(one[1:]), "".join(other[1:]), fold)


def _given(surname: bool | None, one: str, other: str, fold: Fold) -> Parts:
    if fold is sound_of:
        return _given_readings(surname, one, other)
    if fold(one) == fold(other):
        return Parts(surname=surname, given=True)
    detail = _nearly(one, other) if surname is not False else ""
    return Parts(surname=surname, given=False, detail=detail)


def _given_readings(surname: bool | None, one: str, other: str) -> Parts:
    """Compare two readings of given names; alike but for voicing or a long vowel is neither equal nor different."""
    if mark_long_vowels(one) == mark_long_vowels(other):
        return Parts(surname=surname, given=True)
    if sound_of(one) == sound_of(other):
        return Parts(surname=surname, detail="reading_nearly_equal")
    detail = _nearly(one, other) if surname is not False else ""
    return Parts(surname=surname, given=False, detail=detail)


def _nearly(one: str, other: str) -> str:
    if LOST * len(one) == one or LOST * len(other) == other:
        return "lost_character"
    if any(_is_initial(short, long) for short, long in ((one, other), (other, one))):
        return "initial"
    if 1 in (len(one), len(other)) and len(one) != len(other) and _is_sound(min(one, other, key=len)):
        return ""
    return "sound_alike" if sound_alike(one, other) else ""


def _is_initial(short: str, long: str) -> bool:
    """Tell whether one sound or letter may begin the other text: it does, or the other's reading is not written."""
    if len(short) != 1 or not long or not _is_sound(short) or short == long:
        return False
    return not _is_sound(long) or (len(long) > 1 and long.startswith(short))


def _is_sound(text: str) -> bool:
    return _is_kana(text) or text.isascii()


def _is_kana(text: str) -> bool:
    return all("ァ" <= char <= "ヴ" or char == "ー" for char in text)


def _split_whole(whole: str, parts: tuple[str, ...], fold: Fold) -> Parts:
    """Compare a name without a blank with one that has its parts."""
    surname, given = parts[0], "".join(parts[1:])
    folded = fold(whole)
    if folded == fold(surname):
        return Parts(surname=True, detail="surname_only")
    if folded == fold(given):
        return Parts(given=True, detail="given_name_only")
    if whole.startswith(surname):
        return _given(True, whole[len(surname) :], given, fold)
    if whole.endswith(given) and len(whole) > len(given):
        return Parts(surname=False, given=True)
    return Parts(surname=False, given=False)


def _split_both(one: str, other: str) -> Parts:
    """Compare two written names without blanks by what they begin and end with; nothing here is certain."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        if len(short) <= _LONGEST_SURNAME:
            return Parts(surname=True, detail="surname_only")
        return Parts(surname=True, given=False)
    front, back = _common(one, other), _common(one[::-1], other[::-1])
    if front >= 2 and len(one) == len(other) and sound_alike(one[front:], other[front:]):
        return Parts(surname=True, given=False, detail="sound_alike")
    likely = {len(surname) for surname, _ in guess_splits(short)}
    surname = True if front >= 2 else None if front and front in likely else False
    if back >= 2 and (front < 2 or len(one) != len(other)):
        return Parts(surname=False if surname is False else None, given=True)
    if back == 1 and len(long) <= _LONGEST_SURNAME and front < 2:
        return Parts(surname=surname, detail="perhaps_same_given_name")
    return Parts(surname=surname, given=False)


def _split_both_readings(one: str, other: str) -> Parts:
    """Compare two readings without blanks: where a surname ends cannot be told, only that they begin alike."""
    short, long = sorted((sound_of(one), sound_of(other)), key=len)
    if long.startswith(short):
        return Parts(surname=True, detail="surname_only")
    if _common(short, long) >= 2:
        return Parts(given=False)
    return Parts(surname=False, given=_common(short[::-1], long[::-1]) >= 3)


_LONGEST_SURNAME = 3
_AS_KANA = str.maketrans("二八力口工卜夕三千才七", "ニハカロエトタミチオセ")
"""Behind a surname without a blank a kana is read as the kanji that looks like it."""


def _common(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
