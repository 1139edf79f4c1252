"""Address labels with customer barcode and line code: ``gateway deliver --format labels``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gateway.api import OutputFormat, hookimpl

if TYPE_CHECKING:
    from gateway_labels.options import LabelOptions


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat[LabelOptions]]:
    """Provide the format ``labels``; what draws is imported when the format is first needed."""
    from gateway_labels.options import LabelOptions
    from gateway_labels.read_back import read_back
    from gateway_labels.render import render

    yield OutputFormat(
        name="labels",
        summary="address labels (PDF) with customer barcode and line code",
        purposes={"dm"},
        method="printed_labels",
        fields={"name", "address", "company", "department", "title", "honorific", "joint_names"},
        render=render,
        options=LabelOptions,
        read_back=read_back,
    )
