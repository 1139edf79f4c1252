"""A shop on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.delivery import plain_format
from tests.delivery.shop import Shop, make_shop


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Let no test act in another one's rendering."""
    plain_format.reset()
    yield
    plain_format.reset()


@pytest.fixture
def shop(database: Engine, database_url: str, tmp_path: Path) -> Shop:
    """A shop with one client and one source."""
    return make_shop(database, database_url, tmp_path)
