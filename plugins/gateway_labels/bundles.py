"""Put labels in bundles by delivery area, with a slip before each (区分の割符).

Labels come in the order of their areas. Areas with few labels are set aside: they go to a bundle of their region (the
first two digits), and what is still too little to one of mixed areas at the end. Only these few wait in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

MIXED = "雑"
REGION_DIGITS = 2


class Label(NamedTuple):
    """A composed label with what the post office sorts and counts by."""

    operators: str
    area: str
    barcoded: bool
    slip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Labels that are tied together under one slip; ``number`` counts the bundles of a ``name`` from 1."""

    name: str
    number: int
    of: int
    labels: list[Label]


def bundles(labels: Iterable[Label], *, size: int, least: int) -> Iterator[Bundle]:
    """Yield the bundles in order: areas, after each region what is left of it, at last the mixed ones.

    ``size`` is the most labels of a bundle, ``least`` the fewest of an area that gets bundles of its own.
    """
    mixed: list[Label] = []
    for region, in_region in groupby(labels, key=lambda label: label.area[:REGION_DIGITS]):
        left: list[Label] = []
        for area, in_area in groupby(in_region, key=lambda label: label.area):
            found = list(in_area)
            if len(found) < least:
                left += found
            else:
                yield from _cut(area, found, size)
        if len(left) < least:
            mixed += left
        else:
            yield from _cut(region, left, size)
    yield from _cut(MIXED, mixed, size)


def _cut(name: str, labels: list[Label], size: int) -> Iterator[Bundle]:
    """Cut labels into bundles of nearly equal size."""
    count = -(-len(labels) // size)
    for place in range(count):
        start, end = (len(labels) * each // count for each in (place, place + 1))
        yield Bundle(name=name, number=place + 1, of=count, labels=labels[start:end])
