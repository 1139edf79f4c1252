"""The manifest: what a package is, without personal data. The release entry of the journal covers its hash."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway import __version__
from gateway.db.clock import stamp
from gateway.delivery.attempt import Attempt
from gateway.delivery.enclosing import LEGAL_BASIS
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.staging import PackageFile
from gateway.documents.data import Counts


def manifest(
    accepted: AcceptedOrder,
    attempt: Attempt,
    *,
    fence: int,
    counts: Counts,
    files: Sequence[PackageFile],
    entry: int,
    previous_hash: str,
    created_at: datetime,
    released_at: datetime,
    reports: Mapping[str, int],
) -> bytes:
    """Write a manifest (UTF-8 JSON); ``entry`` is the number of the release entry to come.

    ``reports`` are the format's own counts: what was replaced or left out without holding a line back.
    """
    plugin = accepted.format.plugin
    content = {
        "delivery": attempt.id,
        "client": accepted.client.id,
        "purpose": accepted.purpose,
        "legal_basis": LEGAL_BASIS,
        "format": accepted.format.item.name,
        "options": dict(accepted.request.sets),
        "reference": accepted.request.reference,
        "items": sorted(accepted.fields),
        "filing": {"version": attempt.filing_version, "number": accepted.filing.number},
        "pledge": {
            "id": accepted.pledge.id,
            "signed_on": accepted.pledge.signed_on.isoformat(),
            "valid_until": accepted.pledge.valid_until.isoformat(),
            "sha256": accepted.pledge.file_sha256,
        },
        "fence": fence,
        "counts": {
            "requested": counts.requested,
            "suppressed": counts.suppressed,
            "held": counts.held,
            "refused": counts.refused,
            "delivered": counts.delivered,
        },
        "reports": dict(sorted(reports.items())),
        "files": [{"name": each.name, "bytes": each.bytes, "sha256": each.sha256} for each in files],
        "log": {"entry": entry, "previous_hash": previous_hash},
        "software": {
            "gateway": __version__,
            "plugin": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
        },
        "created_at": stamp(created_at),
        "released_at": stamp(released_at),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
