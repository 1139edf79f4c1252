"""Any Singer target as a destination: ``gateway deliver --format singer``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.api import Destination, Order, OutputFormat, hookimpl


@dataclass(frozen=True, kw_only=True)
class Options:
    """``[formats.singer.clients.CLIENT]``: how the target is started, and its own file of settings, secrets included.

    ``batch`` is how many people one run of the target takes, ``timeout`` how many seconds it may need for them.
    """

    command: str
    config: str = ""
    stream: str = "people"
    batch: int = 10_000
    timeout: float = 600.0


def connect(options: Options, order: Order) -> Destination:
    """Open the target of an order's client."""
    from gateway_singer.target import Target

    return Target(options, order)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat[Options]]:
    """Provide the format."""
    yield OutputFormat(
        name="singer",
        summary="push into a Singer target",
        purposes={"dm", "telemarketing"},
        method="api_push",
        fields={"name", "kana", "address", "phone"},
        push=connect,
        options=Options,
    )
