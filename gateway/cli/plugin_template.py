"""Write a new plugin distribution from the templates: metadata, tox, source, conformance test, README, CI example."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from gateway import __version__
from gateway.entry_points import COMMANDS, FIRST_PARTY, PLUGINS, installed
from gateway.errors import Failed, WrongUsage
from gateway.i18n import _

Kind = Literal["file", "push", "suppressor"]
KINDS: tuple[Kind, ...] = ("file", "push", "suppressor")

_PREFIX = "gateway-"
_GATEWAY = f"{FIRST_PARTY}[testing]"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LOWER_BOUNDS = """# oldest also takes every other requirement of pyproject.toml at its lower bound.
uv_resolution =
    oldest: lowest-direct
"""
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_COMMON = {
    "pyproject.toml.in": "pyproject.toml",
    "tox.ini.in": "tox.ini",
    "README.md.in": "README.md",
    "ci.yml.in": ".github/workflows/tests.yml",
}
_FIRST_COMMANDS: dict[Kind, str] = {
    "file": "Install it beside the gateway and deliver with it:\n\n```sh\n"
    "pip install . && gateway deliver --format {name}\n```",
    "push": "Install it beside the gateway, write `[formats.{name}.clients.CLIENT]` with `url` and\n"
    '`token = {{ env = "TOKEN" }}` into `gateway.toml`, and push:\n\n```sh\n'
    "pip install . && gateway deliver --format {name} --client CLIENT\n```",
    "suppressor": "Install it beside the gateway and name its file; from then on nobody is delivered without it:\n\n```sh\n"
    "pip install . && export {variable}=FILE && gateway plugins check {name}\n```",
}
_SUMMARIES: dict[Kind, str] = {
    "file": "JSON Lines",
    "push": "Push into a system that takes JSON",
    "suppressor": "Numbers that must not be called",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What tox installs as the gateway: its oldest supported version and the latest one.

    ``settings`` are lines of ``[testenv]`` that say how they are found, where there is something to say.
    """

    oldest: str
    latest: str
    settings: str = ""


def require_name(name: str) -> None:
    """Refuse a name that cannot be a distribution, a package and a format, or whose package would hide another one."""
    if not _NAME.fullmatch(name) or _package(name) in {*sys.stdlib_module_names, *_own_packages()}:
        raise WrongUsage(
            "bad_plugin_name",
            _("{name!r} is no name for a plugin").format(name=name),
            hint=_("lower-case letters, digits and single hyphens, such as acme-labels"),
        )


def write_plugin(folder: Path, name: str, kind: Kind, requirements: Requirements) -> list[str]:
    """Write the distribution ``name`` into ``folder``, which must be empty or not there; returns the files' names.

    Raises ``WrongUsage`` for a name or a folder that cannot be used, ``Failed`` where nothing can be written.
    """
    require_name(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage(
            "folder_not_empty",
            _("the folder {path} is not empty").format(path=folder),
            hint=_("name another one with --dir"),
        )
    texts = _texts(name, kind, requirements)
    try:
        for target, text in texts.items():
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failed(
            "unwritable_folder",
            _("the folder {path} cannot be written to ({reason})").format(path=folder, reason=error.strerror),
        ) from error
    return sorted(texts)


def gateway_requirements(source: Path | None) -> Requirements:
    """Return where tox takes the gateway from: a path, else from where this one was installed, else an index.

    A folder of wheels may hold several versions, as an index does; a source folder or a wheel holds one. Where there
    can be several, the lower bounds of the other requirements are tested with the oldest.
    """
    if source is not None and source.is_dir() and any(source.glob("delivery_gateway-*.whl")):
        return _by_version(f"set_env =\n    UV_FIND_LINKS = {source.absolute().as_uri()}\n")
    place = source.absolute().as_uri() if source is not None else _installed_from()
    if place:
        return Requirements(oldest=f"{_GATEWAY} @ {place}", latest=f"{_GATEWAY} @ {place}")
    return _by_version()


def _by_version(place: str = "") -> Requirements:
    return Requirements(
        oldest=f"{_GATEWAY}=={__version__}",
        latest=f"{_GATEWAY}>={__version__}",
        settings=_LOWER_BOUNDS + place,
    )


def _installed_from() -> str:
    """Return the URL of the folder or file that this gateway was installed from, or an empty string (PEP 610)."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        origin = distribution(FIRST_PARTY).read_text("direct_url.json")
    except PackageNotFoundError:
        return ""
    url = str(json.loads(origin).get("url", "")) if origin else ""
    return url if urlsplit(url).scheme == "file" else ""


def _texts(name: str, kind: Kind, requirements: Requirements) -> dict[str, str]:
    package = _package(name)
    plugin = name.removeprefix(_PREFIX)
    variable = f"{package.upper()}_FILE"
    values = {
        "distribution": name,
        "name": plugin,
        "package": package,
        "variable": variable,
        "summary": _SUMMARIES[kind],
        "first_command": _FIRST_COMMANDS[kind].format(name=plugin, variable=variable),
        "oldest": __version__,
        "oldest_requirement": requirements.oldest,
        "latest_requirement": requirements.latest,
        "settings": requirements.settings,
    }
    templates = files("gateway") / "templates" / "plugin"
    found = {target: (templates / "common" / source).read_text("utf-8") for source, target in _COMMON.items()}
    for each in (templates / kind).iterdir():
        target = each.name.removesuffix(".in")
        place = f"src/{package}/__init__.py" if target == "plugin.py" else f"tests/{target}"
        found[place] = each.read_text("utf-8")
    found[f"src/{package}/py.typed"] = ""
    return {target: _PLACEHOLDER.sub(lambda match: values[match[1]], text) for target, text in found.items()}


def _package(name: str) -> str:
    return name.replace("-", "_")


def _own_packages() -> set[str]:
    """Return the packages that come with the gateway."""
    return {
        "gateway",
        *(each.package for group in (PLUGINS, COMMANDS) for each in installed(group) if each.first_party),
    }
