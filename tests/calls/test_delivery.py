"""Call files through the whole gateway: what the law says about calls, e-mail and fax."""

from __future__ import annotations

import csv
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import update

from gateway.db.engine import writing
from gateway.db.tables import contact
from gateway.delivery.deliver import DeliveryResult
from gateway.errors import Refused
from gateway_calls.profile import shipped_profiles
from tests.calls.vendor import Vendor, manifest_of, row, rows_of


def _left_out(vendor: Vendor, result: DeliveryResult) -> dict[str, tuple[str, str]]:
    """Read who was left out, and why, from the report for the vendor."""
    path = vendor.shop.workspace.reports / result.id / "held.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {each["record_id"]: (each["outcome"], each["rule"]) for each in csv.DictReader(file)}


def test_numbers_leave_in_the_style_of_the_target(vendor: Vendor) -> None:
    vendor.take(
        [row(0, phone="０３－３４６０－０００１", phone2="090 1234 5678"), row(1, phone="3346 00002")]
    )
    assert [(each["phone1"], each["phone2"]) for each in rows_of(vendor.deliver())] == [
        ("+81334600001", "+819012345678"),
        ("+81334600002", ""),
    ]


def test_several_numbers_in_one_field_are_several_numbers(vendor: Vendor) -> None:
    vendor.take([row(0, phone="03-3460-0001 / 090-1234-5678")])
    (found,) = rows_of(vendor.deliver())
    assert (found["phone1"], found["phone2"]) == ("+81334600001", "+819012345678")


def test_numbers_of_lists_imported_before_they_were_judged_are_judged_now(vendor: Vendor) -> None:
    vendor.take([row(0)])
    with writing(vendor.shop.engine) as connection:
        connection.execute(update(contact).values(e164="", phone_kind=""))
    assert rows_of(vendor.deliver())[0]["phone1"] == "+81334600000"


def test_a_call_file_carries_no_address(vendor: Vendor) -> None:
    vendor.take([row(0)])
    result = vendor.deliver("excel-ja")
    text = (Path(result.package) / "calls.csv").read_text(encoding="cp932")
    assert "世田谷" not in text
    assert manifest_of(result)["items"] == ["kana", "name", "phone"]


def test_an_address_leaves_only_where_it_is_filed_and_asked_for(vendor: Vendor) -> None:
    vendor.take([row(0)])
    with pytest.raises(Refused) as caught:
        vendor.filing("name", "kana", "phone").deliver("kintone", address="true")
    assert caught.value.code == "items_not_filed"
    (found,) = rows_of(vendor.deliver("kintone", address="true"))
    assert found["住所"] == row(0)[4]


def test_an_email_leaves_only_with_a_recorded_consent(vendor: Vendor) -> None:
    filed = vendor.filing("name", "kana", "phone", "email")
    filed.take([row(0, email="a@example.jp")])
    filed.take([row(1, email="b@example.jp")], email_consent="申込書 2026-03、任意の欄")
    assert [each["email"] for each in rows_of(filed.deliver("genesys", email="true"))] == ["", "b@example.jp"]


def test_a_fax_number_never_leaves(vendor: Vendor) -> None:
    profiles = {
        "fax": {
            "columns": [
                {"name": "code", "value": "code"},
                {"name": "phone", "value": "phone1"},
                {"name": "fax", "value": "attribute:FAX"},
            ]
        }
    }
    shop = vendor.shop.with_config(formats={"calls": {"profiles": profiles}})
    faxing = Vendor(shop).filing("phone", "FAX")
    faxing.take([row(0, fax="03-3460-9999")])
    with pytest.raises(Refused) as caught:
        faxing.deliver("fax")
    assert caught.value.code == "no_fax_consent"


def test_a_fax_number_among_the_phones_never_leaves(vendor: Vendor) -> None:
    vendor.take(
        [
            row(0, phone="TEL 03-3460-0000 FAX 03-3460-9999", phone2="03-3460-9998（FAX）"),
            row(1, phone="FAX:03-3460-9997"),
        ]
    )
    result = vendor.deliver()
    assert [(each["phone1"], each["phone2"]) for each in rows_of(result)] == [("+81334600000", "")]
    assert _left_out(vendor, result) == {"P1": ("refused", "no_phone")}
    assert "9999" not in (Path(result.package) / "calls.csv").read_text(encoding="utf-8")


def test_who_opted_out_of_telemarketing_only_is_not_called(vendor: Vendor) -> None:
    people = [row(number) for number in range(3)]
    vendor.take(people)
    vendor.opt_out(people[1], purpose="telemarketing")
    vendor.opt_out(people[2], purpose="dm")
    result = vendor.deliver()
    assert [each["name"] for each in rows_of(result)] == [people[0][1], people[2][1]]
    assert result.counts.suppressed == 1


def test_the_note_tells_the_hours_and_what_to_say_first(vendor: Vendor) -> None:
    vendor.take([row(0)])
    result = vendor.deliver(seller="見本商事", caller="見本太郎", product="浄水器", call_until="18:00")
    pages = pypdf.PdfReader(Path(result.package) / "delivery-note.pdf").pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")
    for words in ("09:00から18:00", "見本商事の見本太郎", "浄水器のご契約", "第16条", "第17条"):
        assert words in text


def test_what_was_replaced_stands_in_the_manifest(vendor: Vendor) -> None:
    given = list(row(0))
    given[1] = "𠮷田　太郎"
    vendor.take([given, row(1)])
    result = vendor.deliver("excel-ja", unencodable="substitute")
    assert manifest_of(result)["reports"] == {"substituted:U+20BB7:U+5409": 1}


def test_who_cannot_be_called_is_refused_with_the_reason(vendor: Vendor) -> None:
    vendor.take([row(0), row(1, phone=""), row(2, phone="03-0000-1234")])
    result = vendor.deliver()
    assert (result.counts.delivered, result.counts.refused, result.counts.held) == (1, 2, 0)
    assert _left_out(vendor, result) == {
        "P1": ("refused", "no_phone"),
        "P2": ("refused", "no_callable_number"),
    }


def test_who_has_a_number_that_no_consumer_has_is_held_and_gets_letters_all_the_same(vendor: Vendor) -> None:
    people = [row(0), row(1, phone="0120-123-456"), row(2, phone="0570-012345")]
    people.append(row(3, phone="0120-123-457", phone2="090-1234-5678"))
    vendor.take(people)
    result = vendor.deliver()
    assert [each["phone1"] for each in rows_of(result)] == ["+81334600000", "+819012345678"]
    assert (result.counts.held, result.counts.refused) == (2, 0)
    assert _left_out(vendor, result) == {
        "P1": ("held", "toll_free_number"),
        "P2": ("held", "premium_number"),
    }
    assert vendor.deliver(toll_free="allow").counts.delivered == 4
    assert vendor.mail().counts.delivered == 4


def test_a_name_that_the_encoding_lacks_is_held_until_it_is_replaced(vendor: Vendor) -> None:
    vendor.take([row(0), ("P1", "𠮷田　太郎", *row(1)[2:])])
    result = vendor.deliver("excel-ja")
    assert _left_out(vendor, result) == {"P1": ("held", "not_in_encoding")}
    assert vendor.deliver("excel-ja", unencodable="substitute").counts.held == 0


def test_every_profile_is_delivered(vendor: Vendor) -> None:
    vendor.take([row(number) for number in range(20)])
    for name, profile in shipped_profiles().items():
        result = vendor.deliver(name)
        assert result.counts.delivered == 20
        assert [file for file in result.files if file.startswith("calls")] == [f"calls{profile.suffix}"]


def test_a_purpose_that_is_no_call_is_refused(vendor: Vendor) -> None:
    vendor.take([row(0)])
    with pytest.raises(Refused) as caught:
        vendor.shop.deliver(format="calls", purpose="dm", sets={})
    assert caught.value.code == "purpose_not_served"
