"""Pushes into a client's own system: nobody lost, nobody doubled, nobody who has opted out; on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import select

from gateway.acquisition.lists import drop_list
from gateway.api import Failed, Finding, Parcel, TryLater, Unacceptable
from gateway.db.engine import reading
from gateway.db.tables import delivery, line, push_line, recall
from gateway.delivery import push_pace, push_rejections
from gateway.delivery.push_rows import Keys
from gateway.errors import Damaged, Refused, WrongUsage
from gateway.log.deliveries import all_deliveries, provisions_to
from gateway.log.journal import find_break
from gateway.suppression.erasure import act_on_opt_outs
from tests.delivery import push_format
from tests.delivery.push_format import systems
from tests.delivery.push_shop import go_on, push, pushing, rejected_rows, states, stopped_id
from tests.delivery.shop import NOW, Shop, manifest_of, person

PEOPLE = [person(number) for number in range(8)]


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test act in another one's system, and let nobody wait."""
    monkeypatch.setattr(push_pace, "FIRST_PAUSE", 0.001)
    push_format.reset()
    yield
    push_format.reset()


@pytest.fixture
def pushed(shop: Shop) -> Shop:
    """A shop with eight people and a destination."""
    made = pushing(shop)
    made.import_people(PEOPLE)
    return made


def _cut(_parcels: object) -> None:
    raise TryLater("cut")


def _refuse(_parcels: object) -> None:
    raise Failed("crm_unauthorised", "the token is wrong")


def test_everybody_is_pushed_and_the_package_follows(pushed: Shop) -> None:
    result = push(pushed)
    assert systems["main"].names() == sorted(each.name for each in PEOPLE)
    assert (result.counts.requested, result.counts.delivered) == (8, 8)
    assert result.reports == {"inserted": 8}
    (package,) = pushed.packages()
    assert {path.name for path in package.iterdir()} == {
        "optout-request-form.pdf",
        "delivery-note.pdf",
        "manifest.json",
    }


def test_form_and_note_go_along(pushed: Shop) -> None:
    push(pushed)
    assert set(systems["main"].documents) == {"optout-request-form.pdf", "delivery-note.pdf"}


def test_the_manifest_bears_the_lowest_fence_of_the_chunks(pushed: Shop) -> None:
    result = push(pushed)
    with reading(pushed.engine) as connection:
        fences = connection.execute(select(push_line.c.fence)).scalars().all()
    assert len(set(fences)) == 3
    assert manifest_of(pushed.packages()[0])["fence"] == min(fences) == result.fence


def test_the_journal_stays_whole(pushed: Shop) -> None:
    push(pushed)
    with reading(pushed.engine) as connection:
        assert find_break(connection)[1] is None


def test_provision_records_are_those_that_were_accepted(pushed: Shop) -> None:
    systems["main"].before.append(lambda parcels: _bad(parcels, PEOPLE[1].name))
    push(pushed)
    with reading(pushed.engine) as connection:
        names = {each.person["name"] for each in provisions_to(connection, "client")}
    assert names == {each.name for each in PEOPLE} - {PEOPLE[1].name}


def _bad(parcels: Sequence[Parcel], name: str) -> None:
    bad = {each.key: "invalid: phone" for each in parcels if each.line.name == name}
    if bad:
        raise Unacceptable(bad)


def test_a_named_bad_record_is_dropped_and_reported_without_values(pushed: Shop) -> None:
    systems["main"].before.append(lambda parcels: _bad(parcels, PEOPLE[1].name))
    result = push(pushed)
    assert (result.counts.refused, result.counts.delivered) == (1, 7)
    (row,) = rejected_rows(pushed, result.id)
    assert row["reason"] == "invalid: phone"
    assert row["line_code"].startswith("G")


def test_an_unnamed_bad_record_is_found_by_halves(shop: Shop) -> None:
    made = pushing(shop, batch=8)
    made.import_people(PEOPLE)

    def refuse(parcels: Sequence[Parcel]) -> None:
        systems["main"].before.append(refuse)
        if any(each.line.name == PEOPLE[5].name for each in parcels):
            raise Unacceptable({}, reason="invalid")

    systems["main"].before.append(refuse)
    result = push(made)
    assert systems["main"].names() == sorted(each.name for each in PEOPLE if each is not PEOPLE[5])
    assert result.counts.refused == 1
    assert set(systems["main"].writes.values()) == {1}


def test_a_reason_that_quotes_the_person_is_withheld(pushed: Shop) -> None:
    def refuse(parcels: Sequence[Parcel]) -> None:
        raise Unacceptable({parcels[0].key: f"duplicate of {parcels[0].line.name}"})

    systems["main"].before.append(refuse)
    (row,) = rejected_rows(pushed, push(pushed).id)
    assert PEOPLE[0].name not in row["reason"]


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


def test_a_call_that_was_applied_then_cut_is_repeated_without_doubling(pushed: Shop) -> None:
    systems["main"].after.append(_cut)
    result = push(pushed)
    assert systems["main"].names() == sorted(each.name for each in PEOPLE)
    assert (result.reports["inserted"], result.reports["updated"]) == (5, 3)


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
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(_refuse))
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


def test_a_refused_call_stops_the_push_and_it_is_resumed(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(_refuse))
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
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(_refuse))
    with pytest.raises(Damaged):
        push(pushed)
    with reading(pushed.engine) as connection:
        (found,) = all_deliveries(connection)
        assert (found.state, found.delivered) == ("pushing", 3)
    go_on(pushed)
    with reading(pushed.engine) as connection:
        assert all_deliveries(connection)[0].delivered == 8


def test_a_push_that_is_refused_at_its_first_call_has_released_nothing(pushed: Shop) -> None:
    systems["main"].before.append(_refuse)
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
    systems["main"].before.extend([_cut] * 50)
    with pytest.raises(Damaged):
        push(pushed)
    assert len(systems["main"].calls) <= push_pace.MAX_FAILURES
    systems["main"].before.clear()
    assert go_on(pushed).counts.delivered == 8


def _stop_after_a_chunk_in_doubt(shop: Shop) -> None:
    """Stop a push whose first chunk was not heard, and whose every other call is refused."""
    systems["main"].before.extend([_cut] * push_pace.MAX_ATTEMPTS)
    systems["main"].before.extend([_refuse] * 50)
    with pytest.raises(Damaged):
        push(shop)
    systems["main"].before.clear()


def test_a_push_whose_lists_were_dropped_ends_with_what_was_handed_out(pushed: Shop) -> None:
    _stop_after_a_chunk_in_doubt(pushed)
    assert states(pushed) == {"in_doubt": 3, "pending": 5}
    drop_list(pushed.engine, "main", actor="tester", now=NOW)
    result = go_on(pushed)
    assert (result.counts.requested, result.counts.delivered, result.counts.suppressed) == (8, 3, 5)
    assert len(systems["main"].people) == 3
    assert len(pushed.packages()) == 1


def test_a_push_of_dropped_lists_that_provided_nobody_ends_and_has_released_nothing(
    pushed: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines in doubt turn out to be rejected, the push stops once more, and then its lists are dropped."""
    monkeypatch.setattr(push_rejections, "SUSPICIOUS", 3)
    _stop_after_a_chunk_in_doubt(pushed)
    systems["main"].before.extend([_reject, _refuse])
    with pytest.raises(Damaged):
        go_on(pushed)
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


def _reject(parcels: Sequence[Parcel]) -> None:
    raise Unacceptable({each.key: "invalid: phone" for each in parcels})


def _outcome_of(shop: Shop, identifier: str) -> tuple[str, str]:
    with reading(shop.engine) as connection:
        row = connection.execute(select(delivery).where(delivery.c.id == identifier)).one()
    return row.state, row.outcome


def test_a_resumed_push_that_has_provided_nobody_yet_keeps_its_waiting_lines(
    pushed: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_rejections, "SUSPICIOUS", 3)
    _stop_after_a_chunk_in_doubt(pushed)
    systems["main"].before.extend([_reject, _refuse])
    with pytest.raises(Damaged):
        go_on(pushed)
    assert go_on(pushed).counts.delivered == 5


def test_a_document_is_handed_over_again_when_the_destination_was_busy(pushed: Shop) -> None:
    systems["main"].busy_with_documents = 2
    push(pushed)
    assert set(systems["main"].documents) == {"optout-request-form.pdf", "delivery-note.pdf"}


def test_a_form_that_is_not_taken_sends_nobody_and_is_one_clear_line(pushed: Shop) -> None:
    systems["main"].busy_with_documents = 50
    with pytest.raises(Failed) as caught:
        push(pushed)
    assert caught.value.code == "destination_unavailable"
    assert systems["main"].calls == []


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
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_rejections, "SUSPICIOUS", 3)
    made = pushing(shop, batch=2)
    made.import_people(PEOPLE)

    def change(_parcels: object) -> None:
        systems["main"].before.extend([_reject] * 50)
        systems["main"].findings.append(Finding(level="error", message="the field phone is required"))

    systems["main"].after.append(change)
    with pytest.raises(Damaged) as caught:
        push(made)
    assert "the field phone is required" in caught.value.message
    assert states(made) == {"accepted": 2, "in_doubt": 4, "pending": 2}
    systems["main"].before.clear()
    systems["main"].findings.clear()
    assert go_on(made).counts.delivered == 8
    assert rejected_rows(made, made.packages()[0].name) == []


def test_many_bad_records_in_a_row_are_rejected_when_the_destination_is_as_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_rejections, "SUSPICIOUS", 3)
    made = pushing(shop, batch=2)
    made.import_people(PEOPLE)
    systems["main"].before.extend([_reject] * 3)
    result = push(made)
    assert (result.counts.delivered, result.counts.refused) == (2, 6)
    assert len(rejected_rows(made, result.id)) == 6


def test_a_destination_that_is_not_ready_gets_nobody(pushed: Shop) -> None:
    systems["main"].findings.append(Finding(level="error", message="the field code is missing"))
    with pytest.raises(Refused) as caught:
        push(pushed)
    assert caught.value.code == "destination_not_ready"
    assert systems["main"].calls == []


def test_a_rehearsal_sends_nobody_and_leaves_nothing(pushed: Shop) -> None:
    assert push(pushed, dry_run=True).counts.delivered == 8
    assert systems["main"].calls == []
    assert pushed.leftovers() == []


def test_a_client_without_a_destination_of_its_own_is_refused(shop: Shop) -> None:
    made = pushing(shop)
    made.import_people(PEOPLE)
    other = made.with_config(formats={"memory": {"system": "main", "clients": {"somebody": {}}}})
    with pytest.raises(Refused) as caught:
        push(other)
    assert caught.value.code == "no_destination"


def test_a_push_that_is_not_filed_is_refused(shop: Shop) -> None:
    made = pushing(shop)
    made.import_people(PEOPLE)
    with pytest.raises(Refused) as caught:
        push(made.with_config(filing=shop.workspace.config.filing))
    assert caught.value.code == "method_not_filed"


def test_a_reference_whose_push_has_stopped_is_not_ordered_anew(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(_refuse))
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


def test_a_second_delivery_updates_the_same_people(pushed: Shop) -> None:
    push(pushed)
    assert push(pushed).reports == {"updated": 8}
    assert len(systems["main"].people) == 8


def test_a_row_that_was_locked_is_sent_again(pushed: Shop) -> None:
    from gateway.api import Outcome

    destination = push_format.MemoryDestination

    def lock_once(parcels: Sequence[Parcel]) -> None:
        systems["main"].after.clear()

    systems["main"].before.append(lock_once)
    original = destination._take
    locked: set[str] = set()

    def take(self: push_format.MemoryDestination, parcel: Parcel) -> Outcome:
        if parcel.line.name == PEOPLE[2].name and parcel.key not in locked:
            locked.add(parcel.key)
            return Outcome(key=parcel.key, state="again")
        return original(self, parcel)

    destination._take = take  # type: ignore[method-assign]
    try:
        result = push(pushed)
    finally:
        destination._take = original  # type: ignore[method-assign]
    assert result.counts.delivered == 8


@pytest.mark.parametrize("workers", [1, 4])
def test_workers_share_the_lines(shop: Shop, workers: int) -> None:
    made = pushing(shop, batch=1, workers=workers)
    made.import_people(PEOPLE)
    assert push(made).counts.delivered == 8
    assert sorted(len(call) for call in systems["main"].calls) == [1] * 8


def test_keys_are_opaque_and_differ_between_clients() -> None:
    one, other = Keys(b"s" * 32, "one"), Keys(b"s" * 32, "other")
    keys = {keys.key(list_id, number) for keys in (one, other) for list_id in (1, 2) for number in range(50)}
    assert len(keys) == 200
    assert {len(key) for key in keys} == {24}
    assert one.key(1, 1) == Keys(b"s" * 32, "one").key(1, 1)


def test_an_accepted_line_cannot_be_deleted(pushed: Shop) -> None:
    from sqlalchemy import delete

    from gateway.db.engine import writing
    from gateway.errors import GatewayError

    systems["main"].after.append(lambda _parcels: systems["main"].before.append(_refuse))
    with pytest.raises(Damaged):
        push(pushed)
    with pytest.raises(GatewayError), writing(pushed.engine) as connection:
        connection.execute(delete(line))


def test_doctor_and_recovery_leave_a_stopped_push_alone(pushed: Shop) -> None:
    systems["main"].after.append(lambda _parcels: systems["main"].before.append(_refuse))
    with pytest.raises(Damaged):
        push(pushed)
    act_on_opt_outs(pushed.engine, actor="tester", now=NOW)
    pushed.manager.format("memory")
    with reading(pushed.engine) as connection:
        assert connection.execute(select(delivery.c.state)).scalars().all() == ["pushing"]
    assert go_on(pushed).counts.delivered == 8
