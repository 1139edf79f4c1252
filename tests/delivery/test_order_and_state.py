"""What a batch offers beyond reading: lines in the order of a key, and a memory for the next delivery."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.entry_points import PLUGINS, EntryPoint
from gateway.errors import Refused
from gateway.plugins import Manager
from tests.delivery.shop import Shop, person

PEOPLE = [person(number) for number in range(40)]
POINTS = (
    EntryPoint(
        group=PLUGINS,
        name="sorting",
        value="tests.delivery.sorting_format",
        distribution="tests-sorting",
        version="1.0",
    ),
)


@pytest.fixture
def sorting(shop: Shop) -> Shop:
    shop.import_people(PEOPLE)
    return dataclasses.replace(shop, manager=Manager(POINTS))


def _rows(shop: Shop, package: int) -> list[str]:
    return (shop.packages()[package] / "people.csv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("jobs", [1, 2])
def test_lines_come_in_the_order_of_the_key_with_refusals_counted(sorting: Shop, jobs: int) -> None:
    result = sorting.deliver(format="sorted", jobs=jobs)
    names = [row.partition(",")[2] for row in _rows(sorting, 0)[1:]]
    kept = sorted({each.name for each in PEOPLE if not each.name.endswith("葵")}, key=str.encode)
    assert list(dict.fromkeys(names)) == kept
    assert names == sorted(names, key=str.encode)
    assert result.counts.delivered == len(names)
    assert result.counts.refused > 0


def test_what_a_released_delivery_keeps_is_there_for_the_next(sorting: Shop) -> None:
    for _ in range(3):
        sorting.deliver(format="sorted")
    assert sorted(_rows(sorting, package)[0] for package in range(3)) == ["before=", "before=I", "before=II"]


def test_a_rehearsal_keeps_nothing(sorting: Shop) -> None:
    sorting.deliver(format="sorted", dry_run=True)
    sorting.deliver(format="sorted")
    assert _rows(sorting, 0)[0] == "before="


@pytest.mark.parametrize(
    ("format_name", "code"), [("hoarding", "state_too_long"), ("state-in-parts", "no_state_in_parts")]
)
def test_a_format_that_misuses_the_state_is_refused(sorting: Shop, format_name: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        sorting.deliver(format=format_name)
    assert caught.value.code == code
