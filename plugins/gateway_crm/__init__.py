"""Pushes into clients' own systems: kintone, Salesforce, HubSpot, Tryton, and any in-house system by webhook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.api import OutputFormat, hookimpl


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat[Any]]:
    """Provide one format a kind of system; what talks HTTP is imported when a destination is opened."""
    from gateway_crm.formats import formats

    return formats()
