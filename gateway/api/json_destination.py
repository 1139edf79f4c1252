"""A destination that takes JSON over HTTPS: what every such push repeats, so that a new one writes ``send`` alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic

from typing_extensions import TypeVar

from gateway.api.checks import Finding
from gateway.api.destinations import Destination, PushLimits, TryLater, Unacceptable
from gateway.api.orders import Order
from gateway.api.secret import Secret
from gateway.errors import Failed
from gateway.i18n import _

if TYPE_CHECKING:
    from urllib.error import HTTPError
    from urllib.request import OpenerDirector

_LATER = frozenset({408, 425, 429})
_SPOILED = frozenset({400, 413, 422})
_LOOPBACK = frozenset({("http", "127.0.0.1"), ("http", "::1"), ("http", "localhost")})


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonOptions:
    """``[formats.NAME.clients.CLIENT]`` of a ``JsonDestination``: where the client's system is, and the token for it.

    ``batch`` lines go in one call, ``workers`` calls at a time; ``timeout`` is how many seconds an answer may take.
    Only this machine may do without TLS. Inherit from it for further options.
    """

    url: str
    token: Secret
    batch: int = 100
    workers: int = 2
    timeout: float = 30.0

    def __post_init__(self) -> None:
        """Let nobody send people in the clear; ``ValueError`` says what is wrong."""
        require_safe_url(self.url)
        if not 1 <= self.batch <= 10_000:
            raise ValueError(_("batch must be 1 to 10000"))
        if not 1 <= self.workers <= 16:
            raise ValueError(_("workers must be 1 to 16"))


Settings = TypeVar("Settings", bound=JsonOptions, default=JsonOptions)


class JsonDestination(Destination, Generic[Settings]):
    """A client's system that takes JSON over HTTPS; ``send`` is all that is left to write: call ``post``, read its answer.

    The class itself is the format's ``push``; ``options`` and ``order`` are what it was opened with.
    """

    def __init__(self, options: Settings, order: Order) -> None:
        self.limits = PushLimits(batch=options.batch, workers=options.workers)
        self.options = options
        self.order = order

    def check(self) -> Iterable[Finding]:
        """Send nobody, to see that the system answers and knows the token."""
        list(self.send(()))
        yield Finding(level="ok", message=_("the client's system answers and knows the token"))

    def headers(self) -> Mapping[str, str]:
        """Return what goes with every call; override it where the token belongs elsewhere."""
        return {"Authorization": f"Bearer {self.options.token}"}

    def post(self, content: object, path: str = "") -> Mapping[str, object]:
        """Post JSON to the URL, ``path`` behind it, and return the JSON object that is answered.

        Raises ``TryLater`` where nobody knows whether the call was heard or where it came too early (408, 425, 429, 5xx),
        ``Unacceptable`` where it was refused because of some records (400, 413, 422), and ``Failed`` for any other status,
        redirects included, and where the system cannot prove who it is.
        """
        from urllib.request import Request

        request = Request(  # noqa: S310 - the options let nothing pass but https, and http on this machine
            self.options.url + path,
            data=json.dumps(content, ensure_ascii=False).encode("utf-8"),
            headers={"Content-Type": "application/json", "Accept": "application/json", **self.headers()},
        )
        with _signals(), _opener().open(request, timeout=self.options.timeout) as answer:
            return _json_object(answer.read())


def require_safe_url(url: str) -> None:
    """Raise ``ValueError`` for a URL that would carry people in the clear, or that holds a password.

    Only this machine may do without TLS.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and (parts.scheme, parts.hostname) not in _LOOPBACK):
        raise ValueError(_("url must begin with https://"))
    if parts.username or parts.password:
        raise ValueError(_("url must not hold a password"))


def wait_asked(retry_after: str) -> float:
    """Return how many seconds a ``Retry-After`` header asks to wait (RFC 9110 §10.2.3), 0 where it says nothing."""
    from email.utils import parsedate_to_datetime

    text = retry_after.strip()
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _opener() -> OpenerDirector:
    """Make what opens a URL and follows no redirect: people go where the client has said, and nowhere else."""
    from urllib.request import HTTPRedirectHandler, build_opener

    class NoRedirects(HTTPRedirectHandler):
        def redirect_request(self, *_arguments: object) -> None:
            """Leave the answer as it is."""

    return build_opener(NoRedirects)


def _json_object(body: bytes) -> Mapping[str, object]:
    """Read an answer; where it is no object nobody knows what was done."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise TryLater("no_json_object")
    return found


@contextmanager
def _signals() -> Iterator[None]:
    """Turn what the library raises into what the gateway understands; nothing of what was sent is told."""
    from http.client import HTTPException
    from ssl import SSLError
    from urllib.error import HTTPError

    try:
        yield
    except HTTPError as error:
        with error:
            raise _signal_of(error) from None
    except (OSError, HTTPException) as error:
        cause = getattr(error, "reason", error)
        if isinstance(cause, SSLError):
            raise Failed(
                "receiver_tls",
                _("no secure connection to the client's system ({reason})").format(reason=cause.reason),
                hint=_("check the URL and the port"),
            ) from None
        raise TryLater("timeout" if isinstance(cause, TimeoutError) else "unreachable") from None


def _signal_of(error: HTTPError) -> TryLater | Unacceptable | Failed:
    if error.code in _LATER or error.code >= 500:
        return TryLater(f"http_{error.code}", after=wait_asked(error.headers.get("Retry-After", "")))
    if error.code in _SPOILED:
        return Unacceptable({}, reason=f"http_{error.code}")
    return Failed(
        "receiver_refused",
        _("the client's system refuses the call (HTTP {status})").format(status=error.code),
        hint=_("check the URL and the token"),
    )
