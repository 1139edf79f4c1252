"""HubSpot: contacts by batch upsert on a unique property of its own, 100 a call, errors by record.

Rules: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/batch/post-crm-v3-objects-contacts-batch-upsert
(inputs, 200 and 207, objectWriteTraceId), …/docs/developer-tooling/platform/usage-guidelines (calls in ten seconds and a
day, ``policyName``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.api import (
    Destination,
    Failed,
    Finding,
    Order,
    Outcome,
    Parcel,
    PushLimits,
    Sent,
    TryLater,
    Unacceptable,
    Withdrawal,
)
from gateway.i18n import _
from gateway_crm.http import Answer, Connection, judge, quota_reached, wait_asked
from gateway_crm.mapping import Mapper
from gateway_crm.options import HubSpotOptions

BATCH = 100
_CONTACTS = "/crm/v3/objects/contacts"
_WINDOW = 10.0


class HubSpot(Destination):
    """The contacts of one account."""

    def __init__(self, options: HubSpotOptions, _order: Order) -> None:
        # A tenth of the window's calls is left to the client's other integrations.
        self.limits = PushLimits(
            batch=BATCH, workers=options.workers, per_second=options.calls / _WINDOW * 0.9
        )
        self._options = options
        self._mapper = Mapper(options.fields)
        self._connection = Connection(
            options.url,
            timeout=options.timeout,
            workers=options.workers,
            headers={"Authorization": f"Bearer {options.token!s}"},
        )

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Upsert up to 100 contacts; results are matched by the key, for their order is not promised."""
        inputs = [
            {
                "id": each.key,
                "idProperty": self._options.key_field,
                "objectWriteTraceId": each.key,
                "properties": {**self._mapper.values(each.line), self._options.key_field: each.key},
            }
            for each in parcels
        ]
        answer = self._connection.call("POST", f"{_CONTACTS}/batch/upsert", data={"inputs": inputs})
        keys = {each.key for each in parcels}
        if answer.status == 400:
            raise Unacceptable(_reasons([answer.table()], keys), reason=_category(answer.table()))
        _judge(answer)
        table = answer.json()
        reasons = _reasons(table.get("errors", ()), keys)
        done = [self._accepted(each) for each in table.get("results", ())]
        return [
            *done,
            *(Outcome(key=key, state="rejected", reason=reason) for key, reason in reasons.items()),
        ]

    def check(self) -> Iterable[Finding]:
        """Compare the mapping with the account's properties, and say what is left of the day's calls."""
        answer = self._connection.call("GET", "/crm/v3/properties/contacts")
        _judge(answer)
        known = {each["name"]: each for each in answer.json()["results"]}
        key = known.get(self._options.key_field)
        if key is None or not key.get("hasUniqueValue"):
            message = _("the property {name} must exist with unique values")
            yield Finding(level="error", message=message.format(name=self._options.key_field))
        missing = [name for name in self._options.fields if name not in known]
        if missing:
            yield Finding(
                level="error", message=_("there are no properties {names}").format(names=", ".join(missing))
            )
        fixed = [name for name in self._options.fields if _read_only(known.get(name, {}))]
        if fixed:
            yield Finding(
                level="error",
                message=_("these fields cannot be written: {names}").format(names=", ".join(fixed)),
            )
        if not missing and not fixed and key is not None:
            count = len(self._options.fields)
            yield Finding(
                level="ok", message=_("the mapping fits the form ({count} fields)").format(count=count)
            )
        yield from self._quota()

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        """Erase (GDPR delete) or archive; who is there is looked up by key first."""
        answer = self._connection.call(
            "POST",
            f"{_CONTACTS}/batch/read",
            data={
                "idProperty": self._options.key_field,
                "properties": [self._options.key_field],
                "inputs": [{"id": each.key} for each in sent],
            },
        )
        _judge(answer)
        ids = {each["properties"][self._options.key_field]: each["id"] for each in answer.json()["results"]}
        if self._options.erase:
            for identifier in ids.values():
                _judge(
                    self._connection.call("POST", f"{_CONTACTS}/gdpr-delete", data={"objectId": identifier})
                )
        elif ids:
            inputs = [{"id": identifier} for identifier in ids.values()]
            _judge(self._connection.call("POST", f"{_CONTACTS}/batch/archive", data={"inputs": inputs}))
        return [Withdrawal(key=each.key, outcome="deleted" if each.key in ids else "absent") for each in sent]

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _accepted(self, found: Mapping[str, Any]) -> Outcome:
        key = found.get("objectWriteTraceId") or found["properties"][self._options.key_field]
        return Outcome(
            key=str(key), remote_id=str(found["id"]), operation="insert" if found.get("new") else "update"
        )

    def _quota(self) -> Iterable[Finding]:
        answer = self._connection.call("GET", "/account-info/v3/api-usage/daily/private-apps")
        if answer.ok:
            for each in answer.json().get("results", ()):
                limit, used = int(each.get("usageLimit", 0)), int(each.get("currentUsage", 0))
                level = "warning" if limit and used > limit * 0.9 else "ok"
                message = _("{used} of {limit} calls of the day are used").format(used=used, limit=limit)
                yield Finding(level="warning" if level == "warning" else "ok", message=message)


def _judge(answer: Answer) -> None:
    """Tell the day's limit, which ends the run, from that of ten seconds, which only delays it."""
    if answer.status == 429:
        if answer.table().get("policyName") == "DAILY":
            raise quota_reached("HubSpot")
        raise TryLater("HTTP 429", after=wait_asked(answer) or _WINDOW)
    judge(answer)
    if not answer.ok:
        raise Failed(
            "crm_refused",
            _("HubSpot answers HTTP {status} {category}").format(
                status=answer.status, category=_category(answer.table())
            ),
        )


def _reasons(errors: Iterable[Mapping[str, Any]], keys: set[str]) -> dict[str, str]:
    """Return the reasons of the records that errors name in their context, by code and property names."""
    reasons: dict[str, str] = {}
    for error in errors:
        context = error.get("context") or {}
        named = [*context.get("objectWriteTraceId", ()), *context.get("ids", ()), *context.get("id", ())]
        properties = sorted({*context.get("propertyName", ()), *_inner_names(error)})
        for key in named:
            if key in keys:
                reasons[key] = f"{_category(error)}: {', '.join(properties)}".rstrip(": ")
    return reasons


def _inner_names(error: Mapping[str, Any]) -> Iterable[str]:
    for inner in error.get("errors") or ():
        yield from (inner.get("context") or {}).get("propertyName", ())
        if inner.get("in"):
            yield str(inner["in"])


def _category(error: Mapping[str, Any]) -> str:
    return str(error.get("category") or error.get("status") or "error")


def _read_only(shape: Mapping[str, Any]) -> bool:
    return bool((shape.get("modificationMetadata") or {}).get("readOnlyValue"))
