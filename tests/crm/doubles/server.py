"""A real HTTP server on loopback for doubles: threads, keep-alive, faults on demand.

A double keeps the service's state and refuses what the service refuses; each rule names its source. Faults are drawn
before or after the double has applied a call: 429 with Retry-After, 503, and a connection that is cut after the call was
applied.
"""

from __future__ import annotations

import json
import random
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Message
    body: bytes
    target: str = ""

    def json(self) -> Any:
        return json.loads(self.body) if self.body else {}

    def param(self, name: str) -> str:
        return self.query.get(name, [""])[0]


@dataclass(frozen=True, slots=True)
class Response:
    """What a double answers."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


@dataclass(slots=True)
class Faults:
    """Shares of calls that go wrong, and how long every call takes."""

    too_many: float = 0.0
    unavailable: float = 0.0
    cut: float = 0.0
    latency: float = 0.0
    retry_after: str = "0.05"
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    lock: threading.Lock = field(default_factory=threading.Lock)
    drawn: Counter[str] = field(default_factory=Counter)

    def draw(self) -> str:
        """Return ``429``, ``503``, ``cut`` or nothing for the next call."""
        if not (self.too_many or self.unavailable or self.cut):
            return ""
        with self.lock:
            place = self.rng.random()
            found = ""
            if place < self.too_many:
                found = "429"
            elif place < self.too_many + self.unavailable:
                found = "503"
            elif place < self.too_many + self.unavailable + self.cut:
                found = "cut"
            self.drawn[found or "none"] += 1
            return found


Answerer = Callable[[Request], Response]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = True
    ended = False
    thread: threading.Thread

    def __init__(self, answer: Answerer, faults: Faults, port: int, certificate: Path | None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.faults = faults
        self.open: set[socket.socket] = set()
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up, or does not trust the certificate, is what the test wants."""

    def end(self) -> None:
        """Stop listening and cut every connection; may be repeated."""
        if self.ended:
            return
        self.ended = True
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client went away

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            self.headers,
            body,
            self.path,
        )
        faults = self.server.faults
        if faults.latency:
            time.sleep(faults.latency)
        fault = faults.draw()
        if fault == "429":
            self._write(Response(429, {"message": "Too many requests"}, {"Retry-After": faults.retry_after}))
            return
        if fault == "503":
            self._write(Response(503, b"<html>busy</html>", content_type="text/html"))
            return
        response = self.server.answer(request)
        if fault == "cut":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._write(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - named by the standard library

    def _write(self, response: Response) -> None:
        content = response.encoded()
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Running:
    """A server that is up; ``restart`` stops it and starts it again at the same port, with TLS if asked to."""

    url: str
    faults: Faults
    stop: Callable[[], None]
    restart: Callable[..., None]


@contextmanager
def serving(
    answer: Answerer, faults: Faults | None = None, *, certificate: Path | None = None
) -> Iterator[Running]:
    """Run a double until the block ends; a ``certificate`` (PEM, with its key) has it speak TLS."""
    running = start(answer, faults or Faults(), certificate=certificate)
    try:
        yield running
    finally:
        running.stop()


def start(answer: Answerer, faults: Faults, *, certificate: Path | None = None) -> Running:
    """Start a double; the caller stops it."""
    server = _serve(answer, faults, 0, certificate)

    def stop() -> None:
        server.end()

    def restart(*, certificate: Path | None = None) -> None:
        nonlocal server
        server.end()
        server = _serve(answer, faults, server.server_port, certificate)

    scheme = "https" if certificate else "http"
    return Running(
        url=f"{scheme}://127.0.0.1:{server.server_port}", faults=faults, stop=stop, restart=restart
    )


def _serve(answer: Answerer, faults: Faults, port: int, certificate: Path | None) -> _Server:
    server = _Server(answer, faults, port, certificate)
    server.thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    server.thread.start()
    return server
