"""Which words stand on a label: address rows, the name row with its honorific."""

from __future__ import annotations

import re

from gateway.api import Line

FIRM_HONORIFIC = "御中"
"""Stands after a company or department where no person is named."""

_POSTAL_DIGITS = 7

_JOINT_SEPARATOR = re.compile(r"\s*[、,，;；・/／]\s*")
_GAP = "\u3000"

_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(0x5E)}
_KEPT_FULL = "！＆（），：；？＠［］｛｝"
_NARROWED = {code: half for code, half in _HALF_WIDTH.items() if chr(code) not in _KEPT_FULL}

_WIDE = re.compile("[\uff01-\uff5e]")


def narrowed(text: str) -> str:
    """Return ``text`` with half-width digits, letters and hyphen, as is usual in horizontal addresses."""
    return text.translate(_NARROWED) if _WIDE.search(text) else text


def postal_row(line: Line) -> str:
    """Return the postal code as printed, or nothing where there are no seven digits."""
    code = line.address.postal_code if line.address else ""
    return (
        f"〒{code[:3]}-{code[3:]}"
        if len(code) == _POSTAL_DIGITS and code.isascii() and code.isdigit()
        else ""
    )


def name_row(line: Line, honorific: str) -> str:
    """Return the addressee with honorific; joint names follow on the same row, each with its own.

    The line's own honorific wins. Without a person it is the department or the company, with 御中.
    """
    if not line.name:
        firm = line.department or line.company
        return _addressed(firm, line.honorific or FIRM_HONORIFIC)
    title = line.honorific or honorific
    if not line.joint_names:
        return _addressed(line.name, title)
    names = [line.name, *filter(None, _JOINT_SEPARATOR.split(line.joint_names.strip()))]
    return _GAP.join(_addressed(name, title) for name in names)


def firm_rows(line: Line) -> list[str]:
    """Return company and department with title, as far as they do not stand in the name row."""
    if not line.name:
        return [line.company] if line.department and line.company else []
    post = f"{line.department} {line.title}".strip()
    return [row for row in (line.company, post) if row]


def _addressed(name: str, honorific: str) -> str:
    if not honorific or name.endswith(honorific):
        return name
    return f"{name}{_GAP}{honorific}"
