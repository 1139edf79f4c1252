"""A shop on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.delivery import push_pace
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
