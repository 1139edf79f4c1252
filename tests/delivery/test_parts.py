"""Partitioned work: the same package from one process and from several."""

from __future__ import annotations

import pytest

from gateway.errors import Failed, Refused
from tests.delivery.shop import Shop, ids_in, person

PEOPLE = [person(number) for number in range(60)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_parts_keep_the_order_the_refusals_and_the_counts(shop: Shop, jobs: int) -> None:
    unique = {each.name: each for each in PEOPLE}
    people = list(unique.values())
    shop.import_people(people)
    result = shop.deliver(format="parts", jobs=jobs)
    kept = [each.id for each in people if not each.name.endswith("葵")]
    assert ids_in(shop.packages()[0], people) == kept
    assert (result.counts.refused, result.counts.delivered) == (len(people) - len(kept), len(kept))
    assert result.reports["seen"] == len(people)


@pytest.mark.parametrize("jobs", [1, 2])
def test_two_processes_screen_like_one(shop: Shop, jobs: int) -> None:
    people = [person(number) for number in range(40)]
    shop.import_people(people)
    shop.opt_out(people[7], purpose="dm")
    result = shop.deliver(jobs=jobs)
    assert (result.counts.suppressed, result.counts.delivered) == (1, 39)


def test_a_part_writes_no_files(shop: Shop) -> None:
    shop.import_people(PEOPLE[:4])
    with pytest.raises(Refused) as caught:
        shop.deliver(format="writing-parts")
    assert caught.value.code == "no_files_in_parts"


def test_a_worker_that_dies_fails_the_delivery_and_nothing_is_released(shop: Shop) -> None:
    shop.import_people(PEOPLE[:4])
    with pytest.raises(Failed) as caught:
        shop.deliver(format="dying-parts", jobs=2)
    assert caught.value.code == "worker_died"
    assert shop.packages() == []


def test_a_plugin_that_stops_early_is_refused(shop: Shop) -> None:
    shop.import_people(PEOPLE[:4])
    with pytest.raises(Refused) as caught:
        shop.deliver(format="lazy")
    assert caught.value.code == "lines_missing"
    assert shop.packages() == []
