"""Keep what is computed from Japan Post's tables in the user's cache folder, so that the next start is fast.

A cache is never needed: a missing, damaged or unwritable one means computing again, not failing.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import tempfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from gateway.postal.source import data_version

T = TypeVar("T")


def derived_cache(name: str, version: int, build: Callable[[], T]) -> T:
    """Return ``build()``, taken from the cache when this data version has been built before.

    The value may consist of what ``marshal`` can write: numbers, strings, bytes, tuples, lists, dicts, sets.
    Raise ``version`` whenever ``build`` would give another value from the same tables.
    """
    path = _file_of(name, version)
    if path is None:
        return build()
    with contextlib.suppress(OSError, zlib.error, EOFError, ValueError, TypeError):
        content = zlib.decompress(path.read_bytes())
        return cast("T", marshal.loads(content))  # noqa: S302 - data of the user's own folder, never code that runs
    value = build()
    with contextlib.suppress(OSError):
        _replace(path, zlib.compress(marshal.dumps(cast("Any", value)), 6))
    return value


_DECIDING = ("GATEWAY_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA")


def cache_folder() -> Path | None:
    """Name the folder for derived data (``GATEWAY_CACHE_DIR`` or the system's place), ``None`` without a home."""
    return _cache_folder(*map(os.environ.get, _DECIDING))


@lru_cache(maxsize=8)
def _cache_folder(chosen: str | None, *_surroundings: str | None) -> Path | None:
    """Work the folder out once for each state of the variables it depends on: fonts ask for every text they measure."""
    if chosen:
        return Path(chosen)
    try:
        return _system_cache() / "delivery-gateway"
    except RuntimeError:  # no home folder can be told, as for a service without one
        return None


def _system_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _file_of(name: str, version: int) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    python = f"{sys.implementation.name}{sys.version_info[0]}{sys.version_info[1]}"
    return folder / f"{name}-{version}-{data_version()}-{python}.bin"


def _replace(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a reader sees the old file or the whole new one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
