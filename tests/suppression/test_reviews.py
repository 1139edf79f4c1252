"""The review queue: a person decides about a doubtful pair, and the decision binds as long as the data stay."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from gateway.db.engine import reading
from gateway.db.tables import record
from gateway.errors import Refused, WrongUsage
from gateway.people.person import Person
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.register import OptOutId, lift_opt_out
from gateway.suppression.reviews import Decided, Hold, decide_hold, hold_name, hold_number, open_holds
from tests.delivery.shop import NOW, Shop, ids_in, person

SMUDGED = dataclasses.replace(person(1), id="", name=person(1).name[:2], phones=())
"""What could be read of a fax: surname and address. It may be anyone of the family."""


def holds(shop: Shop) -> list[Hold]:
    with reading(shop.engine) as connection:
        return list(open_holds(connection))


def decide(shop: Shop, identifier: int, verdict: Decided) -> dict[str, int]:
    return decide_hold(shop.engine, identifier, verdict, why="looked at it", actor="tester", now=NOW)[1]


def records(shop: Shop) -> list[str]:
    with reading(shop.engine) as connection:
        return list(
            connection.execute(select(record.c.id).order_by(record.c.list_id, record.c.number)).scalars()
        )


@pytest.fixture
def doubtful(shop: Shop) -> Shop:
    """A shop with two people, one of whom may be the one who has opted out."""
    shop.import_people([person(1), person(2)])
    shop.opt_out(SMUDGED)
    return shop


def test_a_doubtful_pair_waits_with_both_sides(doubtful: Shop) -> None:
    (found,) = holds(doubtful)
    assert (found.list_name, found.record_id, found.origin) == ("main", "P0001", "optout")
    assert found.opt_out.person.name == SMUDGED.name
    assert found.record is not None
    assert found.record.person.name == person(1).name


def test_a_held_record_is_not_delivered(doubtful: Shop) -> None:
    assert doubtful.deliver().counts.held == 1
    assert ids_in(doubtful.packages()[0], [person(1), person(2)]) == ["P0002"]


def test_a_released_record_is_delivered_and_waits_no_more(doubtful: Shop) -> None:
    decide(doubtful, holds(doubtful)[0].id, "deliver")
    assert holds(doubtful) == []
    assert doubtful.deliver().counts.delivered == 2


def test_a_release_survives_a_new_import_of_the_same_data(doubtful: Shop) -> None:
    decide(doubtful, holds(doubtful)[0].id, "deliver")
    doubtful.import_people([person(1)], list_name="other")
    assert doubtful.deliver(lists=("other",)).counts.delivered == 1
    assert holds(doubtful) == []


def test_a_release_ends_when_the_data_change(doubtful: Shop) -> None:
    decide(doubtful, holds(doubtful)[0].id, "deliver")
    changed = dataclasses.replace(person(1), name=person(1).name[:2] + "二郎")
    doubtful.import_people([changed], list_name="other")
    assert doubtful.deliver(lists=("main", "other")).counts.held == 1
    assert [found.list_name for found in holds(doubtful)] == ["other"]


def test_a_release_binds_one_opt_out_only(doubtful: Shop) -> None:
    decide(doubtful, holds(doubtful)[0].id, "deliver")
    doubtful.opt_out(dataclasses.replace(SMUDGED, building="1階"))
    assert doubtful.deliver().counts.held == 1
    assert len(holds(doubtful)) == 1


def test_suppressing_erases_the_record(doubtful: Shop) -> None:
    assert decide(doubtful, holds(doubtful)[0].id, "suppress") == {"main": 1}
    assert records(doubtful) == ["P0002"]
    assert holds(doubtful) == []


def test_suppressing_erases_the_person_from_every_list(doubtful: Shop) -> None:
    doubtful.import_people([person(1), person(3)], list_name="other")
    assert decide(doubtful, holds(doubtful)[0].id, "suppress") == {"main": 1, "other": 1}
    assert records(doubtful) == ["P0002", "P0003"]


def test_suppressing_bars_the_person_from_being_imported_again(doubtful: Shop) -> None:
    decide(doubtful, holds(doubtful)[0].id, "suppress")
    assert doubtful.import_people([person(1)], list_name="other").suppressed == 1


def test_suppressing_recalls_what_was_delivered_before(shop: Shop) -> None:
    from gateway.log.recalls import all_recalls

    shop.import_people([person(1), person(2)])
    delivered = shop.deliver().id
    shop.opt_out(SMUDGED)
    with reading(shop.engine) as connection:
        assert list(all_recalls(connection)) == []
    decide(shop, holds(shop)[0].id, "suppress")
    with reading(shop.engine) as connection:
        assert [found.delivery for found in all_recalls(connection)] == [delivered]


def test_suppressing_for_letters_alone_keeps_the_record(shop: Shop) -> None:
    shop.import_people([person(1), person(2)])
    shop.opt_out(SMUDGED, purpose="dm")
    assert shop.deliver().counts.held == 1
    assert decide(shop, holds(shop)[0].id, "suppress") == {}
    assert records(shop) == ["P0001", "P0002"]
    letters = shop.deliver()
    assert (letters.counts.suppressed, letters.counts.held) == (1, 0)
    assert shop.deliver(format="calls").counts.delivered == 2


def test_a_decision_can_be_taken_back_and_the_later_one_counts(shop: Shop) -> None:
    shop.import_people([person(1), person(2)])
    shop.opt_out(SMUDGED, purpose="dm")
    shop.deliver()
    identifier = holds(shop)[0].id
    decide(shop, identifier, "deliver")
    decide(shop, identifier, "suppress")
    assert shop.deliver().counts.suppressed == 1
    decide(shop, identifier, "deliver")
    assert shop.deliver().counts.delivered == 2


@pytest.mark.parametrize("verdict", ["deliver", "suppress"])
def test_the_same_decision_twice_is_refused(shop: Shop, verdict: Decided) -> None:
    shop.import_people([person(1)])
    shop.opt_out(SMUDGED)
    identifier = holds(shop)[0].id
    decide(shop, identifier, verdict)
    with pytest.raises(Refused) as caught:
        decide(shop, identifier, verdict)
    assert caught.value.code == "already_decided"


def test_a_lifted_opt_out_leaves_nothing_to_decide(doubtful: Shop) -> None:
    (found,) = holds(doubtful)
    lift_opt_out(doubtful.engine, OptOutId(found.opt_out.id), why="asked", actor="tester", now=NOW)
    assert holds(doubtful) == []
    with pytest.raises(Refused) as caught:
        decide(doubtful, found.id, "suppress")
    assert caught.value.code == "opt_out_lifted"
    assert records(doubtful) == ["P0001", "P0002"]
    assert doubtful.deliver().counts.delivered == 2


def test_a_record_that_is_gone_still_waits_with_its_opt_out(doubtful: Shop) -> None:
    doubtful.opt_out(person(1))
    (found,) = holds(doubtful)
    assert found.record is None
    assert decide(doubtful, found.id, "suppress") == {}


def test_the_same_pair_is_put_before_the_operator_once(doubtful: Shop) -> None:
    doubtful.deliver()
    doubtful.import_people([person(1)], list_name="other")
    act_on_opt_outs(doubtful.engine, actor="tester", now=NOW)
    doubtful.deliver(lists=("main", "other"))
    assert len(holds(doubtful)) == 1


@pytest.mark.parametrize("name", ["", "x", "H", "H000099", f"H{2**31}"])
def test_what_is_no_review_is_wrong_usage(doubtful: Shop, name: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        decide(doubtful, hold_number(name), "deliver")
    assert caught.value.code == "unknown_review"


def test_a_name_reads_back_as_its_number() -> None:
    assert hold_number(hold_name(3).lower()) == 3


def test_nobody_shows_in_the_repr_of_a_hold(doubtful: Shop) -> None:
    shown = repr(holds(doubtful)[0])
    assert not any(
        text in shown for text in (person(1).name, person(1).address, Person(name=SMUDGED.name).name)
    )
