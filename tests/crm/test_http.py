"""HTTP for all adapters: what is retryable, what is fatal, and what a user reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.api import Failed, TryLater
from gateway_crm.http import Answer, Connection, judge
from gateway_crm.mapping import Mapper, items
from tests.crm.certificates import self_signed
from tests.crm.doubles.server import Response, serving
from tests.labels.batch import line


def test_a_server_that_cannot_prove_who_it_is_is_fatal(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path / "server.pem")
    with serving(lambda _request: Response(200, {}), certificate=certificate) as running:
        connection = Connection(running.url, timeout=5, workers=1)
        with pytest.raises(Failed) as caught:
            connection.call("GET", "/")
        connection.close()
    assert caught.value.code == "crm_tls"


def test_a_server_whose_certificate_is_trusted_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(lambda _request: Response(200, {"well": True}), certificate=certificate) as running:
        connection = Connection(running.url, timeout=5, workers=1)
        assert connection.call("GET", "/").json() == {"well": True}
        connection.close()


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
    assert least <= Answer(429, {"Retry-After": text}, b"").wait <= most


def test_retry_after_is_read_as_a_date() -> None:
    date = (datetime.now(UTC) + timedelta(seconds=60)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert 50 < Answer(429, {"Retry-After": date}, b"").wait <= 60


def test_a_mapping_names_the_items_of_the_filing() -> None:
    fields = {"a": "line_code", "b": "postal_code", "c": "phone2", "d": "attribute:plan", "e": "name"}
    assert items(fields) == {"address", "phone", "plan", "name"}


def test_what_a_line_does_not_have_is_written_empty() -> None:
    written = Mapper({"tel": "phone2", "plan": "attribute:plan", "zip": "postal_code"}).values(line(1))
    assert written["tel"] == written["plan"] == ""
