"""The vendor's shop of the delivery tests, on each database."""

from __future__ import annotations

from tests.delivery.conftest import _forget, shop

__all__ = ["_forget", "shop"]
