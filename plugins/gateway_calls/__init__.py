"""Files for call centres, dialers and CRM systems that load the first time: ``gateway deliver --format calls``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gateway.api import OutputFormat, hookimpl

if TYPE_CHECKING:
    from gateway_calls.options import CallOptions


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat[CallOptions]]:
    """Provide the format ``calls``; what writes is imported when the format is first needed."""
    from gateway_calls.options import CallOptions, items
    from gateway_calls.proof import Proofs
    from gateway_calls.read_back import read_back
    from gateway_calls.remarks import remarks
    from gateway_calls.render import render

    proofs = Proofs()
    yield OutputFormat(
        name="calls",
        summary="phone numbers for call centres and dialers (CSV, TSV, XLSX), by profile",
        purposes={"telemarketing"},
        method="file",
        fields=items,
        render=lambda batch: render(batch, proofs),
        options=CallOptions,
        read_back=lambda folder: read_back(folder, proofs),
        remarks=remarks,
    )
