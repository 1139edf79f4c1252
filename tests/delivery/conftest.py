"""A shop on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.delivery import push_pace, push_rejections
from tests.delivery import plain_format, push_format
from tests.delivery.push_shop import PEOPLE, pushing
from tests.delivery.shop import Shop, make_shop


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test act in another one's rendering or system, and let no push wait."""
    monkeypatch.setattr(push_pace, "FIRST_PAUSE", 0.001)
    for each in (plain_format, push_format):
        each.reset()
    yield
    for each in (plain_format, push_format):
        each.reset()


@pytest.fixture
def shop(database: Engine, database_url: str, tmp_path: Path) -> Shop:
    """A shop with one client and one source."""
    return make_shop(database, database_url, tmp_path)


@pytest.fixture
def pushed(shop: Shop) -> Shop:
    """A shop with eight people and a destination."""
    made = pushing(shop)
    made.import_people(PEOPLE)
    return made


@pytest.fixture
def suspicious(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rejections in a row have the destination checked again."""
    monkeypatch.setattr(push_rejections, "SUSPICIOUS", 3)


@pytest.fixture
def in_pairs(shop: Shop, suspicious: None) -> Shop:
    """A shop with eight people and a destination that takes two in a call."""
    made = pushing(shop, batch=2)
    made.import_people(PEOPLE)
    return made
