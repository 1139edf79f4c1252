"""Watch what code does to its surroundings: files it writes, connections it opens, what it prints and logs.

Files and connections are seen by Python's audit events, so a library written in C that opens files by itself is not
seen; whatever it leaves in the current folder or among temporary files is.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest import mock

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset({"os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.truncate"})
_CALLS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})
_LOCAL_FAMILY = "AF_UNIX"


@dataclass(slots=True)
class Traces:
    """What was seen: paths written to, addresses called, stdout, and everything said on stderr and in logs."""

    written: list[Path] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    printed: str = ""
    said: str = ""

    def written_outside(self, *allowed: Path) -> list[Path]:
        """Return the paths written to that lie in none of the folders; what Python compiles at an import is its own."""
        folders = [folder.resolve() for folder in allowed]
        return [
            path
            for path in self.written
            if "__pycache__" not in path.parts
            and not any(path.resolve().is_relative_to(each) for each in folders)
        ]


class _Listener:
    """The one audit hook of the process, which can never be removed; silent while nobody watches."""

    def __init__(self) -> None:
        self.traces: Traces | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        traces = self.traces
        if traces is None:
            return
        if event == "open":
            path, _mode, flags = arguments
            if isinstance(flags, int) and flags & _WRITING and isinstance(path, str | bytes):
                traces.written.append(Path(os.fsdecode(path)))
        elif event in _CHANGES and isinstance(arguments[0], str | bytes | os.PathLike):
            traces.written.append(Path(os.fsdecode(arguments[0])))
        elif event in _CALLS and not _is_local(arguments):
            traces.called.append(event)


def _is_local(arguments: tuple[object, ...]) -> bool:
    return any(getattr(getattr(each, "family", None), "name", "") == _LOCAL_FAMILY for each in arguments)


@cache
def _listener() -> _Listener:
    return _Listener()


@contextmanager
def watched_surroundings() -> Iterator[Traces]:
    """Run code in an empty current folder, with an empty folder for temporary files, and note what it does."""
    traces, listener = Traces(), _listener()
    with (
        tempfile.TemporaryDirectory(prefix="gateway-here-") as here,
        tempfile.TemporaryDirectory(prefix="gateway-temporary-") as temporary,
        mock.patch.object(tempfile, "tempdir", temporary),
        mock.patch.dict(os.environ, {"TMPDIR": temporary}),
        contextlib.chdir(here),
    ):
        with _captured(traces):
            outer, listener.traces = listener.traces, traces
            try:
                yield traces
            finally:
                listener.traces = outer
        traces.left_behind = sorted(
            path.name for folder in (here, temporary) for path in Path(folder).iterdir()
        )


@contextmanager
def _captured(traces: Traces) -> Iterator[None]:
    """Capture Python's streams, those of the process, and logs of every level."""
    printed, said = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(exc_text)s"))
    root = logging.getLogger()
    level = root.level
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            root.addHandler(handler)
            root.setLevel(logging.DEBUG)
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(said),
                _redirected(1, out.fileno()),
                _redirected(2, err.fileno()),
            ):
                yield
        finally:
            root.setLevel(level)
            root.removeHandler(handler)
            for stream, name, text in ((out, "printed", printed), (err, "said", said)):
                stream.seek(0)
                setattr(traces, name, text.getvalue() + stream.read().decode("utf-8", "replace"))


@contextmanager
def _redirected(descriptor: int, target: int) -> Iterator[None]:
    """Let a descriptor of the process lead elsewhere for a while."""
    kept = os.dup(descriptor)
    try:
        os.dup2(target, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
