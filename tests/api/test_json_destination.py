"""A push that takes JSON: every answer is told as what it means, and people go nowhere but where the client has said."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from gateway.api import (
    Failed,
    JsonDestination,
    JsonOptions,
    Line,
    Outcome,
    Parcel,
    Secret,
    TryLater,
    Unacceptable,
    require_safe_url,
    wait_asked,
)
from gateway.testing import Request, Response, line_code, loopback_server
from gateway.testing.batch import ORDER
from gateway.testing.server import Fault


@dataclass(frozen=True, kw_only=True)
class Options(JsonOptions):
    """Further options of an author's."""

    campaign: str = "spring"


class Receiver(JsonDestination[Options]):
    """A destination as an author writes it."""

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        answer = self.post({self.options.campaign: [each.key for each in parcels]}, "/people")
        return [Outcome(key=each.key, remote_id=str(answer["id"])) for each in parcels]


PARCEL = Parcel(key="k1", line=Line(code=line_code(1), name="見本　花子"))


def _receiver(url: str, *, timeout: float = 5.0) -> Receiver:
    return Receiver(Options(url=url.rstrip("/"), token=Secret("sesame"), timeout=timeout), ORDER)


@contextmanager
def _answering(response: Response) -> Iterator[tuple[Receiver, list[Request]]]:
    heard: list[Request] = []

    def answer(request: Request) -> Response:
        heard.append(request)
        return response

    with loopback_server(answer) as server:
        yield _receiver(server.url), heard


def test_a_call_carries_the_token_and_returns_the_object_that_is_answered() -> None:
    with _answering(Response(body=b'{"id": 7}')) as (receiver, heard):
        assert list(receiver.send([PARCEL])) == [Outcome(key="k1", remote_id="7")]
    (call,) = heard
    assert (call.method, call.path) == ("POST", "/people")
    assert json.loads(call.body) == {"spring": ["k1"]}
    assert call.headers["authorization"] == "Bearer sesame"
    assert call.headers["content-type"] == "application/json"


def test_it_is_checked_without_sending_anybody() -> None:
    with _answering(Response(body=b'{"id": 7}')) as (receiver, heard):
        assert [each.level for each in receiver.check()] == ["ok"]
    assert json.loads(heard[0].body) == {"spring": []}


def test_its_limits_are_those_of_the_options() -> None:
    options = Options(url="https://example.jp", token=Secret("sesame"), batch=7, workers=3)
    limits = Receiver(options, ORDER).limits
    assert (limits.batch, limits.workers) == (7, 3)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_what_may_be_over_later_is_tried_later(status: int) -> None:
    with (
        _answering(Response(status=status, headers={"Retry-After": "12"})) as (receiver, _heard),
        pytest.raises(TryLater) as caught,
    ):
        receiver.send([PARCEL])
    assert (caught.value.reason, caught.value.after) == (f"http_{status}", 12.0)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_call_that_is_refused_for_some_records_is_unacceptable(status: int) -> None:
    with (
        _answering(Response(status=status)) as (receiver, _heard),
        pytest.raises(Unacceptable) as caught,
    ):
        receiver.send([PARCEL])
    assert (caught.value.reason, caught.value.reasons) == (f"http_{status}", {})


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410])
def test_any_other_refusal_ends_the_run(status: int) -> None:
    with _answering(Response(status=status)) as (receiver, _heard), pytest.raises(Failed) as caught:
        receiver.send([PARCEL])
    assert caught.value.code == "receiver_refused"
    assert str(status) in caught.value.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    elsewhere: list[Request] = []

    def answer(request: Request) -> Response:
        elsewhere.append(request)
        return Response(body=b'{"id": 7}')

    with (
        loopback_server(answer) as other,
        _answering(Response(status=status, headers={"Location": other.url})) as (receiver, _heard),
        pytest.raises(Failed) as caught,
    ):
        receiver.send([PARCEL])
    assert caught.value.code == "receiver_refused"
    assert elsewhere == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b"\xff"])
def test_an_answer_that_is_no_object_says_nothing(body: bytes) -> None:
    with _answering(Response(body=body)) as (receiver, _heard), pytest.raises(TryLater) as caught:
        receiver.send([PARCEL])
    assert caught.value.reason == "no_json_object"


@pytest.mark.parametrize(
    ("fault", "reason"), [("reset", "unreachable"), ("cut", "unreachable"), ("slow", "timeout")]
)
def test_a_call_that_is_not_answered_is_tried_later(fault: Fault, reason: str) -> None:
    with loopback_server(lambda _request: Response(body=b'{"id": 7}')) as server:
        server.faults.append(fault)
        with pytest.raises(TryLater) as caught:
            _receiver(server.url, timeout=0.1).send([PARCEL])
    assert caught.value.reason == reason


def test_nobody_there_is_tried_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TryLater, match="unreachable"):
        _receiver(f"http://127.0.0.1:{port}").send([PARCEL])


def test_a_system_that_cannot_prove_who_it_is_ends_the_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer_without_tls() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.recv(1 << 12)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=answer_without_tls)
        thread.start()
        with pytest.raises(Failed) as caught:
            _receiver(f"https://127.0.0.1:{listening.getsockname()[1]}").send([PARCEL])
        thread.join()
    assert caught.value.code == "receiver_tls"


@pytest.mark.parametrize(
    "url",
    ["http://example.jp", "http://127.0.0.1@example.jp/", "ftp://example.jp", "https://", "example.jp",
     "http://127.0.0.1:80@example.jp", "http://user:word@localhost/", "https://user:word@example.jp/", ""],
)  # fmt: skip
def test_a_url_that_would_carry_people_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        require_safe_url(url)
    with pytest.raises(ValueError, match="url"):
        JsonOptions(url=url, token=Secret("sesame"))


@pytest.mark.parametrize("url", ["https://example.jp/in", "http://127.0.0.1:8000", "http://[::1]:8000/"])
def test_a_url_with_tls_or_on_this_machine_is_safe(url: str) -> None:
    require_safe_url(url)


@pytest.mark.parametrize("options", [{"batch": 0}, {"batch": 10_001}, {"workers": 0}, {"workers": 17}])
def test_limits_that_nothing_could_be_sent_with_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be 1 to"):
        JsonOptions(url="https://example.jp", token=Secret("sesame"), **options)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("", 0.0),
        ("soon", 0.0),
        ("-3", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_seconds(text: str, seconds: float) -> None:
    assert wait_asked(text) == seconds


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < wait_asked(later) <= 90
