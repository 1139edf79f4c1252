"""A real target from the index takes a delivery."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from gateway.api import Refused
from gateway.testing import open_workspace, synthetic_people

TARGET = Path(sys.executable).with_name("target-csv")
PEOPLE = list(synthetic_people(30, seed=5))


def rows_after_delivery(root: Path) -> list[dict[str, str]]:
    """Deliver to target-csv and read what it has written."""
    (root / "out").mkdir()
    config = root / "target.json"
    config.write_text(json.dumps({"output_path_prefix": f"{root}/out/"}), encoding="utf-8")
    settings = {"clients": {"client": {"command": str(TARGET), "config": str(config)}}}
    with open_workspace(root, {"lists": {"main": PEOPLE}, "formats": {"singer": settings}}) as vendor:
        vendor.opt_out(PEOPLE[3])
        vendor.deliver(format="singer", purpose="dm")
    (written,) = (root / "out").iterdir()
    with written.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_target_holds_everybody_once_but_who_has_opted_out(tmp_path: Path) -> None:
    rows = rows_after_delivery(tmp_path)
    assert sorted(row["name"] for row in rows) == sorted(
        each.name for each in PEOPLE if each is not PEOPLE[3]
    )
    assert len({row["gateway_key"] for row in rows}) == len(rows)
    assert all(row["line_code"].startswith("G") and row["address"] for row in rows)


def test_a_target_that_cannot_be_started_is_told_before_anybody_is_sent(tmp_path: Path) -> None:
    settings = {"clients": {"client": {"command": str(tmp_path / "nothing-here")}}}
    with open_workspace(tmp_path, {"lists": {"main": PEOPLE[:2]}, "formats": {"singer": settings}}) as vendor:
        with pytest.raises(Refused) as caught:
            vendor.deliver(format="singer", purpose="dm")
        assert caught.value.code == "destination_not_ready"
