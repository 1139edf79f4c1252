"""Who opts out during a push is not sent, or is taken back; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gateway.api import TryLater
from gateway.db.engine import reading
from gateway.db.tables import push_line, recall
from gateway.errors import Damaged
from gateway.log.journal import find_break
from tests.delivery.push_format import refuse, systems
from tests.delivery.push_shop import PEOPLE, go_on, push
from tests.delivery.shop import Shop


def test_an_opt_out_before_its_chunk_is_not_sent(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: pushed.opt_out(PEOPLE[6], erase=False))
    result = push(pushed)
    assert PEOPLE[6].name not in systems["main"].names()
    assert (result.counts.suppressed, result.counts.delivered) == (1, 7)


def test_an_opt_out_with_its_erasure_before_its_chunk_is_not_sent(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: pushed.opt_out(PEOPLE[6]))
    result = push(pushed)
    assert PEOPLE[6].name not in systems["main"].names()
    assert (result.counts.requested, result.counts.suppressed, result.counts.delivered) == (8, 1, 7)


def test_a_retry_is_checked_again(pushed: Shop) -> None:
    """The first call is not heard; somebody of it opts out before it is repeated."""

    def opt_out_and_fail(_parcels: object) -> None:
        pushed.opt_out(PEOPLE[1], erase=False)
        raise TryLater("unavailable")

    systems["main"].before.append(opt_out_and_fail)
    result = push(pushed)
    assert PEOPLE[1].name not in systems["main"].names()
    assert all(PEOPLE[1].name not in call for call in systems["main"].calls[1:])
    assert result.counts.delivered == 7


def test_an_opt_out_after_an_unheard_success_is_taken_back(pushed: Shop) -> None:
    def opt_out_and_cut(_parcels: object) -> None:
        pushed.opt_out(PEOPLE[1])
        raise TryLater("cut")

    systems["main"].after.append(opt_out_and_cut)
    result = push(pushed)
    assert PEOPLE[1].name not in systems["main"].names()
    with reading(pushed.engine) as connection:
        row = connection.execute(select(push_line).where(push_line.c.withdrawal == "deleted")).one()
    assert row.state == "accepted"  # it was there, so it has been provided
    assert result.counts.delivered == 8


def test_an_opt_out_after_an_unheard_success_is_recalled_where_nothing_can_be_taken_back(
    pushed: Shop,
) -> None:
    def opt_out_and_cut(_parcels: object) -> None:
        pushed.opt_out(PEOPLE[1])
        raise TryLater("cut")

    systems["main"].can_withdraw = False
    systems["main"].after.append(opt_out_and_cut)
    push(pushed)
    with reading(pushed.engine) as connection:
        (found,) = connection.execute(select(recall)).all()
        row = connection.execute(select(push_line).where(push_line.c.number == found.line_number)).one()
    assert (row.state, row.reason) == ("accepted", "not_withdrawn")


def test_an_opt_out_after_acceptance_is_recalled(pushed: Shop) -> None:
    push(pushed)
    pushed.opt_out(PEOPLE[1])
    with reading(pushed.engine) as connection:
        assert len(connection.execute(select(recall)).all()) == 1


def test_an_opt_out_while_the_push_has_stopped_is_recalled_or_never_sent(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(refuse))
    with pytest.raises(Damaged):
        push(pushed)
    sent = systems["main"].names()
    assert len(sent) == 3
    waiting = next(each for each in PEOPLE if each.name not in sent)
    accepted = next(each for each in PEOPLE if each.name in sent)
    pushed.opt_out(waiting)
    pushed.opt_out(accepted)
    with reading(pushed.engine) as connection:
        assert len(connection.execute(select(recall)).all()) == 1
    result = go_on(pushed)
    assert waiting.name not in systems["main"].names()
    assert (result.counts.requested, result.counts.delivered, result.counts.suppressed) == (8, 7, 1)


def test_an_opt_out_between_chunks_leaves_the_journal_whole(pushed: Shop) -> None:
    systems["main"].after += [lambda _parcels: pushed.opt_out(PEOPLE[6]), lambda _parcels: None]
    push(pushed)
    with reading(pushed.engine) as connection:
        assert find_break(connection)[1] is None


def test_what_is_prepared_of_somebody_who_opts_out_is_not_sent(pushed: Shop) -> None:
    """All eight are prepared while the first call is made."""
    systems["main"].after.append(lambda _parcels: pushed.opt_out(PEOPLE[6]))
    push(pushed)
    assert PEOPLE[6].name not in systems["main"].prepared
    assert sorted(map(str, systems["main"].prepared)) == systems["main"].names()
