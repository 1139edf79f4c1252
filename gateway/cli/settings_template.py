"""Write a commented ``gateway.toml`` from the template, with some values filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from importlib.resources import files

_HEADER = re.compile(r"\[([\w.]+)\]")
_LINE = re.compile(r"(?:# )?(\w+) = (\S.*?)(\s+#.*)?")


def settings_text(values: Mapping[str, object]) -> str:
    """Return the template with values at dotted keys, such as ``filing.desk.phone``; comments stay.

    A key that the template only shows as a comment is put into force. ``KeyError`` for a key that it does not have.
    """
    template = (files("gateway") / "templates" / "gateway.toml").read_text(encoding="utf-8")
    missing = dict(values)
    section = ""
    lines = template.splitlines()
    for place, line in enumerate(lines):
        if header := _HEADER.match(line):
            section = header[1]
        elif (written := _LINE.fullmatch(line)) and (key := f"{section}.{written[1]}") in missing:
            lines[place] = f"{written[1]} = {toml_value(missing.pop(key))}{written[3] or ''}"
    if missing:
        raise KeyError(*missing)
    return "\n".join(lines) + "\n"


def toml_value(value: object) -> str:
    """Write a value as TOML: text, dates, truth, lists and flat tables of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(type(value).__name__)
