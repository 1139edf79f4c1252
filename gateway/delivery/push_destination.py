"""Open a push's destination, ask whether it is ready, and tell its signals from its mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any, TypeVar

from gateway.api import Destination, Finding, Order, OutputFormat, TryLater, Unacceptable
from gateway.delivery import push_pace
from gateway.delivery.orders import AcceptedOrder
from gateway.errors import Failed, GatewayError, Refused
from gateway.i18n import _
from gateway.plugins import Registered, blame

_ATTEMPTS = 3
_LONGEST_PAUSE = 10.0

Asked = TypeVar("Asked")


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
    try:
        return patiently(registered, lambda: list(destination.check()))
    except (TryLater, Unacceptable) as signal:
        message = _("the destination does not answer ({reason})").format(reason=signal.reason)
        return [Finding(level="error", message=message)]


def patiently(registered: Registered[OutputFormat[Any]], ask: Callable[[], Asked]) -> Asked:
    """Ask a destination for anything but taking people, a few times while it does not answer; then ``TryLater``."""
    for attempt in range(1, _ATTEMPTS):
        try:
            with guarded(registered):
                return ask()
        except TryLater as later:
            sleep(min(later.after or push_pace.FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))
    with guarded(registered):
        return ask()


def as_failure(error: GatewayError | TryLater | Unacceptable) -> GatewayError:
    """Say as an error what a destination has signalled."""
    if isinstance(error, GatewayError):
        return error
    return Failed(
        "destination_unavailable",
        _("the destination does not answer ({reason})").format(reason=error.reason),
        hint=_("try again later"),
    )


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
