"""Generate parts of docs/plugins.md: samples cut from tested files, the public names, the checks of the kits."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from gateway import api, hookspecs
from gateway.testing.kit import Kit, checks_of
from gateway.testing.output import OutputConformance
from gateway.testing.push import PushConformance
from gateway.testing.suppressor import SuppressorConformance

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "gateway" / "templates" / "plugin"
KITS: tuple[type[Kit], ...] = (OutputConformance, PushConformance, SuppressorConformance)
_API_SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "gateway" / "api").glob("*.py"))
)
_END = re.compile(r"(?<!Art)(?<!no)\. ")
_VALUES = {
    "name": "acme-sample",
    "package": "acme_sample",
    "variable": "ACME_SAMPLE_FILE",
    "file": "JSON Lines",
    "push": "Push into a system that takes JSON",
    "suppressor": "Numbers that must not be called",
}


def template(kind: str) -> str:
    """Return the source that ``gateway plugins new acme-sample`` writes, as a block of Python."""
    return f"```python\n{_filled(kind)}\n```"


def samples() -> dict[str, str]:
    """Return the samples whose lengths are told: what each provides, and its source."""
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    enclosure = page.partition("### `gateway_register_enclosures")[2].partition("```python\n")[2]
    return {
        "a file format": _filled("file"),
        "a push": _filled("push"),
        "a suppressor": _filled("suppressor"),
        "an enclosure": enclosure.partition("```")[0].strip(),
    }


def lines_of(source: str) -> tuple[int, int]:
    """Count the lines of code, and all lines, blank ones and documentation among them."""
    tree = ast.parse(source)
    documented = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = source.splitlines()
    code = [place for place, line in enumerate(lines, start=1) if line.strip() and place not in documented]
    return len(code), len(lines)


def sizes() -> str:
    """Return a table of how long the samples are."""
    rows = ["| to provide | lines of code | all lines |", "|---|---|---|"]
    counted = {what: lines_of(source) for what, source in samples().items()}
    return "\n".join([*rows, *(f"| {what} | {code} | {all_} |" for what, (code, all_) in counted.items())])


def hooks() -> dict[str, str]:
    """Return the signature of every hook, as its heading in docs/plugins.md has to show it."""
    found = {
        name: item
        for name, item in vars(hookspecs).items()
        if name.startswith("gateway_") and inspect.isfunction(item)
    }
    return {name: f"{name}{inspect.signature(item)}".replace("'", "") for name, item in found.items()}


def names() -> str:
    """Return a table of everything that ``gateway.api`` offers, with the first sentence of its documentation."""
    rows = ["| name | what it is |", "|---|---|"]
    rows += [f"| `{name}` | {_sentence(name)} |" for name in api.__all__ if name != "__version__"]
    return "\n".join(rows)


def checks() -> str:
    """Return a table of the checks of every kit."""
    rows = ["| kit | check | why |", "|---|---|---|"]
    for kit in KITS:
        for name in checks_of(kit):
            why = (
                (inspect.getdoc(getattr(kit, name)) or "")
                .split("\n\n")[0]
                .replace("\n", " ")
                .replace("``", "`")
            )
            rows.append(f"| `{kit.__name__}` | {name.removeprefix('test_').replace('_', ' ')} | {why} |")
    return "\n".join(rows)


def _sentence(name: str) -> str:
    """Return what documents a name: its docstring, or the string below its assignment."""
    item = getattr(api, name)
    if (inspect.isclass(item) or inspect.isfunction(item)) and item.__module__.startswith("gateway"):
        first = (inspect.getdoc(item) or "").split("\n\n")[0].replace("\n", " ")
        return _END.split(first)[0].rstrip(".").replace("``", "`")
    found = re.search(rf'^{name} = .*\n"""(.+?)"""', _API_SOURCE, flags=re.MULTILINE)
    return found[1].rstrip(".").replace("``", "`") if found else ""


def _filled(kind: str) -> str:
    """Return the source of a template with its placeholders filled in."""
    values = {**_VALUES, "summary": _VALUES[kind]}
    text = (TEMPLATES / kind / "plugin.py.in").read_text(encoding="utf-8")
    return re.sub(r"{{(\w+)}}", lambda found: values[found[1]], text).strip()
