"""Salesforce: upsert by an external id field; sObject Collections (200 a call) or, for many, Bulk API 2.0.

Rules: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ (resources_composite_sobjects_
collections_upsert, …_delete, resources_limits, resources_sobject_describe; results in the order of the request, each for
itself with allOrNone=false) and …/api_asynch.meta/api_asynch/ (Bulk API 2.0).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.api import Destination, Finding, Order, Outcome, Parcel, PushLimits, Sent, Withdrawal
from gateway.i18n import _
from gateway_crm.mapping import Mapper
from gateway_crm.options import SalesforceOptions
from gateway_crm.owners import ids_by_key, parts
from gateway_crm.salesforce_bulk import BULK_BATCH, require_no_jobs, upsert_in_bulk
from gateway_crm.salesforce_client import SalesforceClient

BATCH = 200
MANY = 50_000
"""From more lines than this on, Bulk API 2.0 takes them: collections would use up the day's calls."""
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})
_PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})


class Salesforce(Destination):
    """One object of one org."""

    def __init__(self, options: SalesforceOptions, order: Order) -> None:
        self._options = options
        self._order = order
        self._mapper = Mapper(options.fields)
        self._client = SalesforceClient(options)
        self._bulk = options.api == "bulk"
        self._set_limits()

    def expect(self, lines: int) -> None:
        """Choose the API by how many lines are coming."""
        if self._options.api == "auto":
            self._bulk = lines > MANY
        self._set_limits()

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Upsert the records; each has its own result."""
        if self._bulk:
            rows = [{self._options.key_field: each.key, **self._mapper.values(each.line)} for each in parcels]
            return upsert_in_bulk(self._client, self._options, rows)
        records = [
            {
                "attributes": {"type": self._options.object},
                self._options.key_field: each.key,
                **{name: value or None for name, value in self._mapper.values(each.line).items()},
            }
            for each in parcels
        ]
        answer = self._client.call(
            "PATCH",
            f"/composite/sobjects/{self._options.object}/{self._options.key_field}",
            data={"allOrNone": False, "records": records},
        )
        return [_outcome(parcel.key, found) for parcel, found in zip(parcels, answer.json(), strict=True)]

    def check(self) -> Iterable[Finding]:
        """Compare the mapping with the object's description, and say what is left of the day's calls."""
        described = self._client.call("GET", f"/sobjects/{self._options.object}/describe").json()
        fields = {each["name"]: each for each in described["fields"]}
        yield from _mapping_findings(described, fields, self._options)
        limits = self._client.call("GET", "/limits").json().get("DailyApiRequests", {})
        left, most = int(limits.get("Remaining", 0)), int(limits.get("Max", 0))
        level = _("{left} of {most} calls of the day are left").format(left=left, most=most)
        yield Finding(level="ok" if left > most * 0.1 else "warning", message=level)

    def attach(self, path: Path) -> str:
        """Store a document as ContentVersion, in the library if one is named."""
        if not self._options.documents:
            return ""
        title = f"{self._order.delivery} {path.name}"
        known = self._query(f"SELECT Id FROM ContentVersion WHERE Title = '{title}' LIMIT 1")  # noqa: S608 - our ids
        if known:
            return str(known[0]["Id"])
        record = {
            "Title": title,
            "PathOnClient": path.name,
            "VersionData": base64.b64encode(path.read_bytes()).decode("ascii"),
        }
        if self._options.library:
            record["FirstPublishLocationId"] = self._options.library
        return str(self._client.call("POST", "/sobjects/ContentVersion", data=record).json()["id"])

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        """Delete by record id; who was never heard of is looked up by key, once no job can insert any more."""
        if not all(each.remote_id for each in sent):
            require_no_jobs(self._client, self._options)
        for part in parts(sent, BATCH // 2):  # one person may have two records
            yield from self._delete(part, ids_by_key(self._find(part), part))

    def _find(self, sent: Sequence[Sent]) -> Iterable[tuple[str, str]]:
        """Look people up by the record ids they were given and by their keys."""
        key = self._options.key_field
        keys = ", ".join(f"'{each.key}'" for each in sent)
        known = ", ".join(f"'{each.remote_id}'" for each in sent if each.remote_id)
        where = f"{key} IN ({keys})" + (f" OR Id IN ({known})" if known else "")
        rows = self._query(f"SELECT Id, {key} FROM {self._options.object} WHERE {where}")  # noqa: S608 - all ours
        return [(str(row["Id"]), str(row[key])) for row in rows]

    def _delete(self, sent: Sequence[Sent], ids: Mapping[str, Sequence[str]]) -> Iterable[Withdrawal]:
        owners = [(identifier, key) for key, found in ids.items() for identifier in found]
        kept: set[str] = set()
        if owners:
            answer = self._client.call(
                "DELETE",
                "/composite/sobjects",
                params={"ids": ",".join(identifier for identifier, _key in owners), "allOrNone": "false"},
            )
            kept = {
                key
                for (_identifier, key), result in zip(owners, answer.json(), strict=True)
                if not (result["success"] or _codes(result) & _GONE)
            }
        for each in sent:
            if each.key not in kept:
                yield Withdrawal(key=each.key, outcome="deleted" if each.key in ids else "absent")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _set_limits(self) -> None:
        batch, workers = (BULK_BATCH, 1) if self._bulk else (BATCH, self._options.workers)
        self.limits = PushLimits(batch=batch, workers=workers)

    def _query(self, text: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.call("GET", "/query", params={"q": text}).json()["records"]
        return found


def _outcome(key: str, found: Mapping[str, Any]) -> Outcome:
    if found["success"]:
        return Outcome(
            key=key, remote_id=str(found["id"]), operation="insert" if found.get("created") else "update"
        )
    if _codes(found) & _PASSING:
        return Outcome(key=key, state="again")
    return Outcome(key=key, state="rejected", reason="; ".join(map(_reason, found["errors"])))


def _codes(found: Mapping[str, Any]) -> set[str]:
    return {str(error["statusCode"]) for error in found.get("errors", ())}


def _reason(error: Mapping[str, Any]) -> str:
    """Say what was wrong by code and field names; the message may quote the record."""
    return f"{error['statusCode']}: {', '.join(error.get('fields', ()))}".rstrip(": ")


def _mapping_findings(
    described: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], options: SalesforceOptions
) -> Iterable[Finding]:
    lacking = [right for right in ("createable", "updateable", "deletable") if not described.get(right)]
    if lacking:
        message = _("the user may not: {rights}").format(rights=", ".join(lacking))
        yield Finding(level="error", message=message)
    key = fields.get(options.key_field)
    if key is None or not key.get("externalId") or not key.get("unique"):
        message = _("the field {name} must be an external id and unique").format(name=options.key_field)
        yield Finding(level="error", message=message)
    missing = [name for name in options.fields if name not in fields]
    if missing:
        message = _("{model} has no fields {names}").format(model=options.object, names=", ".join(missing))
        yield Finding(level="error", message=message)
    fixed = [
        name
        for name in options.fields
        if name in fields and not (fields[name].get("createable") and fields[name].get("updateable"))
    ]
    if fixed:
        message = _("these fields cannot be written: {names}").format(names=", ".join(fixed))
        yield Finding(level="error", message=message)
    needed = [
        name
        for name, each in fields.items()
        if each.get("createable")
        and not each.get("nillable", True)
        and not each.get("defaultedOnCreate")
        and name not in (*options.fields, options.key_field)
    ]
    if needed:
        message = _("the app requires fields without a mapping: {names}").format(names=", ".join(needed))
        yield Finding(level="error", message=message)
    if key is not None and not (missing or fixed or needed or lacking):
        count = len(options.fields)
        yield Finding(level="ok", message=_("the mapping fits the form ({count} fields)").format(count=count))
