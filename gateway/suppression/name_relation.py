"""Compare two people's names: how near they come, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gateway.people.folding import LOST
from gateway.people.kana import drop_long_vowels, mark_long_vowels, sound_of, spell_long_vowels
from gateway.people.names import NormalName, look_alike
from gateway.people.normalise import NormalPerson
from gateway.suppression.name_parts import Fold, Parts, is_latin, relate_parts


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
    answers = {relate_parts(one, other).surname for one in optout.names for other in record.names}
    return True if True in answers else None if None in answers or not answers else False


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
    if one.written and other.written and is_latin(one) != is_latin(other) and not (one.kana and other.kana):
        return _finding(NameRelation.UNSURE, "latin_letters")
    return _judge_parts(relate_parts(one, other), one, other)


def _different_scripts(one: NormalName, other: NormalName) -> NameFinding:
    """Kanji without a reading against a reading alone; Latin letters that are no Japanese word likewise."""
    if is_latin(one) or is_latin(other):
        return _finding(NameRelation.UNSURE, "latin_letters")
    return _finding(NameRelation.INCOMPARABLE, "kanji_against_kana")


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
    both_written = bool(one.written and other.written) and not (is_latin(one) or is_latin(other))
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
        for a in map(look_alike, _orders(one))
        for b in map(look_alike, _orders(other))
    )


def _judge_parts(parts: Parts, one: NormalName, other: NormalName) -> NameFinding:
    if parts.surname and parts.given:
        return _finding(NameRelation.EQUAL, "parts_equal")
    nearly = parts.detail == "reading_nearly_equal"
    if parts.detail in _UNSURE or (nearly and parts.surname):
        return _finding(NameRelation.UNSURE, parts.detail)
    perhaps = parts.given is None and parts.detail == "perhaps_same_given_name"
    if parts.given or nearly or perhaps:
        return _finding(NameRelation.SAME_GIVEN_NAME, "other_surname")
    if parts.detail == "sound_alike" and not (one.kana and other.kana):
        return _finding(NameRelation.SOUND_ALIKE, "given_names_sound_alike")
    if parts.surname:
        return _finding(NameRelation.SAME_SURNAME, "other_given_name")
    return _finding(NameRelation.DIFFERENT, "other_name")


_UNSURE = frozenset({"surname_only", "given_name_only", "initial", "lost_character"})
