"""Whoever opts out after acceptance is withdrawn from the client's own system, by remote id, with an outcome each."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gateway.db.engine import reading
from gateway.db.tables import push_line, recall
from gateway.delivery.push_withdrawal import WithdrawnLine, withdraw
from gateway.errors import WrongUsage
from gateway.log.recalls import write_notices
from tests.delivery.push_format import systems
from tests.delivery.push_shop import push, pushing
from tests.delivery.shop import NOW, Shop, person

PEOPLE = [person(number) for number in range(5)]


@pytest.fixture
def pushed(shop: Shop) -> Shop:
    made = pushing(shop)
    made.import_people(PEOPLE)
    push(made)
    return made


def _delivery_id(shop: Shop) -> str:
    return shop.packages()[0].name


def _run(shop: Shop) -> list[WithdrawnLine]:
    return withdraw(
        shop.engine, shop.workspace, shop.manager, _delivery_id(shop), actor="tester", clock=lambda: NOW
    )


def test_an_opted_out_person_is_deleted_there(pushed: Shop) -> None:
    pushed.opt_out(PEOPLE[2])
    (found,) = _run(pushed)
    assert found.result == "deleted"
    assert PEOPLE[2].name not in systems["main"].names()
    assert len(systems["main"].people) == 4
    with reading(pushed.engine) as connection:
        assert connection.execute(select(recall.c.status)).scalars().all() == ["deleted"]
        assert connection.execute(
            select(push_line.c.remote_id).where(push_line.c.withdrawal == "deleted")
        ).scalar_one()


def test_the_desk_need_not_have_finished_erasing(pushed: Shop) -> None:
    pushed.opt_out(PEOPLE[2], erase=False)
    assert [each.result for each in _run(pushed)] == ["deleted"]


def test_a_second_withdrawal_has_nothing_to_do(pushed: Shop) -> None:
    pushed.opt_out(PEOPLE[2])
    _run(pushed)
    assert _run(pushed) == []


def test_who_is_no_longer_there_is_not_found(pushed: Shop) -> None:
    systems["main"].people.clear()
    pushed.opt_out(PEOPLE[2])
    assert [each.result for each in _run(pushed)] == ["absent"]


def test_a_system_that_cannot_withdraw_leaves_the_line_to_a_notice(pushed: Shop) -> None:
    systems["main"].can_withdraw = False
    pushed.opt_out(PEOPLE[2])
    assert [each.result for each in _run(pushed)] == ["failed"]
    config = pushed.workspace.config
    (notice,) = write_notices(
        pushed.engine,
        pushed.workspace.root / "recalls",
        provider=config.provider,
        filing=config.filing,
        actor="tester",
        now=NOW,
    )
    assert notice.lines == 1


def test_a_withdrawn_line_stands_in_no_notice(pushed: Shop) -> None:
    pushed.opt_out(PEOPLE[2])
    _run(pushed)
    config = pushed.workspace.config
    assert (
        write_notices(
            pushed.engine,
            pushed.workspace.root / "recalls",
            provider=config.provider,
            filing=config.filing,
            actor="tester",
            now=NOW,
        )
        == []
    )


def test_a_package_is_no_push(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    with pytest.raises(WrongUsage) as caught:
        _run(shop)
    assert caught.value.code == "no_push"
