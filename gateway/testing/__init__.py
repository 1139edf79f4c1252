"""What plugin authors import in their tests: conformance kits, synthetic people, workspaces, readers, a server's double.

A name is loaded when it is first asked for, and nothing is registered with pytest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.people.person import Person
    from gateway.testing.awkward import awkward_people
    from gateway.testing.batch import MemoryBatch, line_code
    from gateway.testing.command import run_command
    from gateway.testing.notation import respell
    from gateway.testing.output import OutputConformance
    from gateway.testing.package_text import cells_of, metadata_of, text_of, values_of
    from gateway.testing.people import synthetic_people
    from gateway.testing.push import FarSide, PushConformance
    from gateway.testing.server import Request, Response, loopback_server
    from gateway.testing.suppressor import SuppressorConformance
    from gateway.testing.workspace import Vendor, manifest_of, open_workspace

__all__ = [
    "FarSide",
    "MemoryBatch",
    "OutputConformance",
    "Person",
    "PushConformance",
    "Request",
    "Response",
    "SuppressorConformance",
    "Vendor",
    "awkward_people",
    "cells_of",
    "line_code",
    "loopback_server",
    "manifest_of",
    "metadata_of",
    "open_workspace",
    "respell",
    "run_command",
    "synthetic_people",
    "text_of",
    "values_of",
]

_MODULES = {
    "gateway.people.person": ("Person",),
    "gateway.testing.awkward": ("awkward_people",),
    "gateway.testing.batch": ("MemoryBatch", "line_code"),
    "gateway.testing.command": ("run_command",),
    "gateway.testing.notation": ("respell",),
    "gateway.testing.output": ("OutputConformance",),
    "gateway.testing.package_text": ("cells_of", "metadata_of", "text_of", "values_of"),
    "gateway.testing.people": ("synthetic_people",),
    "gateway.testing.push": ("FarSide", "PushConformance"),
    "gateway.testing.server": ("Request", "Response", "loopback_server"),
    "gateway.testing.suppressor": ("SuppressorConformance",),
    "gateway.testing.workspace": ("Vendor", "manifest_of", "open_workspace"),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name from the module that holds it (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return __all__
