"""A vendor who delivers call files, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.calls.vendor import Vendor, make_vendor


@pytest.fixture
def vendor(database: Engine, database_url: str, tmp_path: Path) -> Vendor:
    """A vendor with one client and one source."""
    return make_vendor(database, database_url, tmp_path)
