"""The gateway's own formats are customers of the kit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gateway.testing.output import OutputConformance


class TestLabels(OutputConformance):
    """Labels as they come."""

    format = "labels"


class TestCalls(OutputConformance):
    """Call files as they come."""

    format = "calls"


class TestCallsAsSpreadsheet(OutputConformance):
    """Call files as a workbook."""

    format = "calls"
    options: ClassVar[Mapping[str, str]] = {"profile": "xlsx"}
