"""HTTP for all adapters: the only module that knows the library.

Answers come back as they are; ``judge`` turns the statuses that mean the same everywhere into signals: retryable (408,
429, 5xx, a cut connection) and fatal (401, 403, 404, redirects, TLS).
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from gateway.api import Failed, TryLater, wait_asked
from gateway.i18n import _

_RETRYABLE = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status})"

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return 200 <= self.status < 300

    @property
    def wait(self) -> float:
        """How many seconds ``Retry-After`` asks to wait, 0 where it says nothing."""
        return wait_asked(self.headers.get("Retry-After", ""))

    def json(self) -> Any:
        """Return the body as JSON; ``TryLater`` when it is none, for then nobody knows what was done."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise TryLater(f"HTTP {self.status}, no JSON") from error

    def table(self) -> dict[str, Any]:
        """Return the body as a JSON object, or an empty one for anything else."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Connection:
    """A pool of connections to one system; used from several threads."""

    def __init__(
        self, url: str, *, timeout: float, workers: int, headers: Mapping[str, str] | None = None
    ) -> None:
        """Connect when first called; ``headers`` go with every call."""
        self._client = httpx2.Client(
            base_url=url.rstrip("/"),
            headers={"User-Agent": "delivery-gateway", "Accept": "application/json", **(headers or {})},
            timeout=timeout,
            limits=httpx2.Limits(max_connections=workers + 1, max_keepalive_connections=workers + 1),
            follow_redirects=False,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        content: bytes | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one call with a JSON body (``data``), raw bytes, a form or files; returns whatever answer comes.

        Raises ``TryLater`` when none came, ``Failed`` (``crm_tls``) when the system cannot prove who it is.
        """
        given = dict(headers or {})
        if data is not None:
            content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
            given.setdefault("Content-Type", "application/json")
        try:
            response = self._client.request(
                method, path, content=content, files=files, data=form, params=params, headers=given
            )
        except httpx2.TimeoutException as error:
            raise TryLater("timeout") from error
        except httpx2.TransportError as error:
            raise _explained(error) from error
        return Answer(response.status_code, response.headers, response.content)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


def judge(answer: Answer) -> None:
    """Raise for statuses that mean the same in every system; others are for the adapter to read."""
    if answer.status in _RETRYABLE or answer.status >= 500:
        raise TryLater(f"HTTP {answer.status}", after=answer.wait)
    if answer.status == 401:
        raise Failed(
            "crm_unauthorised",
            _("the client's system does not accept the credential (HTTP 401)"),
            hint=_("ask the client for a valid one"),
        )
    if answer.status in (403, 404, 405, 410) or 300 <= answer.status < 400:
        raise Failed(
            "crm_refused",
            _("the client's system refuses the call (HTTP {status})").format(status=answer.status),
            hint=_("check the URL and the rights of the credential with: gateway crm check"),
        )


def quota_reached(system: str) -> Failed:
    """Return the error for a day's quota that is used up."""
    return Failed(
        "crm_quota",
        _("{system}: the quota for the day is used up").format(system=system),
        hint=_("wait for the next day, or ask for a higher quota"),
    )


def _explained(error: BaseException) -> TryLater | Failed:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failed(
                "crm_tls",
                _("the client's system cannot prove who it is ({reason})").format(
                    reason=cause.verify_message
                ),
                hint=_(
                    "check the URL; the trust store is the operating system's (ca-certificates, SSL_CERT_FILE)"
                ),
            )
        if isinstance(cause, ssl.SSLError):
            return Failed(
                "crm_tls",
                _("no secure connection to the client's system ({reason})").format(
                    reason=cause.reason or type(cause).__name__
                ),
                hint=_("check the URL and the port"),
            )
    return TryLater("connection refused" if isinstance(error, httpx2.ConnectError) else "connection cut")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
