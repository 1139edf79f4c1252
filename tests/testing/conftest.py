"""Plugins of tests are really installed."""

from __future__ import annotations

from tests.installing import install

__all__ = ["install"]
