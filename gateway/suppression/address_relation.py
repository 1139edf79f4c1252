"""Compare two addresses: the same, nearly the same, or not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gateway.people.addresses import NormalAddress
from gateway.people.rooms import Room
from gateway.people.sites import Town


class AddressRelation(Enum):
    """How the addresses of an opt-out and a record relate."""

    SAME = "same_address"
    ROOM_ON_ONE_SIDE = "room_on_one_side"
    ROOMS_DIFFER = "rooms_differ"
    INCOMPLETE = "number_incomplete"
    UNSURE_TOWN = "town_unsure"
    POSTAL_CODE_ONLY = "postal_code_only"
    DIFFERENT = "other_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFinding:
    """A relation and the detail that led to it, a stable code."""

    relation: AddressRelation
    detail: str


def relate_addresses(one: NormalAddress, other: NormalAddress) -> AddressFinding:
    """Compare two addresses; the same place first, then the numbers, then the rooms."""
    if one.text and one.text == other.text and (one.exact == other.exact or not _codes_differ(one, other)):
        return _finding(AddressRelation.SAME, "text_equal")
    place = _relate_places(one, other)
    if place == "other":
        return _finding(AddressRelation.DIFFERENT, "other_place")
    if not one.text or not other.text:
        return _finding(AddressRelation.POSTAL_CODE_ONLY, "postal_code_equal")
    numbers = _relate_numbers(one, other)
    if numbers.relation is AddressRelation.SAME and place == "unsure":
        return _finding(AddressRelation.UNSURE_TOWN, "several_towns_fit")
    same = numbers.relation in (AddressRelation.SAME, AddressRelation.ROOM_ON_ONE_SIDE)
    if same and not (one.room.room and other.room.room) and _on_other_floors(one, other):
        return _finding(AddressRelation.ROOMS_DIFFER, "postal_codes_of_other_floors")
    return numbers


def _finding(relation: AddressRelation, detail: str) -> AddressFinding:
    return AddressFinding(relation=relation, detail=detail)


def _relate_places(one: NormalAddress, other: NormalAddress) -> str:
    """Return ``same``, ``unsure`` or ``other``."""
    codes_agree = bool(one.postal_code) and one.postal_code == other.postal_code
    codes_differ = _codes_differ(one, other)
    if any(_same_town(a, b, codes_agree, codes_differ) for a in one.site.towns for b in other.site.towns):
        several = max(len(one.site.towns), len(other.site.towns)) > 1
        return "unsure" if several and not codes_agree else "same"
    if codes_agree and not (_trusted(one) and _trusted(other)):
        return "same"
    return "other"


def _on_other_floors(one: NormalAddress, other: NormalAddress) -> bool:
    """Tell whether both have their own postal code within one town, as floors of tall buildings have."""
    if not _codes_differ(one, other) or not (_trusted(one) and _trusted(other)):
        return False
    first = one.site.towns[0].first_code
    return bool(first) and first not in (one.postal_code, other.postal_code)


def _codes_differ(one: NormalAddress, other: NormalAddress) -> bool:
    return bool(one.postal_code and other.postal_code) and one.postal_code != other.postal_code


def _trusted(address: NormalAddress) -> bool:
    """Tell whether the town is known for sure: listed, single, and not contradicted by the postal code."""
    towns = address.site.towns
    return len(towns) == 1 and towns[0].listed and not address.site.contradicted


def _same_town(one: Town, other: Town, codes_agree: bool, codes_differ: bool) -> bool:
    if (one.city, one.name) != (other.city, other.name) or one.prefecture != other.prefecture:
        return False
    if one.shared and codes_differ:
        return False
    return codes_agree or one.ward == other.ward or not (one.ward and other.ward)


def _relate_numbers(one: NormalAddress, other: NormalAddress) -> AddressFinding:
    a, b = one.house, other.house
    if a.lot and b.lot and a.lot != b.lot:
        return _finding(AddressRelation.DIFFERENT, "other_lot")
    if a.locality and b.locality and a.locality != b.locality and _trusted(one) and _trusted(other):
        return _finding(AddressRelation.DIFFERENT, "other_locality")
    if a.numbers != b.numbers:
        return _relate_unequal(one, other)
    if a.lot != b.lot:
        return _finding(AddressRelation.INCOMPLETE, "lot_on_one_side")
    return _relate_rooms(one.room, other.room)


def _relate_unequal(one: NormalAddress, other: NormalAddress) -> AddressFinding:
    short, long = sorted((one, other), key=lambda address: len(address.house.numbers))
    fewer, more = short.house.numbers, long.house.numbers
    if len(fewer) == len(more):
        return _finding(AddressRelation.DIFFERENT, "other_number")
    if more[: len(fewer)] == fewer:
        if fewer and not long.room.room and more[len(fewer) :] == (short.room.room,):
            return _finding(AddressRelation.SAME, "room_as_number")
        return _finding(AddressRelation.INCOMPLETE, "number_begins_alike" if fewer else "no_number")
    if len(fewer) >= 2 and more[-len(fewer) :] == fewer:
        return _finding(AddressRelation.INCOMPLETE, "number_ends_alike")
    return _finding(AddressRelation.DIFFERENT, "other_number")


def _relate_rooms(one: Room, other: Room) -> AddressFinding:
    if one == other:
        return _finding(AddressRelation.SAME, "number_equal")
    if one.block and other.block and one.block != other.block and one.room == other.room:
        return _finding(AddressRelation.ROOMS_DIFFER, "other_block")
    if not one.room or not other.room:
        return _finding(AddressRelation.ROOM_ON_ONE_SIDE, "number_equal")
    if one.room == other.room or one.block + one.room == other.block + other.room:
        return _finding(AddressRelation.SAME, "room_equal")
    if _on_floor(one, other) or _on_floor(other, one):
        return _finding(AddressRelation.ROOM_ON_ONE_SIDE, "floor_equal")
    return _finding(AddressRelation.ROOMS_DIFFER, "other_room")


def _on_floor(floor: Room, room: Room) -> bool:
    """Tell whether only a floor is known on one side and the other side's room lies on it (10F, 1003)."""
    return floor.room.endswith("F") and room.room[:-2] == floor.room[:-1] != ""
