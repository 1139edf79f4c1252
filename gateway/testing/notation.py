"""Write the same person in another notation, as forms, desks and old systems do; the person stays the same.

Each notation is a function of its own with a name, so that a test can say which one was not recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from gateway.people.person import Person
from gateway.testing import address_notations, contact_notations, name_notations

Notation = Callable[[Person, Random], Person]
"""Return the person in another notation, or as it is where the notation does not apply."""


def respell(person: Person, draws: Random, *, times: int = 3) -> Person:
    """Apply some notations, drawn at random, in the table's order: what they say stays the same."""
    drawn = set(draws.sample(list(NOTATIONS), k=min(times, len(NOTATIONS))))
    for name, notation in NOTATIONS.items():
        if name in drawn:
            person = notation(person, draws)
    return person


def _by_name(*notations: Notation) -> Mapping[str, Notation]:
    return {notation.__name__: notation for notation in notations}


NOTATIONS: Mapping[str, Notation] = _by_name(
    name_notations.swapped_order,
    name_notations.spaces_in_the_name,
    name_notations.kanji_variants_in_the_name,
    name_notations.variation_selectors,
    name_notations.iteration_marks,
    name_notations.small_ke_and_no_in_the_name,
    name_notations.look_alikes_in_the_name,
    name_notations.middle_dot_in_the_name,
    name_notations.honorific_at_the_end,
    name_notations.half_width_kana,
    name_notations.hiragana,
    name_notations.spaces_in_the_kana,
    name_notations.long_vowels,
    name_notations.large_kana,
    name_notations.other_kana_of_one_sound,
    name_notations.without_voicing,
    name_notations.without_kana,
    address_notations.full_width_address,
    address_notations.other_hyphens,
    address_notations.number_in_words,
    address_notations.number_with_hyphens,
    address_notations.kanji_block,
    address_notations.kanji_number,
    address_notations.lot_number,
    address_notations.without_prefecture,
    address_notations.short_prefecture,
    address_notations.without_county,
    address_notations.without_aza,
    address_notations.with_aza,
    address_notations.ke_in_the_address,
    address_notations.no_in_the_address,
    address_notations.tsu_in_the_address,
    address_notations.numeral_in_the_town,
    address_notations.kanji_variants_in_the_address,
    address_notations.street_in_kyoto,
    address_notations.former_city,
    address_notations.blanks_in_the_address,
    address_notations.building_behind_the_address,
    address_notations.other_room,
    address_notations.room_with_its_floor,
    address_notations.kanji_room,
    address_notations.other_building_name,
    address_notations.room_behind_the_number,
    address_notations.care_of,
    contact_notations.other_postal_code,
    contact_notations.postal_code_in_the_address,
    contact_notations.other_phones,
    contact_notations.phones_without_their_zero,
    contact_notations.other_emails,
)
"""Every notation by name: each, and any mixture of them, says the same as before."""

LOSSES: Mapping[str, Notation] = _by_name(
    name_notations.kana_for_a_name,
    name_notations.lost_character,
    name_notations.surname_alone,
    name_notations.initial,
    name_notations.latin_letters,
    name_notations.homophone,
    name_notations.new_surname,
    name_notations.without_name,
    address_notations.without_building,
    address_notations.block_alone,
    address_notations.town_alone,
)
"""What says less than before, or what somebody else might be called: whoever is written so is not delivered, but may have
to be looked at."""
