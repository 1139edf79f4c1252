"""Open a push's destination, ask whether it is ready, and tell its signals from its mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any

from gateway.api import Destination, Finding, Order, OutputFormat, TryLater, Unacceptable
from gateway.delivery import push_pace
from gateway.delivery.orders import AcceptedOrder
from gateway.errors import Failed, Refused
from gateway.i18n import _
from gateway.plugins import Registered, blame

_ATTEMPTS = 3
_LONGEST_PAUSE = 10.0


def open_destination(accepted: AcceptedOrder, order: Order) -> Destination:
    """Open the destination of an order's client; errors name the plugin."""
    return opened(accepted.format, accepted.options, order)


def opened(registered: Registered[OutputFormat[Any]], options: object, order: Order) -> Destination:
    """Open the destination of a push format with a client's options."""
    if registered.item.push is None:
        raise Failed("no_push", _("the format {name} pushes to nowhere").format(name=registered.item.name))
    with blame(registered.plugin, registered.item.name):
        return registered.item.push(options, order)


def findings(registered: Registered[OutputFormat[Any]], destination: Destination) -> Sequence[Finding]:
    """Test a destination without sending a person; one that does not answer for long is a finding too."""
    for attempt in range(_ATTEMPTS):
        try:
            with guarded(registered):
                return list(destination.check())
        except TryLater as later:
            reason = later.reason
            sleep(min(later.after or push_pace.FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))
    message = _("the destination does not answer ({reason})").format(reason=reason)
    return [Finding(level="error", message=message)]


def require_ready(accepted: AcceptedOrder, destination: Destination) -> None:
    """Refuse to send the first person to a destination that will not take them."""
    for found in findings(accepted.format, destination):
        if found.level == "error":
            raise Refused(
                "destination_not_ready",
                _("{format}: {problem}").format(format=accepted.format.item.name, problem=found.message),
                hint=_("see: gateway crm check --format {format} --client {id}").format(
                    format=accepted.format.item.name, id=accepted.client.id
                ),
            )


@contextmanager
def guarded(registered: Registered[OutputFormat[Any]]) -> Iterator[None]:
    """Let a destination's signals pass; whatever else it raises is blamed on its plugin."""
    signal: TryLater | Unacceptable | None = None
    with blame(registered.plugin, registered.item.name):
        try:
            yield
        except (TryLater, Unacceptable) as caught:
            signal = caught
    if signal is not None:
        raise signal
