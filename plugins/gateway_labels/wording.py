"""Which words stand on a label: address rows, the name row with its honorific."""

from __future__ import annotations

import re

from gateway.api import Line

FIRM_HONORIFIC = "御中"
"""Stands after a company or department where no person is named."""

POSTAL_MARK = "〒"
POSTAL_DIGITS = 7

_JOINT_SEPARATOR = re.compile(r"\s*[、,，;；・/／]\s*")
_GAP = "\u3000"

FIRST_WIDE = 0xFF01
_KEPT_FULL = "！＆（），：；？＠［］｛｝"
HALF_WIDTH = tuple(
    wide if chr(wide) in _KEPT_FULL else wide - FIRST_WIDE + 0x21
    for wide in range(FIRST_WIDE, FIRST_WIDE + 0x5E)
)
"""What stands in a horizontal address for the full-width characters from ``FIRST_WIDE`` on, punctuation aside."""

_HONOURED = re.compile(r"(?:様|御中|各位|[\s\u3000](?:殿|先生|氏|さん))$")
"""Names that bear an honorific already; some of them may also end a name (鵜殿), so a space has to stand before."""

_CORPORATE = re.compile(
    r"^(?:株式会社|有限会社|合同会社|合資会社|合名会社|(?:一般|公益|特例)?(?:財団|社団)法人|(?:医療|学校|宗教|社会福祉|"
    r"特定非営利活動|NPO|ＮＰＯ)法人|[（(][株有合][）)]|㈱|㈲)|(?:株式会社|有限会社|合同会社|[（(][株有][）)]|㈱|㈲)$"
)
"""What makes a name that of a body: its legal form at either end."""

_PERHAPS_FIRST = frozenset("株有合一公特財社医学宗NＮ（(㈱㈲")
_PERHAPS_LAST = frozenset("様中位殿生氏ん社㈱㈲）)")
"""Where a name has neither first nor last character of these, both patterns need not be asked: nearly all names."""


def postal_row(code: str) -> str:
    """Return a postal code as printed, or nothing where there are no seven digits."""
    return (
        f"{POSTAL_MARK}{code[:3]}-{code[3:]}"
        if len(code) == POSTAL_DIGITS and code.isascii() and code.isdigit()
        else ""
    )


def name_row(line: Line, honorific: str) -> str:
    """Return the addressee with honorific; joint names follow on the same row, each with its own."""
    name = line.name
    if (
        name
        and not (line.joint_names or line.honorific)
        and name[0] not in _PERHAPS_FIRST
        and name[-1] not in _PERHAPS_LAST
    ):
        return (
            _addressed(name, honorific)
            if not honorific or name[-1] == honorific[-1]
            else name + _GAP + honorific
        )
    return _GAP.join(addressees(line, honorific))


def addressees(line: Line, honorific: str) -> list[str]:
    """Return who is addressed, each with an honorific.

    The line's own honorific wins. Without a person it is the department or the company, with 御中, which also follows
    a name that is a company's.
    """
    if not line.name:
        firm = line.department or line.company
        return [_addressed(firm, line.honorific or FIRM_HONORIFIC)]
    title = line.honorific or (FIRM_HONORIFIC if _CORPORATE.search(line.name) else honorific)
    if not line.joint_names:
        return [_addressed(line.name, title)]
    names = [line.name, *filter(None, _JOINT_SEPARATOR.split(line.joint_names.strip()))]
    return [_addressed(name, title) for name in names]


def firm_rows(line: Line) -> list[str]:
    """Return company and department with title, as far as they do not stand in the name row."""
    if not line.name:
        return [line.company] if line.department and line.company else []
    post = f"{line.department} {line.title}".strip()
    return [row for row in (line.company, post) if row]


def _addressed(name: str, honorific: str) -> str:
    if not honorific or name.endswith(honorific) or _HONOURED.search(name):
        return name
    return f"{name}{_GAP}{honorific}"
