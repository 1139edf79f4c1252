"""A real Tryton 8.2 server for tests: its own virtual environment, kept between runs; a database copied per test.

The environment stays apart because Tryton is GPL and pins its own dependencies. ``GATEWAY_TEST_CACHE`` names the folder
that keeps it, else the system's folder for temporary files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PACKAGES = ("trytond~=8.2.0", "trytond-party~=8.2.0")
PASSWORD = "secret-of-the-tests"
DATABASE = "crm"


class Unavailable(Exception):
    """Tryton cannot be installed here; the text says why."""


def environment() -> Path:
    """Return a virtual environment with Tryton, installing it the first time (about 7 s)."""
    cache = Path(os.environ.get("GATEWAY_TEST_CACHE") or tempfile.gettempdir())
    folder = (
        cache / f"gateway-tests-tryton-8.2-{sys.version_info.major}.{sys.version_info.minor}-{os.getuid()}"
    )
    with (cache / f"{folder.name}.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "bin" / "trytond").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            try:
                _install(folder)
            except (OSError, subprocess.SubprocessError) as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise Unavailable(f"Tryton cannot be installed: {type(error).__name__}") from error
    return folder


def _install(folder: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        _run(uv, "venv", "-q", "-p", sys.executable, str(folder))
        _run(uv, "pip", "install", "-q", "--python", str(folder / "bin" / "python"), *PACKAGES)
    else:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *PACKAGES)


def make_template(venv: Path, folder: Path) -> Path:
    """Initialise a database with parties (about 6 s) and return its file."""
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "pass").write_text(PASSWORD, encoding="utf-8")
    config = _config(folder, 0)
    arguments = ("-c", str(config), "-d", DATABASE, "-u", "party", "--activate-dependencies", "--all")
    environ = {**os.environ, "TRYTONPASSFILE": str(folder / "pass")}
    _run(str(venv / "bin" / "trytond-admin"), *arguments, "--email", "a@example.com", env=environ)
    return folder / f"{DATABASE}.sqlite"


class Server:
    """A server on a copy of a database; it may be stopped and started again at the same port."""

    def __init__(self, venv: Path, template: Path, folder: Path, *, certificate: Path | None = None) -> None:
        shutil.copy(template, folder / template.name)
        self._venv = venv
        self._folder = folder
        self._port = _free_port()
        self._config = _config(folder, self._port, certificate)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(self._venv / "bin" / "trytond"), "-c", str(self._config), "-d", DATABASE]
        with (self._folder / "trytond.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        _await(self.url, self._process)

    def stop(self) -> None:
        """Stop it; may be repeated."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None


def _config(folder: Path, port: int, certificate: Path | None = None) -> Path:
    path = folder / "trytond.conf"
    text = f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"
    if certificate is not None:
        text += f"[ssl]\nprivatekey = {certificate}\ncertificate = {certificate}\n"
    path.write_text(text, encoding="utf-8")
    return path


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; GET is not allowed, which is an answer."""
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1, context=unverified).close()
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable("trytond does not answer")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=env)
