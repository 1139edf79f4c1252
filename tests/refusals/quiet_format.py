"""The formats of ``plain_format`` without its suppressor, so that only the gateway's own is asked."""

from __future__ import annotations

from tests.delivery.plain_format import gateway_register_formats

__all__ = ["gateway_register_formats"]
