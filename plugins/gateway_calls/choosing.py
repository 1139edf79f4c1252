"""Choose the numbers of each line: those that may be called, in the profile's columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gateway.api import Line
from gateway_calls.numbers import BEGINNING, COUNTRY, Kind, NumberPlan
from gateway_calls.profile import Profile

_ANY_COUNTRY = frozenset({"e164", "e164_noplus"})
_HELD = {"toll_free": "toll_free_number", "premium": "premium_number"}
_REASONS = (*_HELD.values(), "foreign_number", "no_callable_number")
"""Why a line has no number to call; of several reasons the first counts, which the vendor can do most about."""
_NOBODY: tuple[str, ...] = ()


class NumberChoice:
    """Which numbers leave; ``left_out`` counts those that do not although their line does."""

    def __init__(self, profile: Profile, plan: NumberPlan, *, toll_free: bool) -> None:
        """Take a target's phone columns; ``toll_free`` admits free and premium numbers."""
        self._plan = plan
        self._abroad = profile.phone_style in _ANY_COUNTRY
        self._admitted: frozenset[Kind] = frozenset(
            {"fixed", "mobile", *(("toll_free", "premium") if toll_free else ())}
        )
        self._places = [column.phone_place() for column in profile.columns if column.is_phone]
        self._takes_any = ("phone", 0) in self._places
        self.left_out: Counter[str] = Counter()

    def choose(self, lines: Sequence[Line]) -> tuple[list[list[str]], dict[int, str]]:
        """Return a list of E.164 numbers a phone column, and why lines without any stay out, by their index."""
        phones = [line.phones for line in lines]
        chosen = self._sift_all(phones)
        refused = {}
        if not all(chosen):
            refused = {
                index: self._reason(phones[index]) for index, numbers in enumerate(chosen) if not numbers
            }
        columns = self._columns(chosen)
        if not self._takes_any:
            for index, cells in enumerate(zip(*columns, strict=True)):
                if not any(cells):
                    refused.setdefault(index, "no_callable_number")
        return columns, refused

    def _sift_all(self, phones: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Keep the numbers of many lines that may be called; one that begins like a known one costs little."""
        plain = "".join([p[0] for p in phones if p])
        if not (plain.isascii() and plain.replace("+", "0").isdecimal()):
            return [self._sift(p) for p in phones]
        places = self._plan.places
        admitted = {place for place, shape in enumerate(self._plan.shapes) if shape.kind in self._admitted}
        return [
            p if len(p) == 1 and places[len(p[0])].get(p[0][:BEGINNING]) in admitted else self._sift(p)
            for p in phones
        ]

    def _columns(self, chosen: Sequence[tuple[str, ...]]) -> list[list[str]]:
        columns = []
        most = max(map(len, chosen), default=0)
        for kind, place in self._places:
            if place >= most:
                columns.append([""] * len(chosen))
            elif kind == "phone":
                columns.append([numbers[place] if len(numbers) > place else "" for numbers in chosen])
            else:
                columns.append(self._of_kind(chosen, kind, place))
        return columns

    def _of_kind(self, chosen: Sequence[tuple[str, ...]], kind: str, place: int) -> list[str]:
        """Return a column of numbers of one kind; those of Japan were all asked about when they were chosen."""
        every = [number for numbers in chosen for number in numbers]
        places = self._plan.places
        alike = {at for at, shape in enumerate(self._plan.shapes) if shape.kind == kind}
        of_kind = {number for number in every if places[len(number)].get(number[:BEGINNING]) in alike}
        if self._abroad:
            abroad = (number for number in every if number[: len(COUNTRY)] != COUNTRY)
            of_kind |= {number for number in abroad if self._plan.shape(number).kind == kind}
        if not place and all(chosen) and len(every) == len(chosen):  # one number each
            return [number if number in of_kind else "" for number in every]
        found = [[number for number in numbers if number in of_kind] for numbers in chosen]
        return [numbers[place] if len(numbers) > place else "" for numbers in found]

    def _sift(self, phones: tuple[str, ...]) -> tuple[str, ...]:
        """Keep the numbers of one line that may be called, each once."""
        kept: dict[str, None] = {}
        for number in phones:
            kind = self._plan.shape(number).kind
            if kind in self._admitted and (self._abroad or number.startswith(COUNTRY)):
                kept[number] = None
        if kept and len(kept) < len(set(phones)):
            self.left_out.update(self._why(number) for number in set(phones) - kept.keys())
        return tuple(kept) if kept else _NOBODY

    def _reason(self, phones: tuple[str, ...]) -> str:
        """Say why a line has no number to call."""
        if not any(phones):
            return "no_phone"
        return min((self._why(number) for number in phones), key=_REASONS.index)

    def _why(self, number: str) -> str:
        shape = self._plan.shape(number)
        if shape.kind in _HELD:
            return _HELD[shape.kind]
        if shape.kind != "invalid" and not number.startswith(COUNTRY):
            return "foreign_number"
        return "no_callable_number"
