"""Any in-house system: signed JSON batches to a URL (docs/crm.md has the receiver's side)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from gateway.api import (
    Destination,
    Failed,
    Finding,
    Line,
    Order,
    Outcome,
    Parcel,
    PushLimits,
    Sent,
    Unacceptable,
    Withdrawal,
)
from gateway.i18n import _
from gateway_crm.http import Answer, Connection, judge
from gateway_crm.mapping import Mapper
from gateway_crm.options import WebhookOptions

_STATES: dict[str, Literal["accepted", "rejected", "again"]] = {
    "accepted": "accepted",
    "rejected": "rejected",
    "retry": "again",
}

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Webhook(Destination):
    """Posts batches; a plain 2xx accepts all of a batch, a JSON answer may say of each record what became of it."""

    def __init__(self, options: WebhookOptions, order: Order) -> None:
        self.limits = PushLimits(batch=options.batch, workers=options.workers)
        self._options = options
        self._order = order
        self._mapper = Mapper(options.fields)
        self._connection = Connection(options.url, timeout=options.timeout, workers=options.workers)

    def check(self) -> Iterable[Finding]:
        """Post an empty batch, which a receiver answers like any other."""
        answer = self._post("check", [])
        judge(answer)
        if answer.ok:
            return [Finding(level="ok", message=_("the receiver answers and knows the signature"))]
        return [
            Finding(
                level="error", message=_("the receiver answers HTTP {status}").format(status=answer.status)
            )
        ]

    def prepare(self, key: str, line: Line) -> str:
        """Write a record."""
        return _json({"key": key, "fields": self._mapper.values(line)})

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Post one batch."""
        answer = self._post(
            "push", [str(each.prepared or self.prepare(each.key, each.line)) for each in parcels]
        )
        if answer.status in (400, 413, 422):
            reasons = answer.table().get("errors", {})
            named = (
                {str(key): str(reason) for key, reason in reasons.items()}
                if isinstance(reasons, dict)
                else {}
            )
            raise Unacceptable(named, reason=f"HTTP {answer.status}")
        judge(answer)
        _require_ok(answer)
        results = _results(answer)
        return (
            [_outcome(each.key, results.get(each.key)) for each in parcels]
            if results is not None
            else [Outcome(key=each.key) for each in parcels]
        )

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        """Post the keys of people who have opted out; only what the receiver answers for counts as withdrawn."""
        answer = self._post("withdraw", [_json({"key": each.key, "id": each.remote_id}) for each in sent])
        judge(answer)
        _require_ok(answer)
        results = _results(answer) or {}
        return [
            Withdrawal(key=key, outcome=result["status"])
            for key, result in results.items()
            if result.get("status") in ("deleted", "flagged", "absent")
        ]

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _post(self, event: str, records: Sequence[str]) -> Answer:
        """Post records, each written as JSON already."""
        head = {
            "event": event,
            "delivery": self._order.delivery,
            "client": self._order.client,
            "purpose": self._order.purpose,
        }
        body = f'{_json(head)[:-1]},"records":[{",".join(records)}]}}'.encode()
        stamp = str(int(time.time()))
        signature = hmac.new(self._options.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
        return self._connection.call(
            "POST",
            "",
            content=body,
            headers={
                "Content-Type": "application/json",
                "X-Gateway-Event": event,
                "X-Gateway-Timestamp": stamp,
                "X-Gateway-Signature": f"sha256={signature.hexdigest()}",
                # The same batch bears the same key, however often it is sent.
                "Idempotency-Key": hashlib.sha256(body).hexdigest(),
            },
        )


def _require_ok(answer: Answer) -> None:
    if not answer.ok:
        raise Failed(
            "crm_refused",
            _("the receiver answers HTTP {status}").format(status=answer.status),
            hint=_("ask the client what its receiver expects"),
        )


def _results(answer: Answer) -> dict[str, dict[str, Any]] | None:
    """Return the results by key, or ``None`` when the receiver only says that all went well."""
    results = answer.table().get("results")
    if not isinstance(results, list):
        return None
    return {str(each.get("key")): each for each in results if isinstance(each, dict)}


def _outcome(key: str, result: Mapping[str, Any] | None) -> Outcome:
    if result is None or result.get("status") not in _STATES:
        return Outcome(key=key, state="again")
    operation = result.get("operation")
    return Outcome(
        key=key,
        state=_STATES[result["status"]],
        remote_id=str(result.get("id") or ""),
        operation=operation if operation in ("insert", "update") else "",
        reason=str(result.get("reason") or ""),
    )
