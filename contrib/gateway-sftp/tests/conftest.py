"""A real SSH server on loopback with a folder of its own, and a workspace with a released package."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from gateway.testing import Vendor, open_workspace, synthetic_people

PASSWORD = "sesame-0815"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the server is, what it shows, and what lets a client in."""

    port: int
    folder: Path
    known_hosts: Path
    key: Path

    def url(self, folder: str = "incoming") -> str:
        return f"sftp://client@127.0.0.1:{self.port}/{folder}"


class _Door(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == "client" and password == PASSWORD


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that knows one key and one password, locked into its folder."""
    (tmp_path / "far").mkdir()
    host_key, client_key = (
        asyncssh.generate_private_key("ssh-ed25519"),
        asyncssh.generate_private_key("ssh-ed25519"),
    )
    client_key.write_private_key(str(tmp_path / "key"))
    (tmp_path / "authorised").write_bytes(client_key.export_public_key())
    with _running(tmp_path, host_key) as port:
        public = host_key.export_public_key().decode("ascii").strip()
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{port} {public}\n", encoding="ascii")
        yield Server(port=port, folder=tmp_path / "far", known_hosts=known, key=tmp_path / "key")


@contextmanager
def _running(root: Path, host_key: asyncssh.SSHKey) -> Iterator[int]:
    """Run the server in a loop and a thread of its own."""
    loop = asyncio.new_event_loop()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            _Door,
            "127.0.0.1",
            0,
            server_host_keys=[host_key],
            authorized_client_keys=str(root / "authorised"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root / "far").encode()),
        )

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield acceptor.get_port()
    finally:
        asyncio.run_coroutine_threadsafe(_stop(acceptor), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(acceptor: asyncssh.SSHAcceptor) -> None:
    acceptor.close()
    await acceptor.wait_closed()
    current = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not current]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """A workspace with twenty people."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "gateway.toml").write_text("", encoding="utf-8")
    with open_workspace(root, {"lists": {"main": synthetic_people(20)}}) as made:
        yield made
