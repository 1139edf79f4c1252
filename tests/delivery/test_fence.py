"""The one promise at its edges: opt-outs that arrive while a delivery is being made, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, select

from gateway.api import Batch
from gateway.db.engine import make_engine, reading, writing
from gateway.db.ledger import current_number, take_number
from gateway.db.tables import hold, opt_out, recall
from gateway.errors import Refused
from gateway.log.recalls import all_recalls
from gateway.people.keys import match_keys
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.suppression.register import OptOutRequest, ReadyOptOuts, write_opt_outs
from gateway.suppression.reviews import Decided, decide_hold
from tests.delivery import plain_format
from tests.delivery.shop import NOW, Shop, ids_in, manifest_of, names_in, on_step, person

PEOPLE = [person(number) for number in range(8)]


def _write_opt_out(connection: Connection, person_: Person) -> int:
    """Record an opt-out in a transaction that the test keeps open."""
    request = OptOutRequest(person=person_, received_on=NOW.date())
    ready = ReadyOptOuts(requests=(request,), keys=(match_keys(normalise(person_)),))
    return write_opt_outs(connection, ready, actor="tester", now=NOW).number


def test_an_opt_out_between_screening_and_release_is_not_in_the_package(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: shop.opt_out(PEOPLE[2], erase=False))
    result = shop.deliver()
    (package,) = shop.packages()
    assert PEOPLE[2].id not in ids_in(package, PEOPLE)
    assert (result.counts.suppressed, result.counts.delivered) == (1, 7)


def test_an_opt_out_with_its_erasure_between_screening_and_release_is_not_in_the_package(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: shop.opt_out(PEOPLE[2]))
    result = shop.deliver()
    assert PEOPLE[2].id not in ids_in(shop.packages()[0], PEOPLE)
    assert (result.counts.requested, result.counts.suppressed) == (8, 1)


def test_an_opt_out_from_calls_alone_does_not_touch_letters_under_way(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: shop.opt_out(PEOPLE[2], purpose="telemarketing"))
    assert shop.deliver().counts.delivered == 8


def test_a_phone_opt_out_while_calls_are_rendered_keeps_the_number_out(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: shop.opt_out(PEOPLE[2], scope="phone"))
    shop.deliver(format="calls")
    text = (shop.packages()[0] / "people.csv").read_text(encoding="utf-8")
    assert PEOPLE[2].phones[0] not in text
    assert PEOPLE[2].name not in text


@contextmanager
def _open_transaction(shop: Shop, wait: threading.Event, done: list[int]) -> Iterator[Callable[[], None]]:
    """Yield a function that opens a transaction with an opt-out; it commits when ``wait`` is set, or by itself soon."""
    threads: list[threading.Thread] = []

    def hold_open(opened: threading.Event) -> None:
        engine = make_engine(shop.engine.url)
        with writing(engine) as connection:
            number = _write_opt_out(connection, PEOPLE[5])
            opened.set()
            wait.wait(timeout=1.0)
        done.append(number)
        engine.dispose()

    def begin() -> None:
        opened = threading.Event()
        threads.append(threading.Thread(target=hold_open, args=(opened,)))
        threads[-1].start()
        assert opened.wait(timeout=30)

    yield begin
    for thread in threads:
        thread.join(timeout=60)


def test_a_transaction_that_is_open_while_the_delivery_screens_is_waited_for(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    wait, done = threading.Event(), list[int]()
    with _open_transaction(shop, wait, done) as begin:
        result = shop.deliver(progress=on_step("screening", begin))
    (package,) = shop.packages()
    assert done
    assert done[0] <= result.fence
    assert PEOPLE[5].id not in ids_in(package, PEOPLE)


def test_a_transaction_that_is_open_while_the_delivery_re_reads_is_waited_for(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    wait, done = threading.Event(), list[int]()
    with _open_transaction(shop, wait, done) as begin:
        result = shop.deliver(progress=on_step("re-reading", begin))
    assert done
    assert done[0] <= result.fence
    assert PEOPLE[5].id not in ids_in(shop.packages()[0], PEOPLE)


def test_opt_outs_that_commit_in_the_reverse_order_of_their_start_are_both_kept_out(shop: Shop) -> None:
    """The first to start is the last to number itself and to commit; a sequence would have numbered it first."""
    shop.import_people(PEOPLE)
    early_started, late_committed = threading.Event(), threading.Event()

    def early() -> None:
        engine = make_engine(shop.engine.url)
        with engine.connect() as connection, connection.begin():
            connection.execute(select(opt_out.c.id)).all()
            early_started.set()
            assert late_committed.wait(timeout=30)
            if engine.dialect.name == "sqlite":
                connection.rollback()  # its snapshot is too old to write; the desk's command begins anew
            else:
                _write_opt_out(connection, PEOPLE[1])
        if engine.dialect.name == "sqlite":
            with writing(engine) as fresh:
                _write_opt_out(fresh, PEOPLE[1])
        engine.dispose()

    def both() -> None:
        thread = threading.Thread(target=early)
        thread.start()
        assert early_started.wait(timeout=30)
        with writing(shop.engine) as connection:
            _write_opt_out(connection, PEOPLE[2])
        late_committed.set()
        thread.join(timeout=60)

    plain_format.while_rendering.append(both)
    result = shop.deliver()
    with reading(shop.engine) as connection:
        numbers = connection.execute(select(opt_out.c.number)).scalars().all()
    assert len(numbers) == 2
    assert max(numbers) <= result.fence
    assert not {PEOPLE[1].id, PEOPLE[2].id} & set(ids_in(shop.packages()[0], PEOPLE))


def test_the_release_waits_for_a_transaction_that_has_taken_a_number(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    opened, may_commit = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def hold_open() -> None:
        engine = make_engine(shop.engine.url)
        with writing(engine) as connection:
            take_number(connection)
            opened.set()
            may_commit.wait(timeout=0.5)
            # Nothing of the delivery may have been released while this transaction holds its number.
            assert shop.packages() == []
            connection.rollback()
        engine.dispose()

    def begin() -> None:
        threads.append(threading.Thread(target=hold_open))
        threads[-1].start()
        assert opened.wait(timeout=30)

    shop.deliver(progress=on_step("re-reading", begin))
    threads[0].join(timeout=60)
    assert len(shop.packages()) == 1


def test_an_opt_out_after_the_release_is_reported_as_a_recall(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    result = shop.deliver()
    shop.opt_out(PEOPLE[4])
    with reading(shop.engine) as connection:
        found = list(all_recalls(connection))
    assert [(each.client, each.delivery) for each in found] == [("client", result.id)]
    row = next(
        row
        for row in (shop.packages()[0] / "people.csv").read_text(encoding="utf-8").splitlines()
        if row.startswith(found[0].line_code)
    )
    assert PEOPLE[4].name in row


def test_an_opt_out_by_phone_alone_recalls_a_delivery_that_held_no_phone(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.opt_out(Person(phones=PEOPLE[4].phones))
    with reading(shop.engine) as connection:
        assert len(list(all_recalls(connection))) == 1


def test_an_opt_out_after_the_list_was_dropped_still_finds_the_delivery(shop: Shop) -> None:
    from gateway.acquisition.lists import drop_list

    shop.import_people(PEOPLE)
    shop.deliver()
    drop_list(shop.engine, "main", actor="tester", now=NOW)
    shop.opt_out(PEOPLE[4])
    with reading(shop.engine) as connection:
        assert len(list(all_recalls(connection))) == 1


def test_a_person_delivered_before_and_after_is_recalled_once_a_line(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.deliver()
    shop.opt_out(PEOPLE[4])
    shop.opt_out(PEOPLE[4])
    with reading(shop.engine) as connection:
        assert len(connection.execute(select(recall.c.id)).all()) == 2


def test_a_delivery_that_is_overtaken_again_and_again_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [person(number) for number in range(30)]
    shop.import_people(people)
    waiting = list(people[:20])

    def overtaken(batch: Batch) -> None:
        plain_format.while_rendering.append(lambda: shop.opt_out(waiting.pop(), erase=False))
        render(batch)

    render = plain_format.render
    monkeypatch.setattr(plain_format, "render", overtaken)
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "overtaken"
    assert shop.packages() == []
    assert shop.leftovers() == []


@pytest.mark.parametrize("erase", [False, True], ids=["recorded", "erased"])
def test_an_opt_out_between_the_check_beforehand_and_the_lock_is_not_in_the_package(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, *, erase: bool
) -> None:
    shop.import_people(PEOPLE)
    waiting = [PEOPLE[1], PEOPLE[4]]

    def read_and_be_overtaken(connection: Connection) -> int:
        number = current_number(connection)
        if waiting:
            shop.opt_out(waiting.pop(), erase=erase)
        return number

    monkeypatch.setattr("gateway.delivery.release.current_number", read_and_be_overtaken)
    shop.deliver()
    assert ids_in(shop.packages()[0], PEOPLE) == [
        each.id for each in PEOPLE if each not in (PEOPLE[1], PEOPLE[4])
    ]


def test_the_fence_covers_everything_recorded_before_the_release(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    result = shop.deliver()
    with reading(shop.engine) as connection:
        assert manifest_of(shop.packages()[0])["fence"] == result.fence == current_number(connection)


def test_a_record_that_was_released_by_hand_is_delivered(shop: Shop) -> None:
    in_doubt, requested = _neighbours()
    shop.import_people([*PEOPLE, in_doubt])
    shop.opt_out(requested)
    assert shop.deliver().counts.held == 1
    _decide(shop, "deliver")
    result = shop.deliver()
    assert (result.counts.held, result.counts.delivered) == (0, 9)


def test_a_decision_against_a_pair_while_rendering_keeps_the_person_out(shop: Shop) -> None:
    in_doubt, requested = _neighbours()
    shop.import_people([*PEOPLE, in_doubt])
    shop.opt_out(requested)
    _decide(shop, "deliver")
    plain_format.while_rendering.append(lambda: _decide(shop, "suppress"))
    result = shop.deliver()
    assert in_doubt.name not in names_in(shop.packages()[0])
    assert result.counts.delivered == 8


def _neighbours() -> tuple[Person, Person]:
    """Return the same name in two rooms of one house: likely the same person, not surely."""
    address = "東京都世田谷区北沢3-5-12"
    return (
        Person(id="P9999", name="小鳥遊さくら", postal_code="155-0031", address=f"{address} 101号室"),
        Person(name="小鳥遊さくら", postal_code="155-0031", address=f"{address} 202号室"),
    )


def _decide(shop: Shop, verdict: Decided) -> None:
    with reading(shop.engine) as connection:
        identifier = connection.execute(select(hold.c.id)).scalar_one()
    decide_hold(shop.engine, identifier, verdict, why="looked at it", actor="tester", now=NOW)
