"""Show people to the suppressors of plugins, everywhere alike, and read them back from what was shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gateway.api import Candidate
from gateway.people.person import Person
from gateway.suppression.key_pages import KeyPage


def candidate(ref: int, person: Person, keys: Sequence[int]) -> Candidate:
    """Show one person with the match keys of the record."""
    return Candidate(
        ref=ref,
        name=person.name,
        kana=person.kana,
        postal_code=person.postal_code,
        address=person.address,
        building=person.building,
        company=person.company,
        joint_names=person.joint_names,
        phones=person.phones,
        emails=person.emails,
        keys=tuple(keys),
    )


def person_shown(shown: Candidate) -> Person:
    """Make the person again, as far as identifying one goes."""
    return Person(
        name=shown.name,
        kana=shown.kana,
        postal_code=shown.postal_code,
        address=shown.address,
        building=shown.building,
        company=shown.company,
        joint_names=shown.joint_names,
        phones=shown.phones,
        emails=shown.emails,
    )


def page_of_candidates(shown: Sequence[Candidate]) -> KeyPage:
    """Lay out the keys of candidates; ``numbers`` are their places in the sequence."""
    return KeyPage(
        numbers=np.arange(len(shown), dtype=np.int64),
        lens=np.fromiter((len(each.keys) for each in shown), dtype=np.uint8, count=len(shown)),
        keys=np.fromiter((key for each in shown for key in each.keys), dtype=np.int64),
    )
