"""Pushes into a client's own system: everybody arrives once, with the documents; on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from gateway.api import Failed, Finding, Outcome, Parcel, Unacceptable
from gateway.db.engine import reading
from gateway.db.tables import push_line
from gateway.delivery.push_rows import Keys
from gateway.errors import PluginFault, Refused
from gateway.log.deliveries import provisions_to
from gateway.log.journal import find_break
from tests.delivery import push_format
from tests.delivery.push_format import cut, reject, systems
from tests.delivery.push_shop import PEOPLE, push, pushing, rejected_rows
from tests.delivery.shop import Shop, manifest_of


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


def test_a_call_that_was_applied_then_cut_is_repeated_without_doubling(pushed: Shop) -> None:
    systems["main"].after.append(cut)
    result = push(pushed)
    assert systems["main"].names() == sorted(each.name for each in PEOPLE)
    assert (result.reports["inserted"], result.reports["updated"]) == (5, 3)


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


def test_many_bad_records_in_a_row_are_rejected_when_the_destination_is_as_it_was(in_pairs: Shop) -> None:
    systems["main"].before.extend([reject] * 3)
    result = push(in_pairs)
    assert (result.counts.delivered, result.counts.refused) == (2, 6)
    assert len(rejected_rows(in_pairs, result.id)) == 6


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


def test_a_fault_in_preparing_names_the_plugin_and_nobody_and_sends_nobody(pushed: Shop) -> None:
    systems["main"].cannot_prepare = True
    with pytest.raises(PluginFault) as caught:
        push(pushed)
    assert "tests-push" in caught.value.message
    assert not any(each.name in str(caught.value) for each in PEOPLE)
    assert systems["main"].calls == []
    assert pushed.leftovers() == []
