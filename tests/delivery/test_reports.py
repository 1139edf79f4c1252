"""The report of what did not leave belongs to every delivery, and a report that fails is no reason to say that nothing left."""

from __future__ import annotations

import pytest

from gateway.errors import Damaged, Failed
from gateway.suppression.register import OptOutRequest, record_opt_outs
from tests.delivery import plain_format
from tests.delivery.dying import Step, deliver_and_die, recover_the_dead
from tests.delivery.shop import NOW, Shop, person

PEOPLE = [person(number) for number in range(4)]


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """A shop with four people, one of whom wants no letters."""
    shop.import_people(PEOPLE)
    request = OptOutRequest(person=PEOPLE[1], purpose="dm", received_on=NOW.date())
    record_opt_outs(shop.engine, [request], actor="tester", now=NOW)
    return shop


@pytest.mark.parametrize("step", ["after_release", "after_rename"])
def test_a_delivery_that_is_published_later_has_its_report(stocked: Shop, step: Step) -> None:
    assert deliver_and_die(stocked, step)
    (recovered,) = recover_the_dead(stocked)
    report = stocked.workspace.reports / recovered.id / "held.csv"
    assert "P0001,suppressed" in report.read_text(encoding="utf-8")


def test_a_folder_of_reports_that_cannot_be_written_to_is_told_before_anything_is_recorded(
    stocked: Shop,
) -> None:
    stocked.workspace.reports.write_text("", encoding="utf-8")
    with pytest.raises(Failed) as caught:
        stocked.deliver()
    assert caught.value.code == "unwritable_reports"
    assert stocked.packages() == []


def test_a_report_that_fails_after_the_release_is_no_failed_delivery(stocked: Shop) -> None:
    def block() -> None:
        stocked.workspace.reports.rmdir()
        stocked.workspace.reports.write_text("", encoding="utf-8")

    plain_format.while_rendering.append(block)
    with pytest.raises(Damaged) as caught:
        stocked.deliver()
    assert (caught.value.code, caught.value.exit_code) == ("unreported", 3)
    assert len(stocked.packages()) == 1


def test_the_result_counts_who_was_left_out_by_outcome_and_rule(shop: Shop) -> None:
    people = [person(number) for number in range(4)]
    shop.import_people(people)
    shop.opt_out(people[1], purpose="dm")
    result = shop.deliver()
    ((outcome, rule),) = result.left_out
    assert (outcome, result.left_out[outcome, rule]) == ("suppressed", 1)
    assert rule.startswith("individual:")
