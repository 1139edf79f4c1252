"""A push that stops keeps its state, and goes on where it stopped; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from gateway.acquisition.lists import drop_list
from gateway.api import Failed, Finding
from gateway.db.engine import reading, writing
from gateway.db.tables import delivery, line, push_line
from gateway.delivery import push_pace
from gateway.delivery.push_release import Releases
from gateway.errors import Damaged, GatewayError, Refused, WrongUsage
from gateway.log.deliveries import all_deliveries
from gateway.suppression.erasure import act_on_opt_outs
from tests.delivery.push_format import cut, refuse, reject, systems
from tests.delivery.push_shop import go_on, push, rejected_rows, states, stopped_id
from tests.delivery.shop import NOW, Shop


def test_a_refused_call_stops_the_push_and_it_is_resumed(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(refuse))
    with pytest.raises(Damaged) as caught:
        push(pushed)
    assert (caught.value.code, caught.value.exit_code) == ("push_stopped", 3)
    assert stopped_id(pushed) in caught.value.hint
    assert states(pushed) == {"accepted": 3, "pending": 5}
    result = go_on(pushed)
    assert result.counts.delivered == 8
    assert set(systems["main"].writes.values()) == {1}
    assert len(pushed.packages()) == 1


def test_the_log_counts_whom_a_stopped_push_has_provided(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(refuse))
    with pytest.raises(Damaged):
        push(pushed)
    with reading(pushed.engine) as connection:
        (found,) = all_deliveries(connection)
        assert (found.state, found.delivered) == ("pushing", 3)
    go_on(pushed)
    with reading(pushed.engine) as connection:
        assert all_deliveries(connection)[0].delivered == 8


def test_a_push_that_is_refused_at_its_first_call_has_released_nothing(pushed: Shop) -> None:
    systems["main"].before.append(refuse)
    with pytest.raises(Failed) as caught:
        push(pushed)
    assert caught.value.code == "crm_unauthorised"
    assert pushed.packages() == []
    assert pushed.leftovers() == []
    with reading(pushed.engine) as connection:
        assert connection.execute(select(delivery.c.state)).scalars().all() == ["failed"]
        assert connection.execute(select(line)).all() == []
        assert connection.execute(select(push_line)).all() == []


def test_a_destination_that_stays_away_opens_the_circuit_and_keeps_the_state(pushed: Shop) -> None:
    systems["main"].before.extend([cut] * 50)
    with pytest.raises(Damaged):
        push(pushed)
    assert len(systems["main"].calls) <= push_pace.MAX_FAILURES
    systems["main"].before.clear()
    assert go_on(pushed).counts.delivered == 8


def _stop_after_a_chunk_in_doubt(shop: Shop) -> None:
    """Stop a push whose first chunk was not heard, and whose every other call is refused."""
    systems["main"].before.extend([cut] * push_pace.MAX_ATTEMPTS)
    systems["main"].before.extend([refuse] * 50)
    with pytest.raises(Damaged):
        push(shop)
    systems["main"].before.clear()


def _stop_again_after_rejections(shop: Shop) -> None:
    """Stop a push twice: what was in doubt turns out to be rejected, so that nobody has been provided."""
    _stop_after_a_chunk_in_doubt(shop)
    systems["main"].before.extend([reject, refuse])
    with pytest.raises(Damaged):
        go_on(shop)


def test_a_push_whose_lists_were_dropped_ends_with_what_was_handed_out(pushed: Shop) -> None:
    _stop_after_a_chunk_in_doubt(pushed)
    assert states(pushed) == {"in_doubt": 3, "pending": 5}
    drop_list(pushed.engine, "main", actor="tester", now=NOW)
    result = go_on(pushed)
    assert (result.counts.requested, result.counts.delivered, result.counts.suppressed) == (8, 3, 5)
    assert len(systems["main"].people) == 3
    assert len(pushed.packages()) == 1


@pytest.mark.usefixtures("suspicious")
def test_a_push_of_dropped_lists_that_provided_nobody_ends_and_has_released_nothing(
    pushed: Shop,
) -> None:
    """The lines in doubt turn out to be rejected, the push stops once more, and then its lists are dropped."""
    _stop_again_after_rejections(pushed)
    assert states(pushed) == {"rejected": 3, "pending": 5}
    assert len(rejected_rows(pushed, stopped_id(pushed))) == 3
    drop_list(pushed.engine, "main", actor="tester", now=NOW)
    identifier = stopped_id(pushed)
    with pytest.raises(Refused) as caught:
        go_on(pushed)
    assert caught.value.code == "all_rejected"
    assert _outcome_of(pushed, identifier) == ("failed", "all_rejected")
    assert (pushed.packages(), pushed.leftovers()) == ([], [])
    with pytest.raises(WrongUsage):
        go_on(pushed, identifier)


def _outcome_of(shop: Shop, identifier: str) -> tuple[str, str]:
    with reading(shop.engine) as connection:
        row = connection.execute(select(delivery).where(delivery.c.id == identifier)).one()
    return row.state, row.outcome


@pytest.mark.usefixtures("suspicious")
def test_a_resumed_push_that_has_provided_nobody_yet_keeps_its_waiting_lines(
    pushed: Shop,
) -> None:
    _stop_again_after_rejections(pushed)
    assert go_on(pushed).counts.delivered == 5


def test_a_note_that_is_not_taken_keeps_the_push_for_later(pushed: Shop) -> None:
    def be_busy(_parcels: object) -> None:
        systems["main"].busy_with_documents = 50

    systems["main"].after.append(be_busy)
    with pytest.raises(Damaged) as caught:
        push(pushed)
    assert caught.value.code == "push_stopped"
    systems["main"].busy_with_documents = 0
    assert go_on(pushed).counts.delivered == 8
    assert set(systems["main"].writes.values()) == {1}


def test_a_destination_that_has_changed_stops_the_push_and_nobody_is_rejected_for_it(
    in_pairs: Shop,
) -> None:
    def change(_parcels: object) -> None:
        systems["main"].before.extend([reject] * 50)
        systems["main"].findings.append(Finding(level="error", message="the field phone is required"))

    systems["main"].after.append(change)
    with pytest.raises(Damaged) as caught:
        push(in_pairs)
    assert "the field phone is required" in caught.value.message
    assert states(in_pairs) == {"accepted": 2, "in_doubt": 4, "pending": 2}
    systems["main"].before.clear()
    systems["main"].findings.clear()
    assert go_on(in_pairs).counts.delivered == 8
    assert rejected_rows(in_pairs, in_pairs.packages()[0].name) == []


def test_a_reference_whose_push_has_stopped_is_not_ordered_anew(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(refuse))
    with pytest.raises(Damaged):
        push(pushed, reference="R1")
    with pytest.raises(Refused) as caught:
        push(pushed, reference="R1")
    assert caught.value.code == "reference_pushing"


def test_a_finished_push_is_not_resumed(pushed: Shop) -> None:
    result = push(pushed)
    with pytest.raises(WrongUsage) as caught:
        go_on(pushed, result.id)
    assert caught.value.code == "nothing_to_resume"


def test_doctor_and_recovery_leave_a_stopped_push_alone(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(refuse))
    with pytest.raises(Damaged):
        push(pushed)
    act_on_opt_outs(pushed.engine, actor="tester", now=NOW)
    pushed.manager.format("memory")
    with reading(pushed.engine) as connection:
        assert connection.execute(select(delivery.c.state)).scalars().all() == ["pushing"]
    assert go_on(pushed).counts.delivered == 8


def test_an_accepted_line_cannot_be_deleted(pushed: Shop) -> None:

    systems["main"].after.append(lambda _parcels: systems["main"].before.append(refuse))
    with pytest.raises(Damaged):
        push(pushed)
    with pytest.raises(GatewayError), writing(pushed.engine) as connection:
        connection.execute(delete(line))


def test_answers_that_cannot_be_written_stop_the_push_and_leave_their_lines_in_doubt(
    pushed: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_full(_releases: Releases, _answers: object) -> None:
        raise Failed("database_error", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Releases, "settle", be_full)
        with pytest.raises(Damaged) as caught:
            push(pushed)
    assert "the disk is full" in caught.value.message
    assert states(pushed)["in_doubt"] == len(systems["main"].people)
    assert go_on(pushed).counts.delivered == 8
    assert len(systems["main"].people) == 8
