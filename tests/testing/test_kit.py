"""The kit itself: light to import, silent about people, and gone when it is done."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway import testing
from gateway.errors import Refused
from gateway.testing.kit import Finding, Kit, run_kit
from gateway.testing.plugin_source import is_public
from gateway.testing.requirements import require, skip
from gateway.testing.server import LATE, LoopbackServer, Request, Response, loopback_server
from gateway.testing.surroundings import watched_surroundings

ROOT = Path(__file__).parents[2]
MODULES = sorted(f"gateway.testing.{path.stem}" for path in (ROOT / "gateway" / "testing").glob("[a-z]*.py"))


class _Kit(Kit):
    def test_one(self) -> None:
        require(True, "nothing")

    def test_two(self) -> None:
        require(False, "2 lines are missing")

    def test_three(self) -> None:
        raise skip("not here")

    def test_four(self) -> None:
        raise ValueError("見本　花子")

    def test_five(self) -> None:
        raise Refused("no_pledge", "there is no pledge")


def test_checks_run_in_their_order_and_say_what_came_of_them() -> None:
    assert list(run_kit(_Kit)) == [
        Finding(check="test_one", outcome="passed"),
        Finding(check="test_two", outcome="failed", reason="2 lines are missing"),
        Finding(check="test_three", outcome="skipped", reason="not here"),
        Finding(check="test_four", outcome="failed", reason="raised ValueError"),
        Finding(check="test_five", outcome="failed", reason="no_pledge: there is no pledge"),
    ]


def test_what_was_prepared_is_removed_when_a_check_is_not_waited_for() -> None:
    seen = []

    class Prepared(_Kit):
        @classmethod
        def teardown_class(cls) -> None:
            seen.append("removed")

    findings = run_kit(Prepared)
    next(findings)
    findings.close()  # type: ignore[attr-defined]
    assert seen == ["removed"]


def test_the_kit_imports_neither_pytest_nor_the_gateways_tests() -> None:
    code = f"import sys, {', '.join(MODULES)}; print(*sorted({{'pytest', 'tests', 'pypdfium2'}} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == ""


def test_nothing_is_registered_with_pytest() -> None:
    assert "pytest11" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_name_that_the_kit_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        testing.Nothing  # noqa: B018 - asking for it is the test
    assert dir(testing) == sorted(testing.__all__)


@pytest.mark.parametrize(
    ("module", "public"),
    [
        ("gateway.api", True),
        ("gateway.api.lines", False),
        ("gateway.apidae", False),
        ("gateway.pdf", True),
        ("gateway.pdf.faces", True),
        ("gateway.postal", True),
        ("gateway.testing.output", True),
        ("gateway.db", False),
        ("gateway.delivery.deliver", False),
    ],
)
def test_what_is_public_is_told_from_what_is_not(module: str, public: bool) -> None:
    assert is_public(module) is public


def test_writing_printing_logging_and_calling_are_seen(tmp_path: Path) -> None:
    import logging

    with watched_surroundings() as traces:
        (tmp_path / "one").write_text("1", encoding="utf-8")
        Path("here.txt").touch()
        sys.stdout.write("said\n")
        os.write(1, b"written\n")
        logging.getLogger("acme").debug("logged")
        with pytest.raises(ConnectionRefusedError), socket.socket() as connection:
            connection.connect(("127.0.0.1", 9))
    assert tmp_path / "one" in traces.written
    assert traces.written_outside(tmp_path) == [Path("here.txt")]
    assert traces.left_behind == ["here.txt"]
    assert traces.printed == "said\nwritten\n"
    assert "acme logged" in traces.said
    assert traces.called == ["socket.connect"]


def test_afterwards_everything_is_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = (Path.cwd(), tempfile.gettempdir(), os.environ.get("TMPDIR"))
    with watched_surroundings() as traces:
        pass
    sys.stdout.write("after\n")
    assert (Path.cwd(), tempfile.gettempdir(), os.environ.get("TMPDIR")) == before
    assert capfd.readouterr().out == "after\n"
    assert traces.printed == ""


def _call(server: LoopbackServer, timeout: float = 5) -> int:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=timeout)
    try:
        connection.request("POST", "/", body=b"hello")
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_server_fails_as_it_is_told_and_then_goes_well() -> None:
    heard: list[bytes] = []

    def answer(request: Request) -> Response:
        heard.append(request.body)
        return Response(status=201)

    with loopback_server(answer) as server:
        server.faults.extend(["too_many", "error", "unavailable", "unauthorised"])
        assert [_call(server) for _each in range(5)] == [429, 500, 503, 401, 201]
        assert heard == [b"hello"]
        server.faults.append("reset")
        with pytest.raises(ConnectionError):
            _call(server)
        assert len(heard) == 1
        server.faults.append("cut")
        with pytest.raises(ConnectionError):
            _call(server)
        assert len(heard) == 2
        server.faults.append("slow")
        with pytest.raises(TimeoutError):
            _call(server, timeout=LATE / 4)
        server.fail_from_now_on("error")
        assert [_call(server), _call(server)] == [500, 500]
        assert server.calls == 10
