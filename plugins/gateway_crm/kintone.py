"""kintone: PUT records.json with upsert, 100 records a call, one bad record cancels the call.

Rules: https://cybozu.dev/ja/kintone/docs/rest-api/records/update-records/ (UPSERT, 100 records, order of the answer),
https://cybozu.dev/ja/kintone/docs/overview/kintone-rest-api/ (errors), …/docs/overview/request-limitation/ (100 calls
at a time for the whole domain: the client's own screens suffer too).
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
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
from gateway_crm.http import Answer, Connection, judge
from gateway_crm.mapping import Mapper
from gateway_crm.options import KintoneOptions

BATCH = 100
_MOST_WORKERS = 8
_CROWDED = 0.8
"""From this share of the domain's concurrent calls on, a worker pauses before its next one."""
_PLACE = re.compile(r"records\[(\d+)\](?:\.record)?\.?([^.\[]*)")
_CONFLICTS = frozenset({"GAIA_CO02", "GAIA_UN03", "GAIA_DA02"})
_OPERATIONS: dict[str, Any] = {"INSERT": "insert", "UPDATE": "update"}


class Kintone(Destination):
    """One app; records are upserted by a text field without duplicates."""

    def __init__(self, options: KintoneOptions, order: Order) -> None:
        workers = min(options.workers, _MOST_WORKERS)
        self.limits = PushLimits(batch=BATCH, workers=workers)
        self._options = options
        self._order = order
        self._mapper = Mapper(options.fields)
        self._root = f"/k/guest/{options.guest_space}/v1" if options.guest_space else "/k/v1"
        self._connection = Connection(
            options.url,
            timeout=options.timeout,
            workers=workers,
            headers={"X-Cybozu-API-Token": str(options.token)},
        )

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Upsert up to 100 records; they are answered in their order."""
        records = [
            {
                "updateKey": {"field": self._options.key_field, "value": each.key},
                "record": {
                    field: {"value": value} for field, value in self._mapper.values(each.line).items()
                },
            }
            for each in parcels
        ]
        answer = self._call(
            "PUT", "records.json", {"app": self._options.app, "upsert": True, "records": records}
        )
        if not answer.ok:
            raise _fault(answer, parcels)
        self._give_way(answer)
        return [
            Outcome(
                key=parcel.key,
                remote_id=str(found.get("id", "")),
                operation=_OPERATIONS.get(found.get("operation", ""), ""),
            )
            for parcel, found in zip(parcels, answer.json()["records"], strict=True)
        ]

    def check(self) -> Iterable[Finding]:
        """Compare the mapping with the app's form, and say how busy the domain is."""
        answer = self._get("app/form/fields.json", {"app": str(self._options.app)})
        if not answer.ok:
            yield Finding(level="error", message=_told(answer))
            return
        yield from _form_findings(answer.json()["properties"], self._options)
        limit, running = _concurrency(answer)
        if limit:
            message = _("{running} of {limit} calls are under way in the domain")
            yield Finding(level="ok", message=message.format(running=running, limit=limit))

    def attach(self, path: Path) -> str:
        """Put a document into a record of the documents' app, named after delivery and document."""
        if not self._options.documents_field:
            return ""
        options = self._options
        app, title = options.documents_app or options.app, f"{self._order.delivery} {path.name}"
        known = self._get(
            "records.json", {"app": str(app), "query": f'{options.documents_name_field} = "{title}"'}
        )
        self._require_ok(known)
        if known.json()["records"]:
            return str(known.json()["records"][0]["$id"]["value"])
        uploaded = self._connection.call(
            "POST",
            f"{self._root}/file.json",
            files={"file": (path.name, path.read_bytes(), "application/pdf")},
        )
        self._require_ok(uploaded)
        record: dict[str, Any] = {
            options.documents_name_field: {"value": title},
            options.documents_field: {"value": [{"fileKey": uploaded.json()["fileKey"]}]},
        }
        if app == options.app:
            record[options.key_field] = {"value": title}
        made = self._call("POST", "record.json", {"app": app, "record": record})
        self._require_ok(made)
        return str(made.json()["id"])

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        """Delete by record id; who is there is looked up first, for one unknown id would cancel the call."""
        keys = ", ".join(f'"{each.key}"' for each in sent)
        found = self._get(
            "records.json",
            {
                "app": str(self._options.app),
                "query": f"{self._options.key_field} in ({keys}) limit {BATCH}",
                "fields[0]": "$id",
                "fields[1]": self._options.key_field,
            },
        )
        self._require_ok(found)
        ids = {
            each[self._options.key_field]["value"]: each["$id"]["value"] for each in found.json()["records"]
        }
        if ids:
            self._require_ok(
                self._call(
                    "DELETE",
                    "records.json",
                    {"app": self._options.app, "ids": sorted(map(int, ids.values()))},
                )
            )
        return [Withdrawal(key=each.key, outcome="deleted" if each.key in ids else "absent") for each in sent]

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _call(self, method: str, path: str, data: Mapping[str, object]) -> Answer:
        return self._connection.call(method, f"{self._root}/{path}", data=data)

    def _get(self, path: str, params: Mapping[str, str]) -> Answer:
        return self._connection.call("GET", f"{self._root}/{path}", params=params)

    def _require_ok(self, answer: Answer) -> None:
        if not answer.ok:
            raise _fault(answer, ())

    def _give_way(self, answer: Answer) -> None:
        """Leave room for the client's own people, who share the limit."""
        limit, running = _concurrency(answer)
        if limit and running >= limit * _CROWDED:
            time.sleep(1.0)


def _concurrency(answer: Answer) -> tuple[int, int]:
    def number(name: str) -> int:
        text = answer.headers.get(name, "")
        return int(text) if text.isdigit() else 0

    return number("X-ConcurrencyLimit-Limit"), number("X-ConcurrencyLimit-Running")


def _fault(answer: Answer, parcels: Sequence[Parcel]) -> TryLater | Unacceptable | Failed:
    """Read an error: by its code it is of the whole call, of named records, or passing."""
    table = answer.table()
    code = str(table.get("code", ""))
    if code in _CONFLICTS:
        return TryLater(code)
    if answer.status in (400, 413) and parcels:
        reasons = _named(table.get("errors"), code, parcels)
        if reasons or code in ("CB_VA01", "GAIA_RE18", ""):
            return Unacceptable(reasons, reason=code or f"HTTP {answer.status}")
    if code:
        return Failed("crm_refused", _told(answer), hint=_("check the app with: gateway crm check"))
    try:
        judge(answer)
    except (TryLater, Failed) as signal:
        return signal
    return Failed("crm_refused", _told(answer))


def _named(errors: object, code: str, parcels: Sequence[Parcel]) -> dict[str, str]:
    """Return the reason for each record that the answer names by its place: a code and field codes."""
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for place in errors if isinstance(errors, dict) else ():
        if (match := _PLACE.match(str(place))) and int(match[1]) < len(parcels):
            fields[parcels[int(match[1])].key].append(match[2])
    return {key: f"{code}: {', '.join(sorted(filter(None, names)))}" for key, names in fields.items()}


def _told(answer: Answer) -> str:
    code = str(answer.table().get("code", ""))
    return _("kintone answers HTTP {status} {code}").format(status=answer.status, code=code).strip()


def _form_findings(form: Mapping[str, Any], options: KintoneOptions) -> Iterable[Finding]:
    key = form.get(options.key_field)
    if key is None or key["type"] not in ("SINGLE_LINE_TEXT", "NUMBER") or not key.get("unique"):
        message = _("the field {name} must be 文字列(1行) with 値の重複を禁止する")
        yield Finding(level="error", message=message.format(name=options.key_field))
    missing = [field for field in options.fields if field not in form]
    if missing:
        yield Finding(
            level="error", message=_("the app has no fields {names}").format(names=", ".join(missing))
        )
    fixed = [field for field in options.fields if field in form and form[field]["type"] in _READ_ONLY]
    if fixed:
        yield Finding(
            level="error", message=_("these fields cannot be written: {names}").format(names=", ".join(fixed))
        )
    needed = [
        field
        for field, shape in form.items()
        if shape.get("required") and field not in options.fields and not shape.get("defaultValue")
    ]
    if needed and set(needed) != {options.key_field}:
        names = ", ".join(sorted(set(needed) - {options.key_field}))
        yield Finding(
            level="error", message=_("the app requires fields without a mapping: {names}").format(names=names)
        )
    if not missing and key is not None:
        yield Finding(
            level="ok",
            message=_("the mapping fits the form ({count} fields)").format(count=len(options.fields)),
        )


_READ_ONLY = frozenset(
    {"RECORD_NUMBER", "CREATOR", "CREATED_TIME", "MODIFIER", "UPDATED_TIME", "CALC", "STATUS", "CATEGORY",
     "STATUS_ASSIGNEE", "REFERENCE_TABLE", "GROUP", "SUBTABLE", "FILE"}
)  # fmt: skip
