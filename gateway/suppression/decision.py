"""Stage 2: one opt-out against one record, by a table.

Read the tables as the policy: rows are how the names relate, columns how the addresses relate and whether a phone
number or an e-mail address is shared. Where both columns of a row apply the stricter verdict wins. Whatever is in
doubt is held back for a person to look at; ``review`` is never delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.people.normalise import NormalPerson
from gateway.suppression.address_relation import AddressFinding, AddressRelation, relate_addresses
from gateway.suppression.name_relation import NameFinding, NameRelation, relate_names, share_surname

Scope = Literal["individual", "household", "address", "phone"]
"""How far an opt-out reaches (範囲)."""

Verdict = Literal["deliver", "suppress", "review"]
"""What happens to a record (判定)."""

_STRICTNESS: dict[Verdict, int] = {"deliver": 0, "review": 1, "suppress": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict, the rule that gave it and the findings behind it; stable codes, no personal data."""

    verdict: Verdict
    rule: str
    why: str


_INDIVIDUAL: dict[NameRelation, tuple[Verdict, Verdict, Verdict]] = {
    #                                      same address  nearly     phone or e-mail equal
    NameRelation.EQUAL:                   ("suppress",  "review",  "suppress"),
    NameRelation.UNSURE:                  ("review",    "deliver", "suppress"),
    NameRelation.SAME_GIVEN_NAME:         ("review",    "deliver", "suppress"),
    NameRelation.RECORD_WITHOUT_NAME:     ("review",    "deliver", "suppress"),
    NameRelation.REQUEST_WITHOUT_NAME:    ("suppress",  "deliver", "suppress"),
    NameRelation.INCOMPARABLE:            ("review",    "deliver", "review"),
    NameRelation.SOUND_ALIKE:             ("review",    "deliver", "review"),
    NameRelation.SAME_SURNAME:            ("deliver",   "deliver", "review"),
    NameRelation.DIFFERENT:               ("deliver",   "deliver", "review"),
}  # fmt: skip
"""Scope individual. Elsewhere (another address, no address) only phone and e-mail count."""

_FAMILY: dict[AddressRelation, tuple[Verdict, Verdict]] = {
    #                                      same surname  surname unknown
    AddressRelation.SAME:                 ("suppress",  "review"),
    AddressRelation.ROOM_ON_ONE_SIDE:     ("suppress",  "review"),
    AddressRelation.INCOMPLETE:           ("review",    "deliver"),
    AddressRelation.UNSURE_TOWN:          ("review",    "deliver"),
    AddressRelation.ROOMS_DIFFER:         ("deliver",   "deliver"),
    AddressRelation.POSTAL_CODE_ONLY:     ("deliver",   "deliver"),
    AddressRelation.DIFFERENT:            ("deliver",   "deliver"),
}  # fmt: skip
"""Scope household: what it adds to scope individual, which always applies to the person too."""

_ADDRESS: dict[AddressRelation, Verdict] = {
    AddressRelation.SAME:                 "suppress",
    AddressRelation.ROOM_ON_ONE_SIDE:     "review",
    AddressRelation.INCOMPLETE:           "review",
    AddressRelation.UNSURE_TOWN:          "review",
    AddressRelation.ROOMS_DIFFER:         "deliver",
    AddressRelation.POSTAL_CODE_ONLY:     "deliver",
    AddressRelation.DIFFERENT:            "deliver",
}  # fmt: skip
"""Scope address: names do not count, and neither do phone and e-mail: the address was asked for."""

_NEARLY = frozenset({
    AddressRelation.ROOMS_DIFFER, AddressRelation.INCOMPLETE, AddressRelation.UNSURE_TOWN, AddressRelation.POSTAL_CODE_ONLY,
})  # fmt: skip
_SAME = frozenset({AddressRelation.SAME, AddressRelation.ROOM_ON_ONE_SIDE})


def decide(opt_out: NormalPerson, scope: Scope, record: NormalPerson) -> Decision:
    """Judge one record by one opt-out; household wording in the opt-out's name makes its scope ``household``."""
    if scope == "phone":
        return _decide_phone(opt_out, record)
    addresses = relate_addresses(opt_out.address, record.address)
    if scope == "address":
        return _decide_address(opt_out, addresses)
    individual = _decide_individual(opt_out, record, addresses)
    if scope == "individual" and not opt_out.household:
        return individual
    return _stricter(individual, _decide_family(opt_out, record, addresses))


def unusable(opt_out: NormalPerson, scope: Scope) -> str | None:
    """Return a reason code if an opt-out would protect nobody, ``None`` if it can be used.

    A name alone, or an address without a house number in a scope that means the address, identifies nobody; silently
    accepted it would look like protection. The codes: ``nothing_given``, ``name_alone``, ``phone_missing``,
    ``address_missing``, ``address_without_number``.
    """
    address = opt_out.address
    if scope == "phone":
        return None if opt_out.phones else "phone_missing"
    if scope == "address":
        return _unusable_address(opt_out)
    if opt_out.phones or opt_out.emails:
        return None
    if not opt_out.names or scope == "household" or opt_out.household:
        return _unusable_address(opt_out)
    return None if address.text or address.postal_code else "name_alone"


def _unusable_address(opt_out: NormalPerson) -> str | None:
    address = opt_out.address
    if not address.text:
        return "address_missing" if opt_out.names or address.postal_code else "nothing_given"
    return None if address.house.numbers and not address.house.block_alone else "address_without_number"


def _decide_phone(opt_out: NormalPerson, record: NormalPerson) -> Decision:
    if set(opt_out.phones) & set(record.phones):
        return _decision("suppress", "phone", "same_phone", "phone_equal")
    return _decision("deliver", "phone", "other_phone", "no_phone_equal")


def _decide_individual(opt_out: NormalPerson, record: NormalPerson, addresses: AddressFinding) -> Decision:
    names = relate_names(opt_out, record)
    same, nearly, by_contact = _INDIVIDUAL[names.relation]
    by_address: Verdict = (
        same if addresses.relation in _SAME else nearly if addresses.relation in _NEARLY else "deliver"
    )
    shared = _shared_contact(opt_out, record)
    if shared and _STRICTNESS[by_contact] > _STRICTNESS[by_address]:
        return _decision(by_contact, "individual", f"{names.relation.value}+same_{shared}", names.detail)
    rule = f"{names.relation.value}+{addresses.relation.value}"
    return _decision(by_address, "individual", rule, f"{names.detail},{addresses.detail}")


def _decide_address(opt_out: NormalPerson, addresses: AddressFinding) -> Decision:
    verdict = _ADDRESS[addresses.relation] if _names_a_house(opt_out, addresses) else "deliver"
    return _decision(verdict, "address", addresses.relation.value, addresses.detail)


def _names_a_house(opt_out: NormalPerson, addresses: AddressFinding) -> bool:
    """Tell whether an opt-out's address means a house: without a number it would hold back a whole town."""
    return bool(opt_out.address.house.numbers) or addresses.relation is not AddressRelation.INCOMPLETE


def _decide_family(opt_out: NormalPerson, record: NormalPerson, addresses: AddressFinding) -> Decision:
    surname = share_surname(opt_out, record) if opt_out.names and record.names else False
    same, unknown = (
        _FAMILY[addresses.relation] if _names_a_house(opt_out, addresses) else ("deliver", "deliver")
    )
    verdict: Verdict = same if surname else unknown if surname is None else "deliver"
    found = "same_surname" if surname else "surname_unknown" if surname is None else "other_surname"
    return _decision(verdict, "household", f"{found}+{addresses.relation.value}", addresses.detail)


def _shared_contact(opt_out: NormalPerson, record: NormalPerson) -> str:
    if set(opt_out.phones) & set(record.phones):
        return "phone"
    return "email" if set(opt_out.emails) & set(record.emails) else ""


def _stricter(one: Decision, other: Decision) -> Decision:
    return other if _STRICTNESS[other.verdict] > _STRICTNESS[one.verdict] else one


def _decision(verdict: Verdict, scope: Scope, rule: str, why: str) -> Decision:
    return Decision(verdict=verdict, rule=f"{scope}:{rule}", why=why)


__all__ = ["AddressFinding", "Decision", "NameFinding", "Scope", "Verdict", "decide", "unusable"]
