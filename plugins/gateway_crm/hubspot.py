"""HubSpot: contacts by batch upsert on a unique property of its own, 100 a call, errors by record.

Rules: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/batch/post-crm-v3-objects-contacts-batch-upsert
(inputs, 200 and 207, objectWriteTraceId), …/docs/apps/legacy-apps/private-apps/overview (a token's scopes), …/docs/developer-tooling/platform/usage-guidelines (calls in ten seconds and a
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
from gateway_crm.http import Answer, Connection, judge, quota_reached
from gateway_crm.mapping import Mapper
from gateway_crm.options import HubSpotOptions
from gateway_crm.owners import ids_by_key

BATCH = 100
_CONTACTS = "/crm/v3/objects/contacts"
_WINDOW = 10.0
_SCOPES = frozenset({"crm.objects.contacts.read", "crm.objects.contacts.write"})
"""What a push needs; the older scope ``contacts`` holds both."""
_MAPPING_FAULTS = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})


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
            _require_mapping(answer)
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
        yield from self._rights()
        yield from self._quota()

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        """Erase (GDPR delete) or archive by contact id; who is there is looked up by the id given and by key."""
        known = [each.remote_id for each in sent if each.remote_id]
        found = [*self._read(known), *self._read([each.key for each in sent], self._options.key_field)]
        ids = ids_by_key(found, sent)
        if not self._options.erase:
            self._archive([identifier for identifiers in ids.values() for identifier in identifiers])
        for each in sent:
            if self._options.erase:
                self._erase(ids.get(each.key, ()))
            yield Withdrawal(key=each.key, outcome="deleted" if each.key in ids else "absent")

    def _erase(self, ids: Iterable[str]) -> None:
        for identifier in ids:
            _judge(self._connection.call("POST", f"{_CONTACTS}/gdpr-delete", data={"objectId": identifier}))

    def _archive(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), BATCH):
            inputs = [{"id": identifier} for identifier in ids[start : start + BATCH]]
            _judge(self._connection.call("POST", f"{_CONTACTS}/batch/archive", data={"inputs": inputs}))

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _read(self, values: Sequence[str], by: str = "") -> Iterable[tuple[str, str]]:
        """Look contacts up by their ids or by a unique property; those that exist with their keys."""
        if not values:
            return []
        data: dict[str, Any] = {
            "properties": [self._options.key_field],
            "propertiesWithHistory": [],
            "inputs": [{"id": each} for each in values],
        }
        if by:
            data["idProperty"] = by
        answer = self._connection.call("POST", f"{_CONTACTS}/batch/read", data=data)
        _judge(answer)
        return [
            (str(each["id"]), str(each["properties"].get(self._options.key_field)))
            for each in answer.json()["results"]
        ]

    def _accepted(self, found: Mapping[str, Any]) -> Outcome:
        key = found.get("objectWriteTraceId") or found["properties"][self._options.key_field]
        return Outcome(
            key=str(key), remote_id=str(found["id"]), operation="insert" if found.get("new") else "update"
        )

    def _rights(self) -> Iterable[Finding]:
        """Ask what a private app's token may do; other tokens are not told about."""
        answer = self._connection.call(
            "POST",
            "/oauth/v2/private-apps/get/access-token-info",
            data={"tokenKey": str(self._options.token)},
        )
        scopes = set(answer.table().get("scopes", ()))
        lacking = sorted(_SCOPES - scopes) if answer.ok and scopes and "contacts" not in scopes else []
        if lacking:
            message = _("the token lacks the scopes {names}").format(names=", ".join(lacking))
            yield Finding(level="error", message=message)

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
        raise TryLater("HTTP 429", after=answer.wait or _WINDOW)
    judge(answer)
    if not answer.ok:
        raise Failed(
            "crm_refused",
            _("HubSpot answers HTTP {status} {category}").format(
                status=answer.status, category=_category(answer.table())
            ),
        )


def _require_mapping(answer: Answer) -> None:
    """Tell a mapping that does not fit any more, which ends the run, from bad records."""
    names = {
        str(name)
        for error in answer.table().get("errors") or ()
        if error.get("code") in _MAPPING_FAULTS
        for name in (error.get("context") or {}).get("propertyName", ())
    }
    if names:
        raise Failed(
            "crm_refused",
            _("there are no properties {names}").format(names=", ".join(sorted(names))),
            hint=_("check the mapping with: gateway crm check"),
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
