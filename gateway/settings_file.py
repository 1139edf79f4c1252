"""Read ``gateway.toml``: its table, the place of each key for messages, variables that win over it, and secrets."""

from __future__ import annotations

import dataclasses
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_type_hints

from gateway.api import Secret
from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.structuring import Text

PREFIX = "GATEWAY_"
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\-\"]+)\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A TOML file and what it says."""

    path: Path
    text: str
    table: dict[str, object]

    def locate(self, key: str) -> str:
        """Name the place of a dotted key: file, line and key."""
        line = _line_of(self.text, key)
        if line:
            return _("{path}, line {line}: {key}").format(path=self.path, line=line, key=key)
        return _("{path}: {key}").format(path=self.path, key=key)


def read_settings_file(path: Path) -> SettingsFile:
    """Read a TOML file; ``WrongUsage`` (``no_workspace``, ``bad_toml`` with the line) where that fails."""
    try:
        text = path.read_text(encoding="utf-8")
        return SettingsFile(path=path, text=text, table=tomllib.loads(text))
    except (FileNotFoundError, NotADirectoryError):
        raise WrongUsage(
            "no_workspace",
            _("there is no {settings} in {folder}").format(settings=path.name, folder=path.parent),
            hint=_("make a workspace with: gateway init {folder}").format(folder=path.parent),
        ) from None
    except UnicodeDecodeError as error:
        raise WrongUsage(
            "bad_toml", _("{path} is not UTF-8 (byte {place})").format(path=path, place=error.start)
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise WrongUsage("bad_toml", _("{path}: {problem}").format(path=path, problem=error)) from None
    except OSError as error:
        raise WrongUsage(
            "unreadable_input", _("cannot read {file}: {why}").format(file=path, why=error.strerror)
        ) from None


def _line_of(text: str, key: str) -> int:
    """Return the line where a key is written, or where the table or inline table that holds it begins, or 0."""
    section, best = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            section = header[1]
            written = section
        elif assignment := _KEY.match(line):
            written = ".".join(part for part in (section, assignment[1].strip('"')) if part)
        else:
            continue
        if written == key:
            return number
        if key.startswith(f"{written}."):
            best = number
    return best


def take_tables(file: SettingsFile, key: str) -> dict[str, dict[str, object]]:
    """Remove a section that holds one free table a name, and return it."""
    tables = file.table.pop(key, {})
    if not isinstance(tables, dict):
        raise WrongUsage("bad_value", _("{place} must be a table").format(place=file.locate(key)))
    for name, table in tables.items():
        if not isinstance(table, dict):
            place = file.locate(f"{key}.{name}")
            raise WrongUsage("bad_value", _("{place} must be a table").format(place=place))
    return tables


def variable_names(kind: type) -> dict[str, tuple[str, ...]]:
    """Return ``GATEWAY_SECTION_KEY`` → path of the setting, for every plain setting of a dataclass."""
    return {PREFIX + "_".join(path).upper(): path for path in _setting_paths(kind, ())}


def _setting_paths(kind: type, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    hints = get_type_hints(kind)
    for each in dataclasses.fields(kind):
        path = (*above, each.name)
        inner = hints[each.name]
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            yield from _setting_paths(inner, path)
        elif above:
            yield path


def apply_variables(table: dict[str, object], kind: type, environ: Mapping[str, str]) -> dict[str, str]:
    """Put the values of variables into a table, where they win; return dotted key → variable, for messages."""
    used = {}
    for variable, path in variable_names(kind).items():
        if variable in environ and (section := _section(table, path[:-1])) is not None:
            section[path[-1]] = Text(environ[variable])
            used[".".join(path)] = variable
    return used


def _section(table: dict[str, object], path: tuple[str, ...]) -> dict[str, object] | None:
    """Return a table inside a table, making it where it is missing; ``None`` where something else stands there."""
    for part in path:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            return None
        table = inner
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretReference:
    """``{ env = "NAME" }`` or ``{ file = "path" }`` as it stands in the settings, not yet followed."""

    place: str
    folder: Path
    table: Mapping[str, object]

    def resolve(self, environ: Mapping[str, str]) -> Secret:
        """Return the secret; ``WrongUsage`` (``bad_secret``) for an unset variable, or a file that others can read."""
        match dict(self.table):
            case {"env": str(variable), **others} if not others:
                return _from_environment(self.place, variable, environ)
            case {"file": str(path), **others} if not others:
                return _from_file(self.place, self.folder / path)
        raise WrongUsage(
            "bad_secret",
            _("{place} must be text or a reference").format(place=self.place),
            hint=_('write { env = "NAME" } or { file = "path" }'),
        )


def resolve_secret(file: SettingsFile, key: str, environ: Mapping[str, str]) -> None:
    """Replace ``{ env = "NAME" }`` or ``{ file = "path" }`` by the secret it refers to."""
    *above, name = key.split(".")
    section = _section(file.table, tuple(above))
    reference = section.get(name) if section is not None else None
    if section is not None and isinstance(reference, dict):
        found = SecretReference(place=file.locate(key), folder=file.path.parent, table=reference)
        section[name] = found.resolve(environ)


def mark_references(file: SettingsFile, key: str, table: Mapping[str, object]) -> dict[str, object]:
    """Note where a format's references stand, at every depth; they are followed when the format is used."""
    return {
        name: _marked(file, f"{key}.{name}", value) if isinstance(value, dict) else value
        for name, value in table.items()
    }


def _marked(file: SettingsFile, key: str, table: dict[str, object]) -> object:
    if table.keys() in ({"env"}, {"file"}):
        return SecretReference(place=file.locate(key), folder=file.path.parent, table=table)
    return mark_references(file, key, table)


def _from_environment(place: str, variable: str, environ: Mapping[str, str]) -> Secret:
    if not environ.get(variable):
        raise WrongUsage(
            "bad_secret", _("{place}: variable {name} is not set").format(place=place, name=variable)
        )
    return Secret(environ[variable])


def _from_file(place: str, path: Path) -> Secret:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise WrongUsage(
                "bad_secret",
                _("{place}: others can read {path}").format(place=place, path=path),
                hint=_("run: chmod 600 {path}").format(path=path),
            )
        return Secret(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(
            "bad_secret",
            _("{place}: {path} cannot be read ({problem})").format(
                place=place, path=path, problem=getattr(error, "strerror", None) or type(error).__name__
            ),
        ) from None
