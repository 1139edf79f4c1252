"""Provision records (APPI Art. 29): to whom, when, who, which items; found by client, person and period."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.db.engine import reading
from gateway.errors import WrongUsage
from gateway.log.deliveries import (
    ProvisionRecord,
    all_deliveries,
    files_of,
    get_delivery,
    provisions_between,
    provisions_of_person,
    provisions_to,
    recalled_count,
)
from tests.delivery.shop import Shop, person

PEOPLE = [person(number) for number in range(3)]


@pytest.fixture
def delivered(shop: Shop) -> Shop:
    """A shop that has delivered letters, then calls."""
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.deliver(format="calls")
    return shop


def records_to(shop: Shop) -> list[ProvisionRecord]:
    with reading(shop.engine) as connection:
        return list(provisions_to(connection, "client"))


def test_a_record_has_the_items_of_the_law(delivered: Shop) -> None:
    first = records_to(delivered)[0]
    assert (first.provided_on, first.client_name, first.legal_basis) == (
        date(2026, 11, 24),
        "見本商事",
        "optout_27_2",
    )
    assert first.items == ("address", "name")
    assert first.person["name"] == PEOPLE[0].name
    assert first.line_code.startswith("G")
    assert first.record_id == "P0000"


def test_a_record_holds_what_was_provided_and_no_more(delivered: Shop) -> None:
    letters, calls = records_to(delivered)[0], records_to(delivered)[3]
    assert set(letters.person) == {"name", "postal_code", "address"}
    assert set(calls.person) == {"name", "phones"}


def test_every_provision_of_one_person_is_found_by_any_of_their_codes(delivered: Shop) -> None:
    for record in (records_to(delivered)[1], records_to(delivered)[4]):
        with reading(delivered.engine) as connection:
            found = list(provisions_of_person(connection, record.line_code))
        assert [each.record_id for each in found] == ["P0001", "P0001"]
        assert len({each.delivery for each in found}) == 2


def test_records_are_kept_when_the_person_is_erased(delivered: Shop) -> None:
    before = records_to(delivered)
    delivered.opt_out(PEOPLE[1])
    assert records_to(delivered) == before


def test_a_code_that_was_never_delivered_fails_before_anything_is_read(delivered: Shop) -> None:
    with reading(delivered.engine) as connection, pytest.raises(WrongUsage):
        provisions_of_person(connection, "G00000000000")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
    ids=["midnight in Japan", "last second of the day", "first second of the day"],
)
def test_a_period_is_counted_in_days_of_japan(shop: Shop, moment: datetime, day: date) -> None:
    shop.import_people(PEOPLE[:1])
    shop.deliver(clock=lambda: moment)
    with reading(shop.engine) as connection:
        found = list(provisions_between(connection, day, day))
        before = list(provisions_between(connection, date(2026, 1, 1), day.replace(day=day.day - 1)))
        after = list(provisions_between(connection, day.replace(day=day.day + 1), date(2026, 12, 31)))
    assert [each.provided_on for each in found] == [day]
    assert (before, after) == ([], [])


def test_a_delivery_is_listed_with_what_became_of_it(delivered: Shop) -> None:
    with reading(delivered.engine) as connection:
        first, second = all_deliveries(connection)
        assert get_delivery(connection, first.id.lower()) == first
        assert {str(each["name"]) for each in files_of(connection, first.id)} == {
            "delivery-note.pdf",
            "leaflet.txt",
            "optout-request-form.pdf",
            "people.csv",
        }
    assert (first.state, first.format, first.delivered) == ("published", "plain", 3)
    assert (second.format, second.purpose) == ("calls", "telemarketing")
    assert first.fence is not None
    assert second.fence is not None
    assert first.fence < second.fence


def test_a_failed_delivery_is_listed_and_provided_nothing(shop: Shop) -> None:
    from gateway.errors import PluginFault

    shop.import_people(PEOPLE)
    with pytest.raises(PluginFault):
        shop.deliver(format="failing")
    with reading(shop.engine) as connection:
        (only,) = all_deliveries(connection)
    assert only.state == "failed"
    assert only.outcome
    assert records_to(shop) == []


def test_recalled_lines_are_counted(delivered: Shop) -> None:
    delivered.opt_out(PEOPLE[1])
    with reading(delivered.engine) as connection:
        assert [recalled_count(connection, each.id) for each in all_deliveries(connection)] == [1, 1]


@pytest.mark.parametrize("identifier", ["", "D", "D0000010x", "D9999990", "D99999999999999999999999"])
def test_an_unknown_delivery_is_wrong_usage(delivered: Shop, identifier: str) -> None:
    with reading(delivered.engine) as connection, pytest.raises(WrongUsage) as caught:
        get_delivery(connection, identifier)
    assert caught.value.code == "unknown_delivery"


def test_nobody_shows_in_a_repr(delivered: Shop) -> None:
    assert PEOPLE[0].name not in repr(records_to(delivered)[0])
