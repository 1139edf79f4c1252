"""Normalise an address: where it lies, its house number, its room, and the folded text as the safety floor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gateway.people.folding import fold_width
from gateway.people.house_numbers import HouseNumber, read_house_number
from gateway.people.place_spelling import fold_place
from gateway.people.places import part_numerals
from gateway.people.postal_codes import cut_postal_code, fold_postal_code
from gateway.people.rooms import Room, read_room
from gateway.people.sites import Site, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalAddress:
    """``text`` is the whole address folded, building included; equal texts are always the same address.

    ``text`` is empty where only a postal code, or nothing, was given. ``exact`` is the text without the folds that
    merge place names, kept only where they have merged two towns of one city (田沢, 田の沢).
    """

    postal_code: str
    text: str
    exact: str
    site: Site
    house: HouseNumber
    room: Room

    def __repr__(self) -> str:
        return "NormalAddress(…)"


_SEPARATORS = frozenset("-‐‑‒–—―−－﹣ーｰ─━~～〜・のノ")
"""After one of these a kanji numeral at the end of the head belongs to the house number (四-2-1)."""

_BLANK = re.compile(r"\s+")
_DIGIT = re.compile("[0-9０-９]")
_HOUSE_NUMBER = re.compile(r"\s*[0-9０-９]+\s*(?:丁目|番|[-‐−－ーｰの]\s*[0-9０-９])")
"""A house number in the building's column, where the address column stops at the town."""

_PLAIN_TAIL = re.compile("[1-9][0-9]*(?:-[1-9][0-9]*){0,3}")
_NO_ADDRESS = re.compile(
    r"[\W_]*(?:(?:住所)?(?:不明|不詳|不定|なし|無し|未定|未登録|未記入)|無|同上|転居先不明)?[\W_]*"
)


def read_address(address: str, building: str, postal_code: str) -> NormalAddress:
    """Normalise an address given in up to three columns; what is blank counts as missing."""
    code = fold_postal_code(postal_code)
    if "〒" in address or "郵便" in address or _DIGIT.match(address.lstrip()):
        in_front, address = cut_postal_code(fold_width(address))
        code = code or in_front
    digit = _DIGIT.search(address)
    if digit is None and building and _HOUSE_NUMBER.match(building):
        address, building = address + building, ""
        digit = _DIGIT.search(address)
    head, tail = (address[: digit.start()], address[digit.start() :]) if digit else (address, "")
    folded, site = _read_head(head, code)
    if tail and (site.open_end or head[-1:] in _SEPARATORS):
        folded, site = _read_head(address, code)
        rest = site.rest
    elif tail:
        folded_tail = tail if _PLAIN_TAIL.fullmatch(tail) else _fold_tail(tail)
        bridge = "|" if folded[-1:].isdecimal() else ""
        folded, rest = folded + bridge + folded_tail, _joined(site.rest, folded_tail)
    else:
        rest = site.rest
    in_column = _fold_tail(building) if building else ""
    house, room = _read_rest(rest, in_column, bool(site.towns))
    text = f"{folded}|{in_column}" if in_column else folded
    exact = _BLANK.sub("", fold_width(address)) if site.shared else ""
    return NormalAddress(postal_code=code, text=text, exact=exact, site=site, house=house, room=room)


def _joined(rest: str, tail: str) -> str:
    if not rest:
        return tail
    return f"{rest}|{tail}" if rest[-1].isdecimal() else rest + tail


@lru_cache(maxsize=1 << 17)
def _read_head(head: str, postal_code: str) -> tuple[str, Site]:
    """Fold and locate the part of an address that many share: all before the first digit."""
    folded = "" if _NO_ADDRESS.fullmatch(head) else fold_place(part_numerals(head.rstrip("第 \u3000")))
    return folded, locate(folded, postal_code)


_fold_tail = lru_cache(maxsize=1 << 16)(fold_place)


@lru_cache(maxsize=1 << 16)
def _read_rest(rest: str, building: str, town_known: bool) -> tuple[HouseNumber, Room]:
    house = read_house_number(rest, town_known)
    return house, read_room(f"{house.building}|{building}" if building else house.building)
