"""A newer normaliser: all keys are made anew before anything is judged, and what people decided stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Table, select, update

from gateway.acquisition import rekeying as rekeying_module
from gateway.acquisition.rekeying import is_outdated, renew_keys
from gateway.db.engine import reading, writing
from gateway.db.ledger import current_number
from gateway.db.tables import (
    client_refusal_page,
    decision,
    hold,
    key_page,
    line_key_page,
    list_,
    opt_out_page,
    record,
)
from gateway.errors import Failed
from gateway.log.recalls import all_recalls
from gateway.people.person import Person
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.refusals import record_refusals
from gateway.suppression.reviews import decide_hold, open_holds
from gateway.suppression.screening import Register
from tests.delivery.shop import NOW, Shop, names_in, person

PEOPLE = [person(number) for number in range(8)]
ROOM = Person(
    id="P9999", name="小鳥遊さくら", postal_code="155-0031", address="東京都世田谷区北沢3-5-12 101号室"
)
OTHER_ROOM = Person(name="小鳥遊さくら", postal_code="155-0031", address="東京都世田谷区北沢3-5-12 202号室")
_SHIFT = 1_000_003


def age(shop: Shop) -> None:
    """Make everything look as if an older normaliser had made it: other keys, other fingerprints."""
    with writing(shop.engine) as connection:
        for table in (opt_out_page, client_refusal_page, line_key_page):
            _spoil_keys(connection, table)
            connection.execute(update(table).values(normaliser_version=0))
        _spoil_keys(connection, key_page)
        connection.execute(update(list_).values(normaliser_version=0))
        for table in (record, decision, hold):
            connection.execute(update(table).values(fingerprint=table.c.fingerprint % 1_000_000_007 + _SHIFT))
        for table in (decision, hold):
            connection.execute(update(table).values(normaliser_version=0))


def _spoil_keys(connection: Connection, table: Table) -> None:
    owners = list(table.primary_key.columns)
    for row in connection.execute(select(table)).all():
        keys = np.frombuffer(row.match_keys, dtype="<i8") ^ 1
        this = [column == getattr(row, column.name) for column in owners]
        connection.execute(update(table).where(*this).values(match_keys=keys.tobytes()))


def renew(shop: Shop) -> bool:
    return renew_keys(shop.engine, actor="tester", now=NOW)


def test_nothing_is_done_while_the_normaliser_is_the_same(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[1])
    shop.deliver()
    with reading(shop.engine) as connection:
        before = current_number(connection)
    assert not renew(shop)
    with reading(shop.engine) as connection:
        assert current_number(connection) == before


def test_outdated_keys_are_never_compared(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[1], erase=False)
    age(shop)
    with pytest.raises(Failed) as caught, reading(shop.engine) as connection:
        Register(connection, "any", upto=current_number(connection))
    assert caught.value.code == "outdated_keys"
    with pytest.raises(Failed):
        act_on_opt_outs(shop.engine, actor="tester", now=NOW)


def test_a_delivery_makes_the_keys_anew_and_holds_nobody_who_opted_out(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[1], erase=False)
    shop.opt_out(PEOPLE[2], purpose="dm")
    record_refusals(shop.engine, "client", [PEOPLE[3]], actor="tester", now=NOW)
    age(shop)
    assert is_outdated(shop.engine)
    shop.deliver()
    assert not is_outdated(shop.engine)
    assert not {PEOPLE[index].name for index in (1, 2, 3)} & set(names_in(shop.packages()[0]))


def test_an_import_makes_the_keys_anew_and_takes_nobody_in_who_opted_out(shop: Shop) -> None:
    shop.import_people(PEOPLE[:3])
    shop.opt_out(PEOPLE[5])
    age(shop)
    summary = shop.import_people(PEOPLE)
    assert (summary.imported, summary.duplicates, summary.suppressed) == (4, 3, 1)


def test_the_keys_are_those_that_would_be_made_today(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(PEOPLE[2], purpose="telemarketing")
    record_refusals(shop.engine, "client", [PEOPLE[3], Person(phones=("03-3460-0004",))], actor="t", now=NOW)
    shop.deliver()
    before = list(_everything(shop))
    age(shop)
    assert list(_everything(shop)) != before
    assert renew(shop)
    after = list(_everything(shop))
    lines = [rows for name, rows in after if name == "line_key_page"]
    assert [row for row in after if row[0] != "line_key_page"] == [
        row for row in before if row[0] != "line_key_page"
    ]
    assert len(lines[0]) == 1


def _everything(shop: Shop) -> Iterator[tuple[str, list[Any]]]:
    with reading(shop.engine) as connection:
        for table in (opt_out_page, client_refusal_page, key_page, line_key_page, record):
            yield table.name, [tuple(row) for row in connection.execute(select(table))]


def test_deliveries_of_before_are_still_found(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    age(shop)
    renew(shop)
    shop.opt_out(PEOPLE[4])
    with reading(shop.engine) as connection:
        assert len(list(all_recalls(connection))) == 1


@pytest.mark.parametrize("verdict", ["deliver", "suppress"])
def test_what_was_decided_by_hand_stands(shop: Shop, verdict: Any) -> None:
    shop.import_people([*PEOPLE, ROOM])
    shop.opt_out(OTHER_ROOM, purpose="dm")
    shop.deliver()
    with reading(shop.engine) as connection:
        (found,) = open_holds(connection)
    decide_hold(shop.engine, found.id, verdict, why="looked", actor="tester", now=NOW)
    age(shop)
    result = shop.deliver()
    assert (result.counts.held, result.counts.suppressed) == (0, int(verdict == "suppress"))
    assert (ROOM.name in names_in(shop.packages()[-1])) == (verdict == "deliver")
    with reading(shop.engine) as connection:
        assert list(open_holds(connection)) == []


def test_an_open_review_stays_open_with_both_sides(shop: Shop) -> None:
    shop.import_people([*PEOPLE, ROOM])
    shop.opt_out(OTHER_ROOM)
    age(shop)
    renew(shop)
    with reading(shop.engine) as connection:
        (found,) = open_holds(connection)
        assert found.record is not None
    assert shop.deliver().counts.held == 1


def test_an_interrupted_renewal_is_finished_by_the_next(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.import_people([*PEOPLE, ROOM])
    shop.import_people([person(number) for number in range(20, 30)], list_name="second")
    shop.opt_out(OTHER_ROOM, purpose="dm")
    shop.deliver()
    with reading(shop.engine) as connection:
        (found,) = open_holds(connection)
    decide_hold(shop.engine, found.id, "deliver", why="looked", actor="tester", now=NOW)
    age(shop)
    steps: list[str] = []

    def die_later(*args: Any, **named: Any) -> int:
        steps.append("list")
        if len(steps) == 2:
            raise KeyboardInterrupt
        return rekey_list(*args, **named)

    rekey_list = rekeying_module.rekey_list
    monkeypatch.setattr(rekeying_module, "rekey_list", die_later)
    with pytest.raises(KeyboardInterrupt):
        renew(shop)
    assert is_outdated(shop.engine)
    monkeypatch.undo()
    # A list that was cut off before its mark is made anew from the start, and decisions are not moved twice.
    with writing(shop.engine) as connection:
        connection.execute(update(list_).values(normaliser_version=0))
    result = shop.deliver(lists=("main", "second"))
    assert (result.counts.held, result.counts.delivered) == (0, 19)


def test_an_opt_out_that_arrives_meanwhile_is_not_lost(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.import_people(PEOPLE)
    shop.opt_out(person(60))
    age(shop)

    def opt_out_meanwhile(*args: Any, **named: Any) -> int:
        shop.opt_out(PEOPLE[5], erase=False)
        return rekey_list(*args, **named)

    rekey_list = rekeying_module.rekey_list
    monkeypatch.setattr(rekeying_module, "rekey_list", opt_out_meanwhile)
    shop.deliver()
    assert PEOPLE[5].name not in names_in(shop.packages()[0])
