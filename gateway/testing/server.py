"""A web server on loopback that stands for a client's system, and fails as such systems do when it is told to.

What it answers to a sound call is the author's business (``answer``); what goes wrong on the way is the kit's: each
fault of ``faults`` spoils one call, in their order.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Fault = Literal["too_many", "error", "unavailable", "reset", "cut", "slow", "unauthorised"]
"""429 with Retry-After, 500, 503, a connection that breaks before or after the work was done, a late answer, 401."""

LATE = 0.4
"""Seconds that a slow answer takes."""
_STATUS = {"too_many": 429, "error": 500, "unavailable": 503, "unauthorised": 401}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call as it came in; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the system answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LoopbackServer:
    """A running server: where it is, what is to go wrong, and how many calls have come.

    ``unheard`` are the calls that went wrong before the system saw them.
    """

    url: str
    faults: deque[Fault] = field(default_factory=deque)
    lasting: Fault | None = None
    """A fault of every call, after ``faults`` are used up."""
    concerns: Callable[[Request], bool] = lambda _request: True
    """Which calls ``faults`` are for; the others go well."""
    unheard: list[Request] = field(default_factory=list)
    calls: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fail_from_now_on(self, fault: Fault) -> None:
        """Let every further call go wrong; ``lasting = None`` ends it."""
        self.lasting = fault

    def next_fault(self, request: Request) -> Fault | None:
        """Return what goes wrong with the call that has just come."""
        with self.lock:
            self.calls += 1
            return self.faults.popleft() if self.faults and self.concerns(request) else self.lasting


@contextmanager
def loopback_server(answer: Callable[[Request], Response]) -> Iterator[LoopbackServer]:
    """Serve ``answer`` on a free port of 127.0.0.1; calls are answered one at a time."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        host, port = server.server_address[:2]
        running = LoopbackServer(url=f"http://{host!s}:{port}/")
        server.daemon_threads = True
        server.answer = answer  # type: ignore[attr-defined]
        server.running = running  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection; every method is treated alike."""

    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Read a request, let happen what has to go wrong, and answer."""
        try:
            self.raw_requestline = self.rfile.readline(1 << 16)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._handle()
        except OSError:  # the client has gone away, which is its right
            self.close_connection = True

    def _handle(self) -> None:
        running: LoopbackServer = self.server.running  # type: ignore[attr-defined]
        answer: Callable[[Request], Response] = self.server.answer  # type: ignore[attr-defined]
        request = self._request()
        fault = running.next_fault(request)
        if fault == "reset" or fault in _STATUS:
            running.unheard.append(request)
        if fault == "reset":
            self._break_off()
            return
        if fault in _STATUS:
            self._write(Response(status=_STATUS[fault], headers={"Retry-After": "0"}))
            return
        with running.lock:
            response = answer(request)
        if fault == "cut":
            self._break_off()
            return
        if fault == "slow":
            time.sleep(LATE)
        self._write(response)

    def _request(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers.get("content-length", "0"))
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(length)
        return Request(method=self.command, path=self.path, headers=headers, body=body)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _write(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _break_off(self) -> None:
        """Reset the connection instead of closing it properly."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        """Let go of a connection that may be broken already."""
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        """Log nothing: paths may hold personal data."""
