"""A package that is handed over is the one that was released, byte for byte."""

from __future__ import annotations

import pytest

from gateway.api import Package
from gateway.delivery.handing_over import released_package
from gateway.errors import Damaged, Refused, WrongUsage
from tests.delivery.shop import Shop, person


def _package(shop: Shop, identifier: str) -> Package:
    return released_package(shop.engine, shop.workspace.outbox, identifier)


def test_a_released_package_is_found_with_its_files_the_manifest_last(shop: Shop) -> None:
    shop.import_people([person(1)])
    result = shop.deliver()
    package = _package(shop, result.id)
    assert package.folder == shop.packages()[0]
    assert {*package.files} == {path.name for path in package.folder.iterdir()}
    assert package.files[-1] == "manifest.json"
    assert package.recalled == 0


def test_who_has_opted_out_since_is_counted(shop: Shop) -> None:
    shop.import_people([person(1), person(2)])
    result = shop.deliver()
    shop.opt_out(person(2))
    assert _package(shop, result.id).recalled == 1


@pytest.mark.parametrize("change", ["other bytes", "gone", "one too many", "other manifest"])
def test_a_changed_package_is_not_handed_over(shop: Shop, change: str) -> None:
    shop.import_people([person(1)])
    result = shop.deliver()
    (folder,) = shop.packages()
    if change == "gone":
        (folder / "people.csv").unlink()
    else:
        name = {"other bytes": "people.csv", "one too many": "more.csv", "other manifest": "manifest.json"}[
            change
        ]
        (folder / name).write_text("other", encoding="utf-8")
    with pytest.raises(Damaged) as caught:
        _package(shop, result.id)
    assert caught.value.code == "package_changed"


def test_what_is_not_in_the_outbox_is_refused(shop: Shop) -> None:
    shop.import_people([person(1)])
    result = shop.deliver()
    shop.packages()[0].rename(shop.workspace.root / "elsewhere")
    with pytest.raises(Refused):
        _package(shop, result.id)


def test_an_unknown_delivery_is_wrong_usage(shop: Shop) -> None:
    with pytest.raises(WrongUsage):
        _package(shop, "D0000000")
