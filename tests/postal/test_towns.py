"""What a postal code stands for."""

from __future__ import annotations

import threading

import pytest

from gateway.postal import Town, all_towns, data_version, kind_of_code, towns_of_code


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param("1500002", "town", id="a town"),
        pytest.param("0600000", "representative", id="a representative code"),
        pytest.param("7660000", "representative", id="a representative code of two municipalities"),
        pytest.param("1008792", "office", id="an individual number"),
        pytest.param("1518600", "office", id="an individual number that ends in 00"),
        pytest.param("9808691", "pobox", id="a collective code"),
        pytest.param("0391591", "pobox", id="a collective code of a former five-digit area"),
        pytest.param("1500091", "unknown", id="an unused code of a three-digit area that ends in 91"),
        pytest.param("2280024", "unknown", id="an abolished code"),
        pytest.param("0000000", "unknown", id="no code at all"),
        pytest.param("", "unknown", id="nothing"),
        pytest.param("１５００００２", "unknown", id="full-width digits"),
        pytest.param("150-0002", "unknown", id="with a hyphen"),
        pytest.param("1500002\n", "unknown", id="with a line feed"),
    ],
)
def test_the_tables_tell_what_a_code_stands_for(code: str, kind: str) -> None:
    assert kind_of_code(code) == kind


def test_a_town_has_names_and_readings() -> None:
    assert towns_of_code("1500002") == (
        Town(
            postal_code="1500002",
            prefecture="東京都",
            city="渋谷区",
            town="渋谷",
            prefecture_kana="トウキョウト",
            city_kana="シブヤク",
            town_kana="シブヤ",
            kind="town",
        ),
    )


def test_all_towns_of_a_shared_code_are_found() -> None:
    assert [town.town for town in towns_of_code("0391511")] == [
        "鍜冶屋窪",
        "鍜冶屋窪上ミ",
        "鍜冶屋敷",
        "丁塚",
    ]


@pytest.mark.parametrize(
    ("code", "towns"),
    [
        pytest.param("1006030", ["霞が関"], id="a floor belongs to the town of its building"),
        pytest.param("1007001", ["丸の内"], id="a building that ends with its town's name"),
        pytest.param("7614103", ["甲", "乙"], id="a list of lot letters"),
        pytest.param("4411324", ["井道", "奥井道", "内井道"], id="a list of towns"),
        pytest.param("0295503", ["穴明", "清水ケ野", "間木野", "湯田"], id="broken ranges of lots"),
        pytest.param("4090142", [""], id="a village whose house numbers follow at once"),
        pytest.param("5220317", ["一円"], id="a town that is really called so"),
        pytest.param("0610613", ["浦臼第３"], id="a town whose name ends with a digit"),
        pytest.param("4070311", ["大泉町西井出"], id="a house number in the name"),
        pytest.param("9999999", [], id="an unknown code"),
    ],
)
def test_artefacts_of_the_tables_are_no_town_names(code: str, towns: list[str]) -> None:
    assert [town.town for town in towns_of_code(code)] == towns


def test_every_representative_code_ends_in_00_and_no_town_code_does() -> None:
    assert all((town.kind == "representative") == town.postal_code.endswith("00") for town in all_towns())


def test_all_towns_holds_every_entry_without_offices() -> None:
    towns = all_towns()
    assert len(towns) > 120_000
    assert {town.kind for town in towns} == {"town", "representative"}
    assert not any("〜" in town.town or "、" in town.town for town in towns)


def test_the_tables_can_be_read_from_any_thread() -> None:
    kinds: list[str] = []
    thread = threading.Thread(target=lambda: kinds.append(kind_of_code("1500002")))
    thread.start()
    thread.join()
    assert kinds == ["town"]


def test_the_data_version_names_year_and_month() -> None:
    year, month, *_ = data_version().split(".")
    assert 2024 <= int(year) < 2100
    assert 1 <= int(month) <= 12
