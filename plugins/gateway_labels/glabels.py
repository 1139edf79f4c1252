"""Read label sheets from gLabels' files: template collections (``*-templates.xml``) and documents (``*.glabels``)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gateway.i18n import _
from gateway_labels.sheets import OwnSheet, Sheet

_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "": 25.4 / 72}
"""A length without a unit is in points."""

_LENGTH = re.compile(r"\s*([0-9.]+)\s*([a-z]*)\s*")
_PAGES = {
    "a3": (297.0, 420.0),
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "a6": (105.0, 148.0),
    "b4": (250.0, 353.0),
    "b5": (176.0, 250.0),
    "us-letter": (215.9, 279.4),
    "us-legal": (215.9, 355.6),
}
_GZIP = b"\x1f\x8b"
_LARGEST = 20_000_000


@dataclass(slots=True)
class _Template:
    """What a template element and those inside it say."""

    about: Mapping[str, str]
    shapes: list[str] = field(default_factory=list)
    label: Mapping[str, str] = field(default_factory=dict)
    layouts: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.about.get('brand', '')}/{self.about.get('part', '')}".strip("/")


def read_template(path: Path, part: str = "") -> Sheet:
    """Return the sheet that ``part`` (``Brand/Part``, or the part alone) names; the only one needs no name.

    Raise ``ValueError`` for an unreadable file, an unknown part, and sheets that are not one grid of rectangles.
    """
    templates = _templates(path)
    wanted = part.casefold()
    found = [
        each
        for each in templates
        if not part or wanted in (each.name.casefold(), each.about.get("part", "").casefold())
    ]
    if len(found) != 1:
        names = ", ".join(each.name for each in (found or templates)[:5])
        raise ValueError(_("name one template of the file behind a #: {names} …").format(names=names))
    return _sheet(_resolved(found[0], templates))


def _resolved(template: _Template, templates: list[_Template]) -> _Template:
    """Follow a template that is said to be equal to another one of the same brand."""
    same = template.about.get("equiv")
    if not same:
        return template
    for each in templates:
        if each.about.get("part") == same and each.about.get("brand") == template.about.get("brand"):
            return _Template(
                about={**each.about, **template.about},
                shapes=each.shapes,
                label=each.label,
                layouts=each.layouts,
            )
    raise ValueError(_("the template refers to {part}, which is not in the file").format(part=same))


def _sheet(template: _Template) -> Sheet:
    if template.shapes != ["Label-rectangle"] or len(template.layouts) != 1:
        raise ValueError(_("only sheets of one grid of rectangles can be used"))
    layout, label = template.layouts[0], template.label
    width, height = _page(template.about)
    label_width, label_height = _length(label["width"]), _length(label["height"])
    columns, rows = int(layout["nx"]), int(layout["ny"])
    return OwnSheet(
        page_width=width,
        page_height=height,
        columns=columns,
        rows=rows,
        width=label_width,
        height=label_height,
        left=_length(layout["x0"]),
        top=_length(layout["y0"]),
        gap_x=_gap(layout["dx"], label_width) if columns > 1 else 0.0,
        gap_y=_gap(layout["dy"], label_height) if rows > 1 else 0.0,
    ).named(template.name)


def _gap(pitch: str, size: float) -> float:
    """Return the space between labels; a difference of rounding is none."""
    gap = round(_length(pitch) - size, 3)
    return 0.0 if abs(gap) < 0.05 else gap


def _page(about: Mapping[str, str]) -> tuple[float, float]:
    size = about.get("size", "").casefold()
    if size in _PAGES:
        return _PAGES[size]
    if "width" in about and "height" in about:
        return _length(about["width"]), _length(about["height"])
    raise ValueError(_("the page size {size} is not known").format(size=size))


def _length(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    if found is None or found[2] not in _MILLIMETRES:
        raise ValueError(_("a length cannot be read"))
    return round(float(found[1]) * _MILLIMETRES[found[2]], 3)


def _templates(path: Path) -> list[_Template]:
    """Read the template elements; entities are not allowed, because they can be made to grow without end."""
    found: list[_Template] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Template":
            found.append(_Template(attributes))
        elif found and name.startswith("Label-"):
            found[-1].shapes.append(name)
            found[-1].label = attributes
        elif found and name == "Layout":
            found[-1].layouts.append(attributes)

    def refuse(*_entity: object) -> None:
        raise ValueError(_("{path} declares entities").format(path=path))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(_content(path), True)
    except expat.ExpatError as error:
        raise ValueError(_("{path}, line {line}: not XML").format(path=path, line=error.lineno)) from None
    if not found:
        raise ValueError(_("{path} holds no label template").format(path=path))
    return found


def _content(path: Path) -> bytes:
    """Return the file's bytes; documents are often packed."""
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            with gzip.open(path) as packed:
                content = packed.read(_LARGEST + 1)
    except (OSError, EOFError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        raise ValueError(_("{path} cannot be read ({reason})").format(path=path, reason=reason)) from None
    if len(content) > _LARGEST:
        raise ValueError(_("{path} is too large").format(path=path))
    return content
