"""Hashed lists: a client that follows the documented recipe meets the people it means."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.db.engine import reading
from gateway.delivery.hashed_export import export_list, export_register
from gateway.errors import Refused, WrongUsage
from gateway.log.journal import entries
from gateway.people.person import Person
from gateway.suppression.hash_keys import hand_out_hash_key
from gateway.suppression.hashed_lists import hash_forms, key_id, keyed_hash
from gateway.suppression.refusals_hashed import import_hashed_refusals
from gateway.suppression.register import lift_opt_out
from gateway.testing.notation import NOTATIONS
from gateway.testing.people import synthetic_people
from tests.delivery import plain_format
from tests.delivery.shop import NOW, Shop, ids_in, person

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "hashed-lists.md"
PEOPLE = [person(number) for number in range(8)]
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def recipe() -> dict[str, Any]:
    """The program in the documentation, run as a client would run it."""
    names: dict[str, Any] = {}
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    exec(found[1], names)
    return names


def as_client_has(someone: Person, **changes: str) -> dict[str, str]:
    return {
        "name": someone.name,
        "postal_code": someone.postal_code,
        "address": someone.address,
        "building": someone.building,
        "phone": someone.phones[0] if someone.phones else "",
        "email": someone.emails[0] if someone.emails else "",
    } | changes


def hashes_in(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["hash"] for row in csv.DictReader(file)}


def test_the_documented_examples_are_right(recipe: dict[str, Any]) -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| `(.*?)` \| `([0-9a-f]{64})` \|$",
        DOCUMENT.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) == 4
    for kind, _given, shown, digest in rows:
        form = shown.replace("␟", "\x1f")
        assert recipe["keyed_hash"](KEY.hex(), kind, form) == digest
        assert keyed_hash(KEY, kind, form).hex() == digest


def test_the_documented_name_of_a_key_is_right(recipe: dict[str, Any]) -> None:
    assert recipe["key_name"](KEY.hex()) == key_id(KEY)
    assert f"whose name is `{key_id(KEY)}`" in DOCUMENT.read_text(encoding="utf-8")


def test_the_recipe_makes_forms_that_the_gateway_makes_too(recipe: dict[str, Any]) -> None:
    for someone in synthetic_people(2000, seed=5):
        ours = list(hash_forms(someone))
        given = as_client_has(someone)
        if given["phone"]:
            assert ("phone", recipe["phone_form"](given["phone"])) in ours
        if given["email"]:
            assert ("email", recipe["email_form"](given["email"])) in ours
        form = recipe["person_form"](given["name"], given["postal_code"], given["address"], given["building"])
        assert ("person", form) in ours


@pytest.mark.parametrize(
    "notation",
    [
        "other_phones",
        "other_emails",
        "spaces_in_the_name",
        "full_width_address",
        "other_hyphens",
        "number_in_words",
        "number_with_hyphens",
        "kanji_block",
        "without_prefecture",
        "building_behind_the_address",
        "other_postal_code",
        "honorific_at_the_end",
    ],
)
def test_usual_notations_have_the_same_hash(notation: str) -> None:
    draws = Random(3)
    for someone in synthetic_people(300, seed=6):
        written = NOTATIONS[notation](someone, draws)
        assert set(hash_forms(someone)) & set(hash_forms(written))


def test_a_phone_number_and_a_name_never_have_the_same_hash() -> None:
    assert keyed_hash(KEY, "phone", "1") != keyed_hash(KEY, "email", "1")


def test_a_person_without_numbers_or_postal_code_has_no_hash() -> None:
    assert (
        list(hash_forms(Person(name="山田太郎", postal_code="155-0031", address="東京都世田谷区北沢"))) == []
    )
    assert list(hash_forms(Person(name="山田太郎", address="東京都世田谷区北沢3-5-12"))) == []


@pytest.fixture
def key(shop: Shop) -> str:
    """The client's key, as its file holds it."""
    return hand_out_hash_key(shop.engine, "client", actor="tester", now=NOW).hex()


@pytest.fixture
def client_file(tmp_path: Path, key: str, recipe: dict[str, Any]) -> Callable[..., Path]:
    """Write a client's file of hashes by the documented program."""

    def write(*people: dict[str, str]) -> Path:
        path = tmp_path / "hashes.csv"
        recipe["write_hashes"](key, people, path)
        return path

    return write


def test_whom_a_client_refuses_by_hash_is_not_delivered(shop: Shop, client_file: Callable[..., Path]) -> None:
    shop.import_people(PEOPLE)
    path = client_file(
        as_client_has(PEOPLE[3], phone="", address="世田谷区北沢四丁目４番４号"),
        as_client_has(PEOPLE[4], name="", phone="+81 3 3460 0004"),
    )
    done = import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW)
    assert (done.rows, done.recorded, done.refused) == (2, 2, 0)
    assert shop.deliver().counts.suppressed == 2
    assert not {PEOPLE[3].id, PEOPLE[4].id} & set(ids_in(shop.packages()[0], PEOPLE))


def test_hashes_bind_their_product(shop: Shop, client_file: Callable[..., Path]) -> None:
    shop.import_people(PEOPLE)
    import_hashed_refusals(
        shop.engine,
        "client",
        client_file(as_client_has(PEOPLE[3])),
        product="gas",
        actor="tester",
        now=NOW,
    )
    assert shop.deliver(product="water").counts.delivered == 8
    assert shop.deliver(product="Gas").counts.delivered == 7
    assert shop.deliver().counts.delivered == 7


def test_hashes_that_arrive_while_rendering_count(shop: Shop, client_file: Callable[..., Path]) -> None:
    shop.import_people(PEOPLE)
    path = client_file(as_client_has(PEOPLE[3]))
    plain_format.while_rendering.append(
        lambda: import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW)
    )
    shop.deliver()
    assert PEOPLE[3].id not in ids_in(shop.packages()[0], PEOPLE)


def test_bad_hashes_are_told_and_a_repetition_changes_nothing(shop: Shop, tmp_path: Path, key: str) -> None:
    path = tmp_path / "hashes.csv"
    good = "ab" * 32
    path.write_text(
        f"version,kind,hash\n1,phone,{good}\n,,{good.upper()}\n2,phone,{good}\n1,name,{good}\n1,phone,xyz\n",
        encoding="utf-8",
    )
    first, again = (
        import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW) for _time in range(2)
    )
    assert (first.rows, first.recorded, first.duplicates, first.refused) == (5, 1, 1, 3)
    assert (again.rows, again.recorded, again.duplicates, again.number) == (5, 0, 2, 0)
    assert first.rejected_file is not None
    told = first.rejected_file.read_text(encoding="utf-8-sig")
    for reason in ("unknown_version", "unknown_kind", "bad_hash"):
        assert reason in told


def test_without_a_key_nothing_is_exchanged(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "hashes.csv"
    path.write_text(f"hash\n{'ab' * 32}\n", encoding="utf-8")
    for attempt in (
        lambda: import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW),
        lambda: export_register(shop.engine, "client", tmp_path / "out.csv", actor="tester", now=NOW),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "no_hash_key"
    assert not (tmp_path / "out.csv").exists()


def test_a_file_without_hashes_is_wrong_usage(shop: Shop, tmp_path: Path, key: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name\nx\n", encoding="utf-8")
    with pytest.raises(WrongUsage):
        import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW)


def test_a_client_can_scrub_its_list_by_the_register(
    shop: Shop, tmp_path: Path, key: str, recipe: dict[str, Any]
) -> None:
    shop.opt_out(PEOPLE[1])
    shop.opt_out(Person(phones=PEOPLE[2].phones), scope="phone")
    shop.opt_out(Person(postal_code=PEOPLE[4].postal_code, address=PEOPLE[4].address), scope="address")
    lifted = shop.opt_out(PEOPLE[5])
    lift_opt_out(shop.engine, lifted, why="test", actor="tester", now=NOW)
    output = tmp_path / "register.csv"
    done = export_register(shop.engine, "client", output, actor="tester", now=NOW)
    assert (done.people, done.skipped) == (2, 1)
    mine = tmp_path / "mine.csv"
    met = []
    for each in PEOPLE:
        recipe["write_hashes"](key, [as_client_has(each)], mine)
        if hashes_in(mine) & hashes_in(output):
            met.append(each.id)
    assert met == [PEOPLE[1].id, PEOPLE[2].id]


def test_the_hashes_of_a_list_are_of_those_who_may_leave(
    shop: Shop, tmp_path: Path, key: str, recipe: dict[str, Any]
) -> None:
    shop.import_people(PEOPLE[:6])
    shop.import_people(PEOPLE[6:], source="unknown")
    shop.opt_out(PEOPLE[1], erase=False)
    shop.opt_out(PEOPLE[2], purpose="telemarketing")
    output, mine = tmp_path / "list.csv", tmp_path / "mine.csv"
    done = export_list(shop.engine, "client", "main", output, actor="tester", now=NOW)
    assert done.people == 4
    for index in (1, 2, 6, 7):
        recipe["write_hashes"](key, [as_client_has(PEOPLE[index])], mine)
        assert not hashes_in(mine) & hashes_in(output)
    assert output.stat().st_mode & 0o777 == 0o600


def test_an_export_leaves_an_entry_without_key_or_person(shop: Shop, tmp_path: Path, key: str) -> None:
    shop.import_people(PEOPLE)
    export_list(shop.engine, "client", "main", tmp_path / "list.csv", actor="tester", now=NOW)
    with reading(shop.engine) as connection:
        found = {entry.kind: entry.content for entry in entries(connection)}
    assert '"what":"list main"' in found["hashes_exported"]
    assert not any(key in content for content in found.values())


def test_the_key_stays_the_same_and_differs_between_clients(shop: Shop, key: str) -> None:
    from gateway.delivery.clients import Client, add_client

    add_client(shop.engine, Client(id="other", name="別商事"), actor="tester", now=NOW)
    again = hand_out_hash_key(shop.engine, "client", actor="tester", now=NOW).hex()
    other = hand_out_hash_key(shop.engine, "other", actor="tester", now=NOW).hex()
    assert again == key != other
