"""Packages arrive whole or not at all, on the server whose key is known, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

import asyncssh
import pytest
from conftest import PASSWORD, Server

from gateway.testing import Vendor, run_command, synthetic_people


@pytest.fixture
def delivery(vendor: Vendor) -> str:
    """A released delivery of labels."""
    return vendor.deliver(format="labels").id


def send(
    vendor: Vendor, server: Server, delivery: str, *more: str, known_hosts: Path | None = None
) -> CompletedProcess[str]:
    """Run ``gateway sftp``."""
    credential = [] if "--password-env" in more else ["--key", server.key]
    place = ["--to", server.url(), "--known-hosts", known_hosts or server.known_hosts]
    return run_command(
        *("-C", vendor.workspace.root, "sftp", delivery, *place, *credential, "--json", *more),
        environment={"SFTP_PASSWORD": PASSWORD, "SFTP_WRONG": "wrong"},
    )


def files(folder: Path) -> dict[str, bytes]:
    """Read a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_package_arrives_byte_for_byte(vendor: Vendor, server: Server, delivery: str) -> None:
    result = send(vendor, server, delivery)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["outcome"] == "sent"
    assert files(server.folder / "incoming" / delivery) == files(vendor.packages()[0])
    assert [path.name for path in (server.folder / "incoming").iterdir()] == [delivery]


def test_a_password_opens_as_well(vendor: Vendor, server: Server, delivery: str) -> None:
    assert send(vendor, server, delivery, "--password-env", "SFTP_PASSWORD").returncode == 0


def test_sending_again_changes_nothing(vendor: Vendor, server: Server, delivery: str) -> None:
    send(vendor, server, delivery)
    before = {path: path.stat().st_mtime_ns for path in server.folder.rglob("*")}
    result = send(vendor, server, delivery)
    assert json.loads(result.stdout)["outcome"] == "already_there"
    assert {path: path.stat().st_mtime_ns for path in server.folder.rglob("*")} == before


def test_what_an_interrupted_run_left_is_replaced(vendor: Vendor, server: Server, delivery: str) -> None:
    rest = server.folder / "incoming" / f".{delivery}.part"
    rest.mkdir(parents=True)
    (rest / "half.pdf").write_bytes(b"half")
    assert send(vendor, server, delivery).returncode == 0
    assert files(server.folder / "incoming") == {
        f"{delivery}/{name}": content for name, content in files(vendor.packages()[0]).items()
    }


def test_until_all_has_arrived_nothing_is_to_be_seen(
    vendor: Vendor, server: Server, delivery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise asyncssh.SFTPFailure("no space left")

    monkeypatch.setattr(asyncssh.SFTPServer, "write", refuse)
    result = send(vendor, server, delivery)
    assert result.returncode == 1
    assert json.loads(result.stdout)["error"] == "not_sent"
    assert not (server.folder / "incoming" / delivery).exists()


def test_another_package_of_the_same_number_is_left_alone(
    vendor: Vendor, server: Server, delivery: str
) -> None:
    there = server.folder / "incoming" / delivery
    there.mkdir(parents=True)
    (there / "manifest.json").write_text("{}", encoding="utf-8")
    result = send(vendor, server, delivery)
    assert json.loads(result.stdout)["error"] == "other_package_there"
    assert files(there) == {"manifest.json": b"{}"}


def test_an_unknown_host_key_is_refused_before_anything_is_sent(
    vendor: Vendor, server: Server, delivery: str, tmp_path: Path
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode("ascii")
    known = tmp_path / "other_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {other}", encoding="ascii")
    result = send(vendor, server, delivery, known_hosts=known)
    assert result.returncode == 1
    assert json.loads(result.stdout)["error"] == "unknown_host_key"
    assert files(server.folder) == {}


def test_a_wrong_password_is_refused(vendor: Vendor, server: Server, delivery: str) -> None:
    result = send(vendor, server, delivery, "--password-env", "SFTP_WRONG")
    assert json.loads(result.stdout)["error"] == "not_let_in"


def test_a_server_that_is_not_there_is_told(vendor: Vendor, server: Server, delivery: str) -> None:
    result = send(vendor, server, delivery, "--to", "sftp://client@127.0.0.1:1/incoming")
    assert json.loads(result.stdout)["error"] == "not_sent"


def test_a_package_with_people_who_have_opted_out_is_not_sent(
    vendor: Vendor, server: Server, delivery: str
) -> None:
    vendor.opt_out(next(synthetic_people(1)))
    result = send(vendor, server, delivery)
    assert json.loads(result.stdout)["error"] == "recalled"
    assert files(server.folder) == {}
    assert send(vendor, server, delivery, "--with-recalled").returncode == 0


def test_a_changed_package_is_not_sent(vendor: Vendor, server: Server, delivery: str) -> None:
    (vendor.packages()[0] / "labels.pdf").write_bytes(b"other")
    result = send(vendor, server, delivery)
    assert result.returncode == 3
    assert files(server.folder) == {}


@pytest.mark.parametrize(
    "url",
    ["sftp://host/in", "https://user@host/in", "sftp://user:secret@host/in"],
    ids=["user", "scheme", "secret"],
)
def test_a_place_that_cannot_be_used_is_wrong_usage(
    vendor: Vendor, server: Server, delivery: str, url: str
) -> None:
    result = send(vendor, server, delivery, "--to", url)
    assert result.returncode == 2
    assert "secret" not in json.loads(result.stdout)["message"]
