"""HTTP for all adapters: what is retryable, what is fatal, and what a user reads."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.api import Failed, TryLater
from gateway_crm.http import Answer, Connection, judge, wait_asked
from gateway_crm.mapping import Mapper, items
from gateway_crm.options import require_safe_url
from tests.labels.batch import line


def _self_signed(folder: Path) -> Path:
    """Write a certificate that nobody has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


class _QuietServer(HTTPServer):
    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is what the test wants."""


@contextmanager
def _tls_server(folder: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(folder))
    server = _QuietServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_server_that_cannot_prove_who_it_is_is_fatal(tmp_path: Path) -> None:
    with _tls_server(tmp_path) as url:
        connection = Connection(url, timeout=5, workers=1)
        with pytest.raises(Failed) as caught:
            connection.call("GET", "/")
        connection.close()
    assert caught.value.code == "crm_tls"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_passing_faults_are_tried_again(status: int) -> None:
    with pytest.raises(TryLater) as caught:
        judge(Answer(status, {"Retry-After": "7"}, b""))
    assert caught.value.after == 7


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_refusals_are_fatal(status: int) -> None:
    with pytest.raises(Failed):
        judge(Answer(status, {}, b""))


@pytest.mark.parametrize(("text", "least", "most"), [("", 0, 0), ("2.5", 2.5, 2.5), ("soon", 0, 0)])
def test_retry_after_is_read_in_seconds(text: str, least: float, most: float) -> None:
    assert least <= wait_asked(Answer(429, {"Retry-After": text}, b"")) <= most


def test_retry_after_is_read_as_a_date() -> None:
    date = (datetime.now(UTC) + timedelta(seconds=60)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert 50 < wait_asked(Answer(429, {"Retry-After": date}, b"")) <= 60


@pytest.mark.parametrize("url", ["http://crm.example.com", "ftp://crm.example.com", "crm.example.com", ""])
def test_only_this_machine_may_do_without_tls(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        require_safe_url(url)
    require_safe_url("http://127.0.0.1:8000")


def test_a_mapping_names_the_items_of_the_filing() -> None:
    fields = {"a": "line_code", "b": "postal_code", "c": "phone2", "d": "attribute:plan", "e": "name"}
    assert items(fields) == {"address", "phone", "plan", "name"}


def test_what_a_line_does_not_have_is_written_empty() -> None:
    written = Mapper({"tel": "phone2", "plan": "attribute:plan", "zip": "postal_code"}).values(line(1))
    assert written["tel"] == written["plan"] == ""
