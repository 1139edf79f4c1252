"""Results of calls come back by line code: refusals bind, wrong numbers are not called again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gateway.api import RefusalEffect
from gateway.db.engine import reading
from gateway.db.tables import client_refusal, contact, journal, opt_out
from gateway.errors import Refused
from tests.calls.vendor import Vendor, row, rows_of


def _codes(vendor: Vendor) -> dict[str, str]:
    return {each["name"]: each["line_code"] for each in rows_of(vendor.deliver())}


def _names(vendor: Vendor) -> list[str]:
    return [each["name"] for each in rows_of(vendor.deliver())]


def test_a_refusal_binds_the_client_that_called(vendor: Vendor) -> None:
    people = [row(number) for number in range(3)]
    vendor.take(people)
    summary = vendor.report((_codes(vendor)[people[1][1]], "refused"))
    assert (summary.refused, summary.known, summary.rejected) == (1, 0, {})
    assert _names(vendor) == [people[0][1], people[2][1]]
    with reading(vendor.shop.engine) as connection:
        assert connection.execute(select(client_refusal.c.client_id)).scalars().all() == ["client"]
        assert connection.execute(select(opt_out.c.id)).first() is None


def test_a_refusal_becomes_an_opt_out_from_calls_as_told(vendor: Vendor) -> None:
    people = [row(number) for number in range(2)]
    vendor.take(people)
    vendor.report((_codes(vendor)[people[1][1]], "refused"), refused="telemarketing_opt_out")
    assert _names(vendor) == [people[0][1]]
    with reading(vendor.shop.engine) as connection:
        found = connection.execute(select(opt_out)).one()
    # The list's own address protects the person in other lists too, though it never left.
    assert (found.purpose, found.channel, found.address) == ("telemarketing", "client", people[1][4])


def test_a_refusal_becomes_an_opt_out_from_everything_as_told(vendor: Vendor) -> None:
    people = [row(number) for number in range(2)]
    vendor.take(people)
    vendor.report((_codes(vendor)[people[0][1]], "refused"), refused="opt_out")
    with reading(vendor.shop.engine) as connection:
        assert connection.execute(select(contact.c.value)).scalars().all() == [people[1][5]]


def test_a_wrong_number_is_not_called_again(vendor: Vendor) -> None:
    people = [row(0, phone2="090-1234-5678"), row(1)]
    vendor.take(people)
    codes = _codes(vendor)
    vendor.report((codes[people[0][1]], "wrong_number"), phone="03-3460-0000")
    first, second = rows_of(vendor.deliver())
    assert (first["phone1"], first["phone2"]) == ("+819012345678", "")
    assert second["phone1"] == "+81334600001"


def test_all_numbers_are_wrong_where_none_is_named(vendor: Vendor) -> None:
    people = [row(0, phone2="090-1234-5678"), row(1)]
    vendor.take(people)
    vendor.report((_codes(vendor)[people[0][1]], "wrong_number"))
    assert _names(vendor) == [people[1][1]]


def test_a_wrong_number_stays_wrong_when_its_list_is_dropped_and_imported_again(vendor: Vendor) -> None:
    people = [row(0), row(1)]
    vendor.take(people)
    vendor.report((_codes(vendor)[people[0][1]], "wrong_number"))
    vendor.drop()
    vendor.take(people)
    assert _names(vendor) == [people[1][1]]


def test_a_wrong_number_is_wrong_in_every_list_that_has_it_with_the_name(vendor: Vendor) -> None:
    person, other = row(0), row(1)
    vendor.take([person, other])
    code = _codes(vendor)[person[1]]
    elsewhere = ("X1", person[1].replace("\u3000", " "), "", "", "", "０３（３４６０）００００", "", "", "")
    namesake = ("X2", person[1], "", "", "", "03-3460-7777", "", "", "")
    owner = ("X3", "本人　次郎", "", "", "", "03-3460-0000", "", "", "")
    vendor.take([elsewhere, namesake, owner], list_name="second")
    vendor.report((code, "wrong_number"))
    assert [each["phone1"] for each in rows_of(vendor.deliver(lists=["second"]))] == [
        "+81334607777",
        "+81334600000",
    ]


def test_a_target_without_names_does_not_get_the_wrong_number_either(vendor: Vendor) -> None:
    columns = [{"name": "code", "value": "code"}, {"name": "tel", "value": "phone1"}]
    profiles = {"numbers": {"columns": columns}}
    calling = Vendor(vendor.shop.with_config(formats={"calls": {"profiles": profiles}}))
    calling.take([row(0), row(1)])
    first = rows_of(calling.deliver("numbers"))[0]
    calling.report((first["code"], "wrong_number"))
    assert [each["tel"] for each in rows_of(calling.deliver("numbers"))] == ["+81334600001"]


def test_who_was_reached_is_called_again(vendor: Vendor) -> None:
    vendor.take([row(0)])
    assert vendor.report((_codes(vendor)[row(0)[1]], "reached")).reached == 1
    assert _names(vendor) == [row(0)[1]]


def test_an_outcome_that_is_reported_twice_changes_nothing(vendor: Vendor) -> None:
    vendor.take([row(0), row(1)])
    code = _codes(vendor)[row(0)[1]]
    vendor.report((code, "refused"), (code, "refused"))
    summary = vendor.report((code, "refused"))
    assert (summary.refused, summary.known) == (0, 1)
    with reading(vendor.shop.engine) as connection:
        assert len(connection.execute(select(client_refusal.c.id)).all()) == 1


def test_a_refusal_of_the_client_becomes_an_opt_out_when_the_file_is_taken_again_as_one(
    vendor: Vendor,
) -> None:
    vendor.take([row(0), row(1)])
    code = _codes(vendor)[row(0)[1]]
    effects: tuple[RefusalEffect, ...] = ("client_refusal", "telemarketing_opt_out", "opt_out", "opt_out")
    summaries = [vendor.report((code, "refused"), refused=effect) for effect in effects]
    assert [(each.refused, each.known) for each in summaries] == [(1, 0), (1, 0), (1, 0), (0, 1)]
    with reading(vendor.shop.engine) as connection:
        assert connection.execute(select(opt_out.c.purpose)).scalars().all() == ["telemarketing", "all"]


def test_a_code_that_was_never_delivered_stops_no_other(vendor: Vendor) -> None:
    vendor.take([row(0), row(1)])
    code = _codes(vendor)[row(0)[1]]
    summary = vendor.report(("G00000000000", "refused"), ("", "refused"), (code, "refused"))
    assert summary.refused == 1
    assert set(summary.rejected) == {0, 1}


def test_the_journal_counts_outcomes_and_names_nobody(vendor: Vendor) -> None:
    vendor.take([row(0)])
    vendor.report((_codes(vendor)[row(0)[1]], "reached"))
    with reading(vendor.shop.engine) as connection:
        content = connection.execute(
            select(journal.c.content).where(journal.c.kind == "outcome")
        ).scalar_one()
    assert '"reached":1' in content.replace(" ", "")
    assert row(0)[1] not in content


def test_a_refusal_leaves_nobody_to_call(vendor: Vendor) -> None:
    vendor.take([row(0)])
    vendor.report((_codes(vendor)[row(0)[1]], "refused"))
    with pytest.raises(Refused) as caught:
        vendor.deliver()
    assert caught.value.code == "nobody_left"
