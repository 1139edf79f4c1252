"""Pin what makes up this gateway: itself and every distribution that brings plugins or commands."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from gateway.entry_points import COMMANDS, FIRST_PARTY, PLUGINS, installed


def pinned_requirements() -> list[str]:
    """Return requirement lines, as pip reads them, in order; what was installed from a URL is pinned to it (PEP 610)."""
    names = {
        FIRST_PARTY,
        *(point.distribution for group in (PLUGINS, COMMANDS) for point in installed(group)),
    }
    return [_pinned(name) for name in sorted(names)]


def _pinned(name: str) -> str:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return f"# {name} has no readable metadata"
    origin = _origin(found)
    return f"{name} @ {origin}" if origin else f"{name}=={found.version}"


def _origin(found: Distribution) -> str:
    """Return the URL that a distribution was installed from, with the commit where it is known."""
    text = found.read_text("direct_url.json")
    if not text:
        return ""
    content = json.loads(text)
    commit = content.get("vcs_info", {}).get("commit_id", "")
    kind = content.get("vcs_info", {}).get("vcs", "")
    return f"{kind}+{content['url']}@{commit}" if commit else str(content["url"])
