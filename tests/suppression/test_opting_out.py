"""An opt-out and its erasure are one transaction; what fails in erasing does not unsay the opt-out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select, update

from gateway.db.engine import reading, writing
from gateway.db.tables import journal, key_page, opt_out, record
from gateway.errors import Damaged
from gateway.people.person import Person
from gateway.suppression import opting_out
from gateway.suppression.erasure import erase, erase_pending
from gateway.suppression.opting_out import OptedOut, index_of
from gateway.suppression.record_search import search_records
from gateway.suppression.register import OptOutRequest, prepare_opt_outs, write_opt_outs
from tests.delivery.shop import NOW, Shop, person

ASKER, OTHER, SECOND = person(1), person(2), person(3)


def take(shop: Shop, *people: Person) -> OptedOut:
    requests = [OptOutRequest(person=each, received_on=NOW.date()) for each in people]
    return opting_out.opt_out(shop.engine, requests, actor="tester", now=NOW)


def count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def left(shop: Shop) -> set[str]:
    with reading(shop.engine) as connection:
        return set(connection.execute(select(record.c.id)).scalars())


def recorded(shop: Shop) -> int:
    with reading(shop.engine) as connection:
        return count(connection, opt_out)


@contextmanager
def before_each(beginning: str, do: Callable[[], None]) -> Iterator[None]:
    """Call a function before each statement that begins so."""

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(beginning):
            do()

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def test_the_person_is_erased_in_the_very_transaction_that_records_the_opt_out(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])
    states: list[tuple[int, int]] = []

    def look(connection: Connection) -> None:
        states.append((count(connection, opt_out), count(connection, record)))

    event.listen(Engine, "commit", look)
    taken = take(shop, ASKER)
    event.remove(Engine, "commit", look)
    assert taken.unfinished is None
    assert [dict(each.erased) for each in taken.erasures.values()] == [{"main": 1}]
    assert (1, 1) in states
    assert set(states) <= {(0, 2), (1, 1)}


def test_what_is_written_in_one_transaction_has_two_places_in_the_journal(shop: Shop) -> None:
    shop.import_people([ASKER])
    taken = take(shop, ASKER)
    with reading(shop.engine) as connection:
        rows = connection.execute(
            select(journal.c.number, journal.c.kind).where(journal.c.number >= taken.number)
        ).all()
    assert [(row.number, row.kind) for row in rows] == [
        (taken.number, "opt_out"),
        (taken.number + 1, "erasure"),
    ]


def test_damaged_keys_keep_the_erasing_back_and_not_the_opt_out(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])
    with writing(shop.engine) as connection:
        connection.execute(update(key_page).values(match_keys=b"odd"))
    taken = take(shop, ASKER)
    assert isinstance(taken.unfinished, Damaged)
    assert recorded(shop) == 1
    assert left(shop) == {ASKER.id, OTHER.id}


def test_keys_cut_off_at_the_end_keep_the_erasing_back_though_no_other_key_meets(shop: Shop) -> None:
    shop.import_people([ASKER])
    with writing(shop.engine) as connection:
        keys = connection.execute(select(key_page.c.match_keys)).scalar_one()
        connection.execute(update(key_page).values(match_keys=b"\x00" * (len(keys) - 8)))
    taken = take(shop, ASKER)
    assert isinstance(taken.unfinished, Damaged)
    assert recorded(shop) == 1


def test_a_fault_of_the_software_while_erasing_is_told_and_leaves_the_opt_out_recorded(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])

    def fail() -> None:
        raise ZeroDivisionError

    with before_each("DELETE FROM record", fail), pytest.raises(ZeroDivisionError):
        take(shop, ASKER)
    assert recorded(shop) == 1
    assert left(shop) == {ASKER.id, OTHER.id}
    assert len(erase_pending(shop.engine, actor="tester", now=NOW)) == 1
    assert left(shop) == {OTHER.id}


def test_an_interrupt_while_erasing_undoes_the_whole(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])

    def interrupt() -> None:
        raise KeyboardInterrupt

    with before_each("DELETE FROM record", interrupt), pytest.raises(KeyboardInterrupt):
        take(shop, ASKER)
    assert recorded(shop) == 0
    assert left(shop) == {ASKER.id, OTHER.id}


def test_people_who_are_imported_between_the_search_and_the_lock_are_erased(shop: Shop) -> None:
    shop.import_people([ASKER])
    request = OptOutRequest(person=ASKER, received_on=NOW.date())
    ready = prepare_opt_outs(shop.engine, [request])
    with reading(shop.engine) as connection:
        found = search_records(connection, index_of(ready.keys))
    shop.import_people([ASKER, OTHER], list_name="later")
    with writing(shop.engine) as connection:
        taken = write_opt_outs(connection, ready, actor="tester", now=NOW)
        erased = erase(connection, taken.ids, found, actor="tester", now=NOW)
    assert [dict(each.erased) for each in erased.values()] == [{"main": 1, "later": 1}]
    assert left(shop) == {OTHER.id}


def test_a_list_that_is_dropped_between_the_search_and_the_lock_is_passed_over(shop: Shop) -> None:
    from gateway.acquisition.lists import drop_list

    shop.import_people([ASKER])
    ready = prepare_opt_outs(shop.engine, [OptOutRequest(person=ASKER, received_on=NOW.date())])
    with reading(shop.engine) as connection:
        found = search_records(connection, index_of(ready.keys))
    drop_list(shop.engine, "main", actor="tester", now=NOW)
    with writing(shop.engine) as connection:
        taken = write_opt_outs(connection, ready, actor="tester", now=NOW)
        erased = erase(connection, taken.ids, found, actor="tester", now=NOW)
    assert [dict(each.erased) for each in erased.values()] == [{}]


def test_an_earlier_interrupted_erasure_is_finished_with_the_next_opt_out(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER, SECOND])
    shop.opt_out(ASKER, erase=False)
    taken = take(shop, SECOND)
    assert list(taken.erasures) == list(taken.ids)
    assert left(shop) == {OTHER.id}


def test_many_opt_outs_at_once_are_one_transaction_too(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER, SECOND])
    taken = take(shop, ASKER, SECOND)
    assert sum(sum(each.erased.values()) for each in taken.erasures.values()) == 2
    assert left(shop) == {OTHER.id}
