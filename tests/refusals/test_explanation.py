"""``gateway explain`` names the clients whom a person has refused."""

from __future__ import annotations

from pathlib import Path

from gateway.db.engine import reading
from gateway.people.person import Person
from gateway.suppression.explanation import Refusal, explain_record
from gateway.suppression.hash_keys import hand_out_hash_key
from gateway.suppression.hashed_lists import hashes_of
from gateway.suppression.refusals import record_refusals
from gateway.suppression.refusals_hashed import import_hashed_refusals
from tests.delivery.shop import NOW, Shop, person

ASKER, OTHER = person(1), person(2)


def refuse(shop: Shop, someone: Person, product: str = "") -> None:
    record_refusals(shop.engine, "client", [someone], product=product, actor="tester", now=NOW)


def refusals_of(shop: Shop, record_id: str = "P0001") -> tuple[Refusal, ...]:
    with reading(shop.engine) as connection:
        return explain_record(connection, "main", record_id).refusals


def test_a_refusal_names_client_product_rule_and_keys(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])
    refuse(shop, ASKER, product="wine")
    (met,) = refusals_of(shop)
    assert (met.client, met.product, met.verdict) == ("client", "wine", "suppress")
    assert met.rule.startswith("individual:")
    assert met.keys
    assert met.refusal_normal


def test_whom_nobody_refused_has_none(shop: Shop) -> None:
    shop.import_people([ASKER, OTHER])
    refuse(shop, OTHER)
    assert refusals_of(shop) == ()


def test_the_verdicts_about_every_delivery_are_untouched_by_it(shop: Shop) -> None:
    shop.import_people([ASKER])
    refuse(shop, ASKER)
    with reading(shop.engine) as connection:
        found = explain_record(connection, "main", "P0001")
    assert set(found.verdicts.values()) == {"deliver"}


def test_a_hashed_refusal_is_explained_without_a_person(shop: Shop, tmp_path: Path) -> None:
    shop.import_people([ASKER])
    key = hand_out_hash_key(shop.engine, "client", actor="tester", now=NOW)
    path = tmp_path / "hashes.csv"
    kind, digest = next(iter(hashes_of(key, ASKER)))
    path.write_text(f"hash\n{digest.hex()}\n", encoding="utf-8")
    import_hashed_refusals(shop.engine, "client", path, actor="tester", now=NOW)
    (met,) = refusals_of(shop)
    assert (met.client, met.verdict, met.rule) == ("client", "suppress", f"hashed_{kind}")
    assert met.refusal_normal == {}
