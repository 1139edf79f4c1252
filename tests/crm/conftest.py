"""A shop on SQLite: what the database does is tested beside the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.db.engine import open_database
from gateway.delivery import push_pace
from tests.delivery.shop import Shop, make_shop


@pytest.fixture
def shop(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop with one client and one source; nobody waits long between attempts."""
    monkeypatch.setattr(push_pace, "FIRST_PAUSE", 0.005)
    path = tmp_path / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    engine = open_database(url)
    yield make_shop(engine, url, tmp_path)
    engine.dispose()
