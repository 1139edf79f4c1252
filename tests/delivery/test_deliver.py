"""A delivery from order to package."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.api import Refusal
from gateway.config import Desk, Filing
from gateway.db.engine import reading, writing
from gateway.db.tables import delivery, left_out, line, line_key_page
from gateway.delivery.clients import Client, add_client
from gateway.delivery.filings import filing_version
from gateway.errors import Failed, GatewayError, PluginFault, Refused, WrongUsage
from gateway.log.verification import verify
from tests.delivery import plain_format
from tests.delivery.shop import FILING, NOW, Shop, ids_in, manifest_of, names_in, person

PEOPLE = [person(number) for number in range(10)]


def test_everybody_clear_is_in_the_package_once(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    result = shop.deliver()
    (package,) = shop.packages()
    assert ids_in(package, PEOPLE) == [each.id for each in PEOPLE]
    assert (result.counts.requested, result.counts.delivered) == (10, 10)


def test_an_erased_person_is_in_no_package(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[3])
    shop.deliver()
    assert PEOPLE[3].id not in ids_in(shop.packages()[0], PEOPLE)


def test_an_opt_out_whose_erasure_was_interrupted_is_finished_by_the_delivery(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[3], erase=False)
    result = shop.deliver()
    assert PEOPLE[3].id not in ids_in(shop.packages()[0], PEOPLE)
    assert result.counts.requested == 9


def test_an_opt_out_from_letters_alone_suppresses_and_keeps_the_record(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[3], purpose="dm")
    letters = shop.deliver()
    calls = shop.deliver(format="calls")
    assert (letters.counts.suppressed, letters.counts.delivered) == (1, 9)
    assert calls.counts.delivered == 10


def test_scope_phone_binds_calls_and_leaves_letters_alone(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[3], scope="phone", erase=False)
    letters = shop.deliver()
    assert letters.counts.delivered == 10


def test_a_lifted_opt_out_no_longer_suppresses(shop: Shop) -> None:
    from gateway.suppression.register import lift_opt_out

    shop.import_people(PEOPLE)
    identifier = shop.opt_out(PEOPLE[3], purpose="dm")
    lift_opt_out(shop.engine, identifier, why="asked for it", actor="tester", now=NOW)
    assert shop.deliver().counts.delivered == 10


def test_the_package_holds_the_form_the_note_the_enclosures_and_the_manifest(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    (package,) = shop.packages()
    assert sorted(path.name for path in package.iterdir()) == [
        "delivery-note.pdf",
        "leaflet.txt",
        "manifest.json",
        "optout-request-form.pdf",
        "people.csv",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "people.csv").write_text("somebody else", encoding="utf-8"),
        lambda folder: (folder / "people.csv").unlink(),
    ],
    ids=["changed", "removed"],
)
def test_what_was_read_back_is_what_leaves(shop: Shop, change: Callable[[Path], object]) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_enclosing.append(change)
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "file_changed"
    assert shop.packages() == []


def test_the_package_is_private(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    (package,) = shop.packages()
    assert stat.S_IMODE(package.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in package.iterdir()} == {0o600}


def test_the_manifest_lists_every_file_but_itself_with_its_hash(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    (package,) = shop.packages()
    listed = {each["name"]: each["sha256"] for each in manifest_of(package)["files"]}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in package.iterdir()
        if path.name != "manifest.json"
    }
    assert listed == found


def test_the_manifest_holds_no_personal_data(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    text = (shop.packages()[0] / "manifest.json").read_text(encoding="utf-8")
    assert not any(each.name in text or each.address in text or each.phones[0] in text for each in PEOPLE)


def test_the_report_names_who_was_left_out_by_id_and_reason(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[3], purpose="dm")
    plain_format.refuse_names.add(PEOPLE[5].name)
    result = shop.deliver()
    with (shop.workspace.reports / result.id / "held.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {(row["record_id"], row["outcome"]) for row in rows} == {
        ("P0003", "suppressed"),
        ("P0005", "refused"),
    }
    assert {row["rule"] for row in rows if row["outcome"] == "refused"} == {"test_reason"}


def test_whom_a_format_holds_is_counted_as_held(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.hold_names.add(PEOPLE[5].name)
    result = shop.deliver()
    assert (result.counts.held, result.counts.refused) == (1, 0)
    assert result.counts.requested == result.counts.delivered + 1
    report = (shop.workspace.reports / result.id / "held.csv").read_text(encoding="utf-8")
    assert "P0005,held,test_doubt" in report


def test_a_line_carries_nothing_but_the_declared_fields(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    rows = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").splitlines()
    assert all(row.endswith(",") for row in rows)
    with reading(shop.engine) as connection:
        stored = [json.loads(text) for text in connection.execute(select(line.c.person)).scalars()]
    assert all(set(each) == {"name", "postal_code", "address"} for each in stored)


def test_the_same_person_in_two_lists_is_delivered_once(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.import_people([*PEOPLE[5:], person(20)], list_name="other")
    result = shop.deliver(lists=("main", "other"))
    assert result.counts.requested == result.counts.delivered == 11


def test_limit_counts_cleared_lines(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[1], purpose="dm")
    result = shop.deliver(limit=4)
    assert ids_in(shop.packages()[0], PEOPLE) == ["P0000", "P0002", "P0003", "P0004"]
    assert (result.counts.suppressed, result.counts.delivered) == (1, 4)


def test_where_selects_records(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    result = shop.deliver(where=(("id", "P0007"),))
    assert (result.counts.requested, ids_in(shop.packages()[0], PEOPLE)) == (1, ["P0007"])


def test_where_on_an_unknown_column_is_wrong_usage(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    with pytest.raises(WrongUsage) as caught:
        shop.deliver(where=(("shoe_size", "27"),))
    assert caught.value.code == "unknown_column"


def test_a_rehearsal_counts_and_leaves_no_trace(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[3], purpose="dm")
    with reading(shop.engine) as connection:
        before = verify(connection, shop.workspace.outbox).entries
    result = shop.deliver(dry_run=True)
    assert (result.id, result.package, result.counts.suppressed, result.counts.delivered) == ("", "", 1, 9)
    assert shop.packages() == []
    assert shop.leftovers() == []
    with reading(shop.engine) as connection:
        assert verify(connection, shop.workspace.outbox).entries == before
        for table in (delivery, line, line_key_page, left_out):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_the_log_verifies_after_deliveries(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.deliver(format="calls")
    with reading(shop.engine) as connection:
        found = verify(connection, shop.workspace.outbox)
    assert (found.deliveries, found.lines, found.broken) == (2, 20, None)


def test_a_changed_package_file_is_found_by_verify(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    path = shop.packages()[0] / "people.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with reading(shop.engine) as connection:
        broken = verify(connection, shop.workspace.outbox).broken
    assert broken is not None
    assert broken.reason == "package"


def test_a_suppressor_of_a_plugin_adds_to_the_check(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.suppressed_names.add(PEOPLE[4].name)
    result = shop.deliver()
    assert PEOPLE[4].id not in ids_in(shop.packages()[0], PEOPLE)
    assert result.counts.suppressed == 1


def test_a_suppressor_is_asked_again_at_the_release(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: plain_format.suppressed_names.add(PEOPLE[4].name))
    shop.deliver()
    assert PEOPLE[4].id not in ids_in(shop.packages()[0], PEOPLE)


def test_a_second_delivery_has_other_line_codes(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.deliver()
    first, second = (
        {row.split(",")[0] for row in (package / "people.csv").read_text(encoding="utf-8").splitlines()}
        for package in shop.packages()
    )
    assert first.isdisjoint(second)


def test_a_reference_is_released_once(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver(reference="order-1")
    with pytest.raises(Refused) as caught:
        shop.deliver(reference="order-1")
    assert caught.value.code == "reference_delivered"
    assert shop.deliver(reference="order-1", again=True, why="lost in the mail").counts.delivered == 10


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"lists": ("nowhere",)}, "unknown_list"),
        ({"client": "nobody"}, "unknown_client"),
        ({"format": "hologram"}, "unknown_format"),
        ({"purpose": "fishing"}, "unknown_purpose"),
        ({"sets": {"colour": "red"}}, "unknown_key"),
    ],
    ids=["list", "client", "format", "purpose", "option"],
)
def test_an_unknown_name_is_wrong_usage(shop: Shop, request_: dict[str, Any], code: str) -> None:
    shop.import_people(PEOPLE)
    with pytest.raises(WrongUsage) as caught:
        shop.deliver(**request_)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert shop.packages() == []


def test_a_client_without_a_pledge_gets_nothing(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    add_client(shop.engine, Client(id="other", name="別商事"), actor="tester", now=NOW)
    with pytest.raises(Refused) as caught:
        shop.deliver(client="other")
    assert caught.value.code == "no_pledge"


def test_a_client_abroad_gets_nothing(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    add_client(shop.engine, Client(id="abroad", name="Abroad", country="US"), actor="tester", now=NOW)
    with pytest.raises(Refused) as caught:
        shop.deliver(client="abroad")
    assert caught.value.code == "client_abroad"


def test_an_expired_pledge_refuses(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    with pytest.raises(Refused) as caught:
        shop.deliver(clock=lambda: NOW.replace(year=2027))
    assert caught.value.code == "pledge_expired"


def test_a_pledge_that_expires_while_rendering_refuses_the_release(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    times = [NOW]
    plain_format.while_rendering.append(lambda: times.append(NOW.replace(year=2027)))
    with pytest.raises(Refused) as caught:
        shop.deliver(clock=lambda: times[-1])
    assert caught.value.code == "pledge_expired"
    assert shop.packages() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": ""}, "no_filing"),
        ({"start_on": None}, "before_start"),
        ({"methods": ("printed_labels",)}, "method_not_filed"),
        ({"items": ("name",)}, "items_not_filed"),
        ({"desk": Desk()}, "no_desk"),
    ],
    ids=["none", "start", "method", "items", "desk"],
)
def test_what_is_not_filed_does_not_leave(shop: Shop, changes: dict[str, object], code: str) -> None:
    shop.import_people(PEOPLE)
    values = {name: getattr(FILING, name) for name in ("number", "items", "methods", "start_on", "desk")}
    with pytest.raises(Refused) as caught:
        shop.with_config(filing=Filing(**{**values, **changes})).deliver()
    assert caught.value.code == code


@pytest.mark.parametrize("source", ["again", "unknown"])
def test_a_source_of_a_banned_basis_is_never_delivered(shop: Shop, source: str) -> None:
    shop.import_people(PEOPLE, source=source)
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "nobody_left"
    shop.import_people([person(30)])
    result = shop.deliver()
    assert (result.counts.refused, result.counts.delivered) == (10, 1)


def test_a_filing_that_returns_to_an_earlier_wording_is_delivered_under(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.with_config(filing=dataclasses.replace(FILING, number="other")).deliver()
    assert shop.deliver().counts.delivered == len(PEOPLE)


def test_a_filing_that_is_changed_while_rendering_refuses_the_release(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    changed = dataclasses.replace(FILING, number="other")

    def change() -> None:
        with writing(shop.engine) as connection:
            filing_version(connection, changed, now=NOW)

    plain_format.while_rendering.append(change)
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "filing_changed"


def test_a_veto_of_a_plugin_refuses(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.vetoes.append(Refusal(code="test_veto", message="not today"))
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "test_veto"
    assert shop.packages() == []


@pytest.mark.parametrize(
    ("format_", "code"),
    [("binary", "cannot_read_back"), ("twice", "lines_doubled"), ("outside", "bad_file_name")],
)
def test_a_package_that_cannot_be_proved_is_refused(shop: Shop, format_: str, code: str) -> None:
    shop.import_people(PEOPLE)
    with pytest.raises(Refused) as caught:
        shop.deliver(format=format_)
    assert caught.value.code == code
    assert shop.packages() == []
    assert shop.leftovers() == []


def test_a_missing_line_is_refused(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.skip_names.add(PEOPLE[2].name)
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "lines_missing"


def test_a_foreign_line_is_refused(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    plain_format.extra_text.append(
        (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").splitlines()[0] + "\n"
    )
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "lines_foreign"


def test_a_failing_plugin_is_named_with_its_distribution_and_tells_no_name(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    with pytest.raises(PluginFault) as caught:
        shop.deliver(format="failing")
    assert "plain" in caught.value.message
    assert "tests-plain" in caught.value.message
    assert not any(each.name in caught.value.message for each in PEOPLE)
    assert shop.leftovers() == []


def test_a_failed_delivery_leaves_no_person_behind(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    with pytest.raises(GatewayError):
        shop.deliver(format="failing")
    with reading(shop.engine) as connection:
        assert connection.execute(select(func.count()).select_from(line)).scalar_one() == 0
        assert connection.execute(select(delivery.c.state, delivery.c.outcome)).one() == (
            "failed",
            "plugin_fault",
        )


def test_an_outbox_that_is_a_file_is_refused_before_anything_is_recorded(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.workspace.outbox.write_text("a file", encoding="utf-8")
    with pytest.raises(Failed) as caught:
        shop.deliver()
    assert (caught.value.code, caught.value.exit_code) == ("unwritable_outbox", 1)
    with reading(shop.engine) as connection:
        assert connection.execute(select(func.count()).select_from(delivery)).scalar_one() == 0


def test_an_empty_list_has_nobody_to_deliver(shop: Shop) -> None:
    shop.import_people(PEOPLE[:1])
    shop.opt_out(PEOPLE[0])
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "nobody_left"


def test_a_list_dropped_while_rendering_refuses_the_release(shop: Shop) -> None:
    from gateway.acquisition.lists import drop_list

    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: drop_list(shop.engine, "main", actor="tester", now=NOW))
    with pytest.raises(GatewayError):
        shop.deliver()
    assert shop.packages() == []


def test_names_of_the_client_are_what_the_log_keeps(shop: Shop) -> None:
    from gateway.log.deliveries import provisions_to

    shop.import_people(PEOPLE)
    shop.deliver()
    with reading(shop.engine) as connection:
        records = list(provisions_to(connection, "client"))
    assert [record.person["name"] for record in records] == names_in(shop.packages()[0])
    assert {(record.client_name, record.items) for record in records} == {("見本商事", ("address", "name"))}


def test_the_provision_record_outlives_the_person_in_the_lists(shop: Shop) -> None:
    from gateway.log.deliveries import provisions_to

    shop.import_people(PEOPLE)
    shop.deliver()
    shop.opt_out(PEOPLE[0])
    with reading(shop.engine) as connection:
        assert len(list(provisions_to(connection, "client"))) == 10


def test_files_of_a_published_delivery_cannot_be_mistaken_for_staging(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    result = shop.deliver()
    assert [path.name for path in shop.workspace.outbox.iterdir()] == [result.id]
