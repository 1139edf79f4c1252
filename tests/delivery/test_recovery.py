"""Abandoned deliveries: a process that died at any step leaves nothing that could leak."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.db.engine import reading
from gateway.db.locks import hold_lock
from gateway.db.tables import delivery, line
from gateway.delivery import releasing_files
from gateway.delivery.recovery import Recovered, recover, unfinished
from gateway.log.verification import verify
from tests.delivery.dying import STEPS, Step, deliver_and_die, recover_the_dead
from tests.delivery.shop import NOW, Shop, ids_in, person

PEOPLE = [person(number) for number in range(6)]
UNRELEASED = ("screening", "rendering", "mid_rendering", "re-reading", "before_release")


def _recover(shop: Shop) -> list[Recovered]:
    return recover(shop.engine, shop.workspace, actor="tester", now=NOW)


@pytest.mark.parametrize("step", UNRELEASED)
def test_a_delivery_that_died_before_its_release_is_closed_and_cleared_away(shop: Shop, step: Step) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, step)
    (recovered,) = recover_the_dead(shop)
    assert recovered.outcome == "failed"
    assert shop.packages() == []
    assert shop.leftovers() == []
    with reading(shop.engine) as connection:
        assert connection.execute(select(func.count()).select_from(line)).scalar_one() == 0
        assert connection.execute(select(delivery.c.outcome)).scalar_one() == "abandoned"


@pytest.mark.parametrize("step", ["after_release", "after_rename"])
def test_a_released_delivery_that_died_unpublished_is_published(shop: Shop, step: Step) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, step)
    (recovered,) = recover_the_dead(shop)
    assert recovered.outcome == "published"
    (package,) = shop.packages()
    assert len(ids_in(package, PEOPLE)) == 6
    assert shop.leftovers() == []


def test_a_released_delivery_is_withdrawn_when_somebody_has_opted_out_before_its_publication(
    shop: Shop,
) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, "after_release")
    shop.opt_out(PEOPLE[2])
    (recovered,) = recover_the_dead(shop)
    assert recovered.outcome == "withdrawn"
    assert shop.packages() == []
    assert shop.leftovers() == []


def test_a_released_delivery_whose_staging_was_changed_is_never_published(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, "after_release")
    (staging,) = shop.workspace.outbox.glob(".staging-*")
    (staging / "people.csv").write_text("changed", encoding="utf-8")
    (recovered,) = recover_the_dead(shop)
    assert recovered.outcome == "damaged"
    assert shop.packages() == []


def test_a_released_delivery_with_a_file_that_was_not_released_is_never_published(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, "after_release")
    (staging,) = shop.workspace.outbox.glob(".staging-*")
    (staging / "more.csv").write_text("somebody else", encoding="utf-8")
    (recovered,) = recover_the_dead(shop)
    assert recovered.outcome == "damaged"
    assert shop.packages() == []


@pytest.mark.parametrize("step", STEPS)
def test_the_next_delivery_recovers_by_itself_and_the_log_holds(shop: Shop, step: Step) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, step)
    shop.deliver()
    with reading(shop.engine) as connection:
        assert unfinished(connection) == []
        assert verify(connection, shop.workspace.outbox).broken is None


def test_an_interrupt_just_after_the_release_leaves_a_delivery_that_is_published_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.import_people(PEOPLE)
    release = vars(releasing_files)["release"]

    def release_and_interrupt(*args: Any, **named: Any) -> None:
        release(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(releasing_files, "release", release_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        shop.deliver()
    assert shop.packages() == []
    (recovered,) = _recover(shop)
    assert recovered.outcome == "published"
    assert len(ids_in(shop.packages()[0], PEOPLE)) == 6


def test_a_delivery_whose_process_lives_is_left_alone(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, "mid_rendering")
    with _lock_of_the_dead(shop):
        assert _recover(shop) == []
    assert len(recover_the_dead(shop)) == 1


@contextmanager
def _lock_of_the_dead(shop: Shop) -> Iterator[None]:
    """Take over the dead process's lock, as soon as it is free."""
    deadline = time.monotonic() + 30
    while True:
        with hold_lock(shop.engine, "delivery-1") as taken:
            if taken:
                yield
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)
