"""A push that does by hand what ``JsonDestination`` does: the tests put faults into it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from gateway.api import (
    Destination,
    Failed,
    Finding,
    Order,
    Outcome,
    OutputFormat,
    Parcel,
    PushLimits,
    Secret,
    TryLater,
    hookimpl,
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """``[formats.acme-sample.clients.CLIENT]``: where the client's system is, and the token for it."""

    url: str
    token: Secret
    batch: int = 100

    def __post_init__(self) -> None:
        """Let nobody send people in the clear; only this machine may do without TLS."""
        if not self.url.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("must begin with https://")


class Receiver(Destination):
    """A system that keeps each record under its key, so that sending again changes nothing."""

    def __init__(self, options: Options) -> None:
        self.limits = PushLimits(batch=options.batch, workers=2)
        self._options = options

    def check(self) -> Iterable[Finding]:
        """Send nobody, to see that the system answers and knows the token."""
        self._post({})
        return [Finding(level="ok", message="the receiver answers")]

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Send some people; the system says of each key whether it took the record."""
        answers = self._post(
            {each.key: {"name": each.line.name, "phone": each.line.phone} for each in parcels}
        )
        for each in parcels:
            if each.key not in answers:
                yield Outcome(key=each.key, state="again")
            elif answers[each.key]:
                yield Outcome(key=each.key, state="rejected", reason=answers[each.key])
            else:
                yield Outcome(key=each.key)

    def _post(self, records: dict[str, dict[str, str]]) -> dict[str, str]:
        """Return the reason for each record that was refused, and an empty text for each that was taken."""
        request = Request(
            self._options.url,
            data=json.dumps(records).encode("utf-8"),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._options.token}"},
        )
        try:
            with urlopen(request, timeout=30) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:
                if error.code == 429 or error.code >= 500:
                    wait = error.headers.get("Retry-After", "")
                    seconds = float(wait) if wait.isdecimal() else 0.0
                    raise TryLater(f"http_{error.code}", after=seconds) from None
                raise Failed("receiver_refused", f"the receiver answers HTTP {error.code}") from None
        except (OSError, HTTPException):
            raise TryLater("unreachable") from None


def connect(options: Options, _order: Order) -> Destination:
    """Open the destination of an order's client."""
    return Receiver(options)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat[Options]]:
    """Provide the format."""
    yield OutputFormat(
        name="acme-sample",
        summary="Push into a system that takes JSON",
        purposes={"telemarketing"},
        method="api_push",
        fields={"name", "phone"},
        push=connect,
        options=Options,
    )
