"""Read what installed distributions declare, without importing any of them.

``importlib.metadata`` would do the same, but importing it alone costs as much as the rest of ``gateway --help``, and
one malformed file makes it raise for all. So the ``*.dist-info`` and ``*.egg-info`` folders on ``sys.path`` are read
directly, in its order of precedence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PLUGINS = "gateway.plugins"
COMMANDS = "gateway.commands"
FIRST_PARTY = "delivery-gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One line of a distribution's ``entry_points.txt``: ``name = module:attribute``.

    ``value`` is empty when the line could not be read.
    """

    group: str
    name: str
    value: str
    distribution: str
    version: str

    @property
    def module(self) -> str:
        """The module to import."""
        return self.value.partition(":")[0].strip()

    @property
    def attribute(self) -> str:
        """The object inside the module, or an empty string for the module itself."""
        return self.value.partition(":")[2].partition("[")[0].strip()

    @property
    def package(self) -> str:
        """The top-level package of the module."""
        return self.module.partition(".")[0]

    @property
    def first_party(self) -> bool:
        """Whether it comes with the gateway itself."""
        return self.distribution == FIRST_PARTY


def installed(group: str, search_path: Sequence[str] | None = None) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group, ordered by distribution and name.

    A distribution that appears twice on the path counts once, the first one, as in an import.
    """
    found: dict[str, list[EntryPoint]] = {}
    for folder in sys.path if search_path is None else search_path:
        for info in _metadata_folders(Path(folder)):
            declared = _read(info / "entry_points.txt")
            if group not in declared:
                continue
            distribution, version = _identity(info)
            found.setdefault(
                distribution, [*_parse(declared, group=group, distribution=distribution, version=version)]
            )
    return tuple(
        sorted(
            (point for points in found.values() for point in points),
            key=lambda point: (point.distribution, point.name),
        )
    )


def _metadata_folders(folder: Path) -> Iterator[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return
    for path in paths:
        if path.name.endswith((".dist-info", ".egg-info")):
            yield path


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _identity(info: Path) -> tuple[str, str]:
    """Return a distribution's normalised name (PEP 503) and its version."""
    head = _read(info / "METADATA") or _read(info / "PKG-INFO")
    fields = {"name": "", "version": ""}
    for line in head.splitlines():
        if not line.strip():
            break
        key, _, value = line.partition(":")
        if key.lower() in fields and not fields[key.lower()]:
            fields[key.lower()] = value.strip()
    name = fields["name"] or info.stem.partition("-")[0]
    return "-".join(filter(None, name.lower().replace("_", "-").replace(".", "-").split("-"))), fields[
        "version"
    ]


def _parse(text: str, *, group: str, distribution: str, version: str) -> Iterator[EntryPoint]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == group:
            name, _, value = line.partition("=")
            yield EntryPoint(
                group=group,
                name=name.strip(),
                value=value.strip(),
                distribution=distribution,
                version=version,
            )
