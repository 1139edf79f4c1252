"""Who has refused a client is in no delivery to it, whatever else happens meanwhile."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gateway.db.engine import reading
from gateway.delivery.clients import Client, add_client, add_pledge
from gateway.delivery.recovery import recover
from gateway.errors import Refused
from gateway.log.journal import entries, find_break
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.suppression.refusals import record_refusals
from gateway.suppression.refusals_files import import_refusals
from tests.delivery import plain_format
from tests.delivery.dying import deliver_and_die
from tests.delivery.shop import NOW, Shop, ids_in, manifest_of, on_step, person
from tests.refusals.conftest import QUIET

PEOPLE = [person(number) for number in range(8)]


def refuse(shop: Shop, *people: Person, product: str = "", client: str = "client") -> int:
    done = record_refusals(shop.engine, client, people, product=product, actor="tester", now=NOW)
    return done.number


def delivered(shop: Shop) -> set[str]:
    return set(ids_in(shop.packages()[-1], PEOPLE))


def test_a_person_who_refused_the_client_is_not_delivered(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, PEOPLE[3])
    result = shop.deliver()
    assert (result.counts.suppressed, result.counts.delivered) == (1, 7)
    assert PEOPLE[3].id not in delivered(shop)


def test_a_phone_number_alone_is_enough(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, Person(phones=("０３（３４６０）０００３",)))
    assert shop.deliver().counts.suppressed == 1
    assert PEOPLE[3].id not in delivered(shop)


def test_a_refusal_is_found_in_another_notation(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    written = dataclasses.replace(
        PEOPLE[3], name="高橋　太郎 様", address="世田谷区北沢４丁目４番地４号", phones=()
    )
    refuse(shop, written)
    shop.deliver()
    assert PEOPLE[3].id not in delivered(shop)


def test_a_doubtful_match_is_held_back(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, Person(name="別人一郎", phones=PEOPLE[3].phones))
    assert shop.deliver().counts.held == 1
    assert PEOPLE[3].id not in delivered(shop)


def test_other_clients_are_not_bound(shop: Shop, tmp_path: Path) -> None:
    shop.import_people(PEOPLE)
    add_client(shop.engine, Client(id="other", name="別商事"), actor="tester", now=NOW)
    add_pledge(
        shop.engine,
        "other",
        tmp_path / "pledge.txt",
        purposes=("dm",),
        signed_on=NOW.date(),
        valid_until=NOW.date(),
        actor="tester",
        now=NOW,
    )
    refuse(shop, PEOPLE[3])
    assert shop.deliver(client="other").counts.delivered == 8


@pytest.mark.parametrize(
    ("ordered", "kept_out"),
    [("", 2), ("Water", 1), ("ｗａｔｅｒ ", 1), ("gas", 2), ("power", 1)],
    ids=["no product", "another product", "another spelling", "the product", "a third product"],
)
def test_a_refusal_binds_its_product_and_orders_without_one(shop: Shop, ordered: str, kept_out: int) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, PEOPLE[3], product="gas")
    refuse(shop, PEOPLE[4])
    assert shop.deliver(product=ordered).counts.suppressed == kept_out


def test_the_spelling_of_a_product_does_not_matter(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, PEOPLE[3], product="光回線 Ａ")
    assert shop.deliver(product="光回線　a").counts.suppressed == 1


def test_a_refusal_that_arrives_while_rendering_is_not_delivered(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    numbers: list[int] = []
    plain_format.while_rendering.append(lambda: numbers.append(refuse(shop, PEOPLE[3])))
    result = shop.deliver()
    assert numbers[0] <= result.fence
    assert PEOPLE[3].id not in delivered(shop)
    assert result.counts.delivered == 7


def test_further_refusals_while_rendering_are_not_delivered(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, PEOPLE[1])
    plain_format.while_rendering.append(lambda: refuse(shop, PEOPLE[3]))
    plain_format.while_rendering.append(lambda: refuse(shop, PEOPLE[5], product="gas"))
    shop.deliver()
    assert not {PEOPLE[index].id for index in (1, 3, 5)} & delivered(shop)


def test_a_refusal_of_nobody_in_the_delivery_does_not_stop_it(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    plain_format.while_rendering.append(lambda: refuse(shop, person(40)))
    assert shop.deliver().counts.delivered == 8


def test_a_refusal_that_arrives_while_rereading_is_not_delivered(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    waiting = [PEOPLE[3]]

    def refuse_once() -> None:
        while waiting:
            refuse(shop, waiting.pop())

    shop.deliver(progress=on_step("re-reading", refuse_once))
    assert PEOPLE[3].id not in delivered(shop)


def test_beside_a_suppressor_that_cannot_tell_its_revision_it_works_too(shop: Shop) -> None:
    from tests.delivery.shop import POINTS
    from tests.refusals.conftest import REFUSALS

    shop.manager = Manager((*POINTS, REFUSALS))
    shop.import_people(PEOPLE)
    plain_format.suppressed_names.add(PEOPLE[1].name)
    plain_format.while_rendering.append(lambda: refuse(shop, PEOPLE[3]))
    shop.deliver()
    assert not {PEOPLE[index].id for index in (1, 3)} & delivered(shop)


def test_a_refusal_after_the_release_does_not_change_it(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    result = shop.deliver()
    assert refuse(shop, PEOPLE[3]) > manifest_of(shop.packages()[0])["fence"] == result.fence


def test_an_abandoned_release_is_withdrawn_if_somebody_has_refused_since(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    assert deliver_and_die(shop, "after_release")
    refuse(shop, PEOPLE[3])
    outcomes = [each.outcome for each in recover(shop.engine, shop.workspace, actor="tester", now=NOW)]
    assert outcomes == ["withdrawn"]
    assert shop.packages() == []


def test_without_the_suppressor_a_client_with_refusals_gets_nothing(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    refuse(shop, PEOPLE[3])
    shop.manager = Manager((QUIET,))
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "suppressor_missing"
    assert shop.packages() == []


def test_a_first_refusal_while_rendering_without_the_suppressor_stops_the_delivery(shop: Shop) -> None:
    shop.import_people(PEOPLE)
    shop.manager = Manager((QUIET,))
    plain_format.while_rendering.append(lambda: refuse(shop, PEOPLE[3]))
    with pytest.raises(Refused) as caught:
        shop.deliver()
    assert caught.value.code == "suppressor_missing"


def test_imports_are_not_bound(shop: Shop) -> None:
    refuse(shop, PEOPLE[3])
    assert shop.import_people(PEOPLE).imported == 8


def test_a_file_is_recorded_once_and_its_bad_rows_are_told(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "refusals.csv"
    path.write_text(
        "氏名,郵便番号,住所,電話番号\n"
        f"{PEOPLE[3].name},{PEOPLE[3].postal_code},{PEOPLE[3].address},\n"
        ",,,03-3460-0004\n"
        "山田太郎,,,\n",
        encoding="utf-8",
    )
    first, again = (
        import_refusals(shop.engine, "client", path, actor="tester", now=NOW) for _time in range(2)
    )
    assert (first.rows, first.recorded, first.duplicates, first.refused) == (3, 2, 0, 1)
    assert (again.rows, again.recorded, again.duplicates, again.refused, again.number) == (3, 0, 2, 1, 0)
    assert first.rejected_file is not None
    assert "4,,name_alone,山田太郎" in first.rejected_file.read_text(encoding="utf-8-sig")


def test_the_journal_tells_of_a_refusal_without_the_person(shop: Shop) -> None:
    number = refuse(shop, PEOPLE[3], product="gas")
    with reading(shop.engine) as connection:
        entry = next(each for each in entries(connection) if each.number == number)
        assert find_break(connection)[1] is None
    assert entry.kind == "client_refusal"
    assert '"product":"gas"' in entry.content
    assert PEOPLE[3].name not in entry.content
    assert PEOPLE[3].phones[0] not in entry.content


def test_many_refusals_are_kept_in_pages(shop: Shop) -> None:
    people = [person(number) for number in range(700)]
    for start in range(0, 700, 100):
        refuse(shop, *people[start : start + 100])
    shop.import_people([*people[650:], person(900)])
    assert shop.deliver().counts.delivered == 1
