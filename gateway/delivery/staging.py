"""The staging folder: hidden, private, on the outbox's own file system, published by one rename."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gateway.errors import Failed, Refused
from gateway.i18n import _

FORM = "optout-request-form.pdf"
NOTE = "delivery-note.pdf"
MANIFEST = "manifest.json"
CORE_FILES = frozenset({FORM, NOTE, MANIFEST})

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """A finished file of a package."""

    name: str
    bytes: int
    sha256: str


def staging_path(outbox: Path, delivery: str) -> Path:
    """Return where a delivery is put together; listings of the outbox do not show it."""
    return outbox / f".staging-{delivery}"


def package_path(outbox: Path, delivery: str) -> Path:
    """Return where a delivery's package appears."""
    return outbox / delivery


def require_writable(outbox: Path) -> None:
    """Refuse an outbox that cannot be written to before anything is recorded; ``Failed`` says why."""
    try:
        _try_out(outbox)
    except OSError as error:
        raise _unwritable(outbox, error) from error


def require_reports(reports: Path) -> None:
    """Refuse a folder of reports that cannot be written to, as long as nothing has left."""
    try:
        _try_out(reports)
    except OSError as error:
        raise Failed(
            "unwritable_reports",
            _("the folder of reports {path} cannot be written to ({reason})").format(
                path=reports, reason=error.strerror
            ),
            hint=_("check that it is a folder, its owner, and the space left"),
        ) from error


def _try_out(folder: Path) -> None:
    probe = folder / ".writable"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    probe.touch()
    probe.unlink()


def make_staging(outbox: Path, delivery: str) -> Path:
    """Make an empty staging folder; ``Failed`` when the outbox cannot be written to."""
    folder = staging_path(outbox, delivery)
    try:
        outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_staging(outbox, delivery)
        folder.mkdir(mode=0o700)
        if package_path(outbox, delivery).exists():
            raise FileExistsError(delivery)
    except OSError as error:
        raise _unwritable(outbox, error) from error
    return folder


def _unwritable(outbox: Path, error: OSError) -> Failed:
    return Failed(
        "unwritable_outbox",
        _("the outbox {path} cannot be written to ({reason})").format(path=outbox, reason=error.strerror),
        hint=_("check that it is a folder, its owner, and the space left"),
    )


def remove_staging(outbox: Path, delivery: str) -> None:
    """Remove a staging folder with everything in it, if there is one."""
    folder = staging_path(outbox, delivery)
    if folder.exists():
        shutil.rmtree(folder)


def safe_path(folder: Path, name: str) -> Path:
    """Return the path of a new file in a staging folder; ``Refused`` for a name that leads out of it or is the core's."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or PurePosixPath(name).is_absolute()
        or any(part in (".", "..") or part.startswith(".") for part in parts)
        or any(character in name for character in "\\:\0\n\r")
        or name in CORE_FILES
    ):
        raise Refused(
            "bad_file_name",
            _("a plugin may not write the file {name!r}").format(name=name),
            hint=_("plain names inside the package are allowed, except the core's own documents"),
        )
    path = folder.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def files_in(folder: Path) -> list[str]:
    """Return the names of all files below a folder, in order; ``Refused`` for anything that is no plain file."""
    names = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise Refused(
                "bad_file",
                _("the package holds something that is no plain file"),
                hint=_("the plugin must not link"),
            )
        if path.is_file():
            names.append(path.relative_to(folder).as_posix())
    return names


def seal(folder: Path, names: list[str]) -> list[PackageFile]:
    """Make files private and durable, and hash them."""
    sealed = []
    for name in names:
        path = folder / name
        path.chmod(0o600)
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as handle:
            for block in _blocks(handle.fileno()):
                digest.update(block)
                size += len(block)
            os.fsync(handle.fileno())
        sealed.append(PackageFile(name=name, bytes=size, sha256=digest.hexdigest()))
    return sealed


def write_durably(path: Path, content: bytes) -> None:
    """Write a private file and its folder entry to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    sync_folder(path.parent)


def publish(outbox: Path, delivery: str) -> Path:
    """Rename the staging folder into place: the package appears complete or not at all."""
    source, target = staging_path(outbox, delivery), package_path(outbox, delivery)
    for folder in {path.parent for path in source.rglob("*")} | {source}:
        sync_folder(folder)
    source.rename(target)
    sync_folder(outbox)
    return target


def sync_folder(folder: Path) -> None:
    """Write a folder's entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _blocks(descriptor: int) -> Iterator[bytes]:
    while block := os.read(descriptor, _BLOCK):
        yield block
