"""A shop on each database that knows the gateway's own suppressor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.entry_points import PLUGINS, EntryPoint
from gateway.plugins import Manager
from tests.delivery import plain_format, push_format
from tests.delivery.shop import Shop, make_shop

QUIET = EntryPoint(
    group=PLUGINS,
    name="quiet",
    value="tests.refusals.quiet_format",
    distribution="tests-quiet",
    version="1.0",
)
REFUSALS = EntryPoint(
    group=PLUGINS,
    name="refusals",
    value="gateway_refusals",
    distribution="delivery-gateway",
    version="1.0",
)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Let no test act in another one's rendering or system."""
    for each in (plain_format, push_format):
        each.reset()
    yield
    for each in (plain_format, push_format):
        each.reset()


@pytest.fixture
def shop(database: Engine, database_url: str, tmp_path: Path) -> Shop:
    """A shop with one client, one source and the suppressor of client refusals."""
    made = make_shop(database, database_url, tmp_path)
    made.manager = Manager((QUIET, REFUSALS))
    return made
