"""A vendor's shop whose client has a system of its own, reached by HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.delivery.deliver import DeliveryResult
from gateway.entry_points import PLUGINS, EntryPoint
from gateway.plugins import Manager
from gateway.settings_file import SecretReference
from tests.delivery.push_shop import PUSH_FILING
from tests.delivery.shop import Shop

POINT = EntryPoint(
    group=PLUGINS, name="crm", value="gateway_crm", distribution="delivery-gateway", version="1.0"
)


def secret(folder: Path, text: str) -> SecretReference:
    """Write a credential into a private file and refer to it."""
    path = folder / "secret.txt"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return SecretReference(place="test", folder=folder, table={"file": path.name})


def client_of(shop: Shop, format_: str, options: Mapping[str, Any]) -> Shop:
    """Return the shop with a system of its client in the settings."""
    made = shop.with_config(filing=PUSH_FILING, formats={format_: {"clients": {"client": dict(options)}}})
    return replace(made, manager=Manager([POINT]))


def push(shop: Shop, format_: str, **request: Any) -> DeliveryResult:
    """Push the list ``main`` for direct mail."""
    return shop.deliver(format=format_, **{"purpose": "dm", **request})
