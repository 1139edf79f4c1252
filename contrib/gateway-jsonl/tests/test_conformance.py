"""The format does what every format has to do."""

from __future__ import annotations

from gateway.testing import OutputConformance


class TestConformance(OutputConformance):
    """Run the gateway's kit."""

    format = "jsonl"
