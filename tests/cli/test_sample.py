"""``gateway init --sample``: enough to try the main job, with the hard cases of Japanese mail in it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from gateway.cli.sample_people import COUNT, sample_opt_outs, sample_people, write_people
from gateway.postal import kind_of_code
from gateway.suppression.register import why_unusable

Run = Callable[..., Result]


def test_it_fills_the_workspace(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    result = run("init", root, "--sample", "--json")
    assert result.exit_code == 0, result.output
    sample = json.loads(result.stdout)["sample"]
    assert (sample["client"], sample["source"], sample["list"]) == (
        "sample-client",
        "sample-source",
        "sample",
    )
    assert (sample["rows"], sample["imported"], sample["refused"]) == (COUNT, COUNT, 0)
    assert sample["opt_outs"] > 50
    doctor = [json.loads(line) for line in run("-C", root, "doctor", "--json").stdout.splitlines()]
    assert {
        row["level"] for row in doctor if row["check"] in ("workspace", "folders", "filing", "database")
    } == {"ok"}
    lists = [json.loads(line) for line in run("-C", root, "list", "show", "--json").stdout.splitlines()]
    assert lists[0]["list"] == "sample"
    assert 900 < lists[0]["records"] < COUNT  # opt-outs in another notation were found and erased


def test_labels_can_be_delivered_from_it_as_it_stands(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    run("init", root, "--sample")
    result = run("-C", root, "deliver", "--format", "labels", "--json")
    assert result.exit_code == 0, result.output
    delivery = json.loads(result.stdout)
    outcomes = ("suppressed", "held", "refused", "delivered")
    assert delivery["requested"] == sum(delivery[outcome] for outcome in outcomes)
    assert all(delivery[outcome] > 0 for outcome in outcomes)
    assert (Path(delivery["package"]) / "labels.pdf").is_file()


def test_it_is_the_same_every_time() -> None:
    assert sample_people() == sample_people()
    assert sample_opt_outs(sample_people(), date(2026, 6, 1)) == sample_opt_outs(
        sample_people(), date(2026, 6, 1)
    )


def test_the_hard_cases_are_in_it() -> None:
    people = sample_people()
    assert len({person.id for person in people}) == len(people) == COUNT
    names = "".join(person.name for person in people)
    assert all(kanji in names for kanji in "𠮷髙﨑邉")
    assert any(person.company and not person.name for person in people)
    assert max(len(person.building) for person in people) > 40
    kinds = {kind_of_code(person.postal_code.replace("-", "")) for person in people}
    assert {"town", "representative", "unknown"} <= kinds


def test_its_file_reads_like_a_list_vendors(tmp_path: Path) -> None:
    write_people(tmp_path / "people.csv", sample_people()[:3])
    with (tmp_path / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["氏名"] == "𠮷田　美咲"
    assert len(rows) == 3


def test_every_opt_out_of_it_protects_somebody() -> None:
    requests = sample_opt_outs(sample_people(), date(2026, 6, 1))
    assert [why_unusable(request) for request in requests] == [None] * len(requests)
    assert {request.scope for request in requests} >= {"individual", "household", "phone"}
    assert {request.purpose for request in requests} == {"all", "dm"}


@pytest.mark.parametrize("index", [0, -1], ids=["first", "last"])
def test_nobody_of_it_shows_in_a_repr(index: int) -> None:
    assert sample_people()[index].name not in repr(sample_people()[index])
