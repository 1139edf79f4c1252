"""A client's key for hashed lists: another one protects from now on and takes no protection away."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.db.engine import reading
from gateway.delivery.hashed_export import export_list
from gateway.errors import Refused
from gateway.log.journal import entries
from gateway.log.verification import verify
from gateway.people.person import Person
from gateway.suppression import refusals_hashed
from gateway.suppression.hash_keys import get_hash_keys, hand_out_hash_key, rotate_hash_key
from gateway.suppression.hashed_lists import hashes_of, key_id
from gateway.suppression.refusals_files import ImportedRefusals
from gateway.suppression.refusals_hashed import import_hashed_refusals
from tests.delivery.shop import NOW, Shop, ids_in, person

PEOPLE = [person(number) for number in range(6)]
REFUSING = PEOPLE[3]


def first_key(shop: Shop) -> bytes:
    return hand_out_hash_key(shop.engine, "client", actor="tester", now=NOW)


def rotate(shop: Shop) -> bytes:
    return rotate_hash_key(shop.engine, "client", actor="tester", now=NOW)


def give(shop: Shop, path: Path, key: bytes, someone: Person, *, named: bool = True) -> ImportedRefusals:
    """Import a client's file of the hashes of one person, made with a key."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("kind", "hash", "key"))
        writer.writerows(
            (kind, digest.hex(), key_id(key) if named else "") for kind, digest in hashes_of(key, someone)
        )
    return import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW)


def delivered(shop: Shop) -> list[str]:
    shop.deliver()
    return ids_in(shop.packages()[-1], PEOPLE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hashes.csv"


def test_a_rotated_key_is_another_one_and_is_handed_out_from_then_on(shop: Shop) -> None:
    old, new = first_key(shop), rotate(shop)
    assert old != new == first_key(shop)


def test_there_is_nothing_to_rotate_without_a_key(shop: Shop) -> None:
    with pytest.raises(Refused) as caught:
        rotate(shop)
    assert caught.value.code == "no_hash_key"


def test_a_refusal_recorded_under_any_earlier_key_goes_on_binding(shop: Shop, path: Path) -> None:
    shop.import_people(PEOPLE)
    for someone in PEOPLE[:3]:
        give(shop, path, first_key(shop), someone)
        rotate(shop)
    assert delivered(shop) == [each.id for each in PEOPLE[3:]]


def test_a_refusal_under_the_new_key_binds(shop: Shop, path: Path) -> None:
    shop.import_people(PEOPLE)
    first_key(shop)
    give(shop, path, rotate(shop), REFUSING)
    assert REFUSING.id not in delivered(shop)


@pytest.mark.parametrize(
    ("named", "reason"), [(True, "other_key"), (False, "key_not_named")], ids=["named", "unnamed"]
)
def test_a_list_made_with_the_old_key_is_refused_with_the_reason(
    shop: Shop, path: Path, *, named: bool, reason: str
) -> None:
    old = first_key(shop)
    rotate(shop)
    with pytest.raises(Refused) as caught:
        give(shop, path, old, REFUSING, named=named)
    assert caught.value.code == "no_usable_key"
    (rejected,) = path.parent.glob("*rejected*")
    assert reason in rejected.read_text(encoding="utf-8-sig")


def test_before_any_rotation_rows_need_not_name_the_key(shop: Shop, path: Path) -> None:
    assert give(shop, path, first_key(shop), REFUSING, named=False).refused == 0


def test_a_hash_made_with_a_key_of_somebody_else_is_refused(shop: Shop, path: Path) -> None:
    first_key(shop)
    with pytest.raises(Refused):
        give(shop, path, bytes(32), REFUSING)


def test_nothing_is_recorded_when_the_key_is_rotated_while_the_file_is_read(
    shop: Shop, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = first_key(shop)
    read: Callable[..., object] = vars(refusals_hashed)["_read"]

    def read_and_rotate(*args: object) -> object:
        found = read(*args)
        rotate(shop)
        return found

    monkeypatch.setattr(refusals_hashed, "_read", read_and_rotate)
    with pytest.raises(Refused) as caught:
        give(shop, path, key, REFUSING)
    assert caught.value.code == "hash_key_rotated"


def test_exports_are_made_with_the_new_key_and_name_it(shop: Shop, path: Path) -> None:
    shop.import_people(PEOPLE[:1])
    first_key(shop)
    new = rotate(shop)
    export_list(shop.engine, "client", "main", path, actor="tester", now=NOW)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["hash"] for row in rows} == {digest.hex() for _kind, digest in hashes_of(new, PEOPLE[0])}
    assert {row["key"] for row in rows} == {key_id(new)}


def test_an_old_key_is_kept_only_for_refusals_that_need_it(shop: Shop, path: Path) -> None:
    first_key(shop)
    used = rotate(shop)
    with reading(shop.engine) as connection:
        assert get_hash_keys(connection, "client").retired == ()
    give(shop, path, used, REFUSING)
    rotate(shop)
    with reading(shop.engine) as connection:
        assert get_hash_keys(connection, "client").retired == (used,)


def test_a_rotation_is_in_the_journal_without_the_keys(shop: Shop) -> None:
    old, new = first_key(shop), rotate(shop)
    with reading(shop.engine) as connection:
        found = {entry.kind: entry.content for entry in entries(connection)}
        assert verify(connection, shop.workspace.outbox).broken is None
    rotated = found["hash_key_rotated"]
    assert key_id(old) in rotated
    assert key_id(new) in rotated
    assert not any(secret.hex() in content for secret in (old, new) for content in found.values())


def test_keys_do_not_show_themselves(shop: Shop) -> None:
    key = first_key(shop)
    with reading(shop.engine) as connection:
        assert key.hex() not in repr(get_hash_keys(connection, "client"))
        assert repr(key) not in repr(get_hash_keys(connection, "client"))
