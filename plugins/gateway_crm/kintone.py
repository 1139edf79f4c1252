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
from gateway_crm.kintone_forms import document_findings, form_findings
from gateway_crm.mapping import Mapper
from gateway_crm.options import KintoneOptions
from gateway_crm.owners import ids_by_key, parts

BATCH = 100
_MOST_WORKERS = 8
_CROWDED = 0.8
"""From this share of the domain's concurrent calls on, a worker pauses before its next one."""
_PLACE = re.compile(r"records\[(\d+)\](?:\.record)?\.?([^.\[]*)")
_CONFLICTS = frozenset({"GAIA_CO02", "GAIA_UN03", "GAIA_DA02"})
_NO_RIGHT = frozenset({"CB_NO02", "GAIA_NO01"})
"""Codes for a right that the user, or the token, does not have."""
_NOBODY = 9_007_199_254_740_991
"""A record number that no app will ever reach."""
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
        """Compare the mapping with the app's form, ask for the token's rights, and say how busy the domain is."""
        options = self._options
        answer = self._get("app/form/fields.json", {"app": str(options.app)})
        if not answer.ok:
            yield Finding(level="error", message=_told(answer))
            return
        form = answer.json()["properties"]
        yield from form_findings(form, options)
        yield from self._rights()
        if options.documents_field:
            other = options.documents_app not in (0, options.app)
            yield from self._documents_findings() if other else document_findings(form, options)
        limit, running = _concurrency(answer)
        if limit:
            message = _("{running} of {limit} calls are under way in the domain")
            yield Finding(level="ok", message=message.format(running=running, limit=limit))

    def _rights(self) -> Iterable[Finding]:
        """Try calls that can change nothing: no record to add, and one to change and delete that cannot exist.

        What is refused for anything but a missing right says nothing about it, and nothing is told.
        """
        app = self._options.app
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "add": ("POST", {"app": app, "records": []}),
            "edit": ("PUT", {"app": app, "records": [{"id": _NOBODY, "record": {}}]}),
            "delete": ("DELETE", {"app": app, "ids": [_NOBODY]}),
        }
        codes = {
            right: _code(self._call(method, "records.json", data)) for right, (method, data) in calls.items()
        }
        lacking = [right for right, code in codes.items() if code in _NO_RIGHT]
        if lacking:
            yield Finding(
                level="error",
                message=_("the token lacks the rights: {rights}").format(rights=", ".join(lacking)),
            )

    def _documents_findings(self) -> Iterable[Finding]:
        answer = self._get("app/form/fields.json", {"app": str(self._options.documents_app)})
        if not answer.ok:
            return [Finding(level="error", message=_told(answer))]
        return document_findings(answer.json()["properties"], self._options)

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
        for part in parts(sent, BATCH // 2):  # one person may have two records, and a URL may not be too long
            ids = ids_by_key(self._find(part), part)
            numbers = sorted(int(identifier) for found in ids.values() for identifier in found)
            if numbers:
                self._require_ok(
                    self._call("DELETE", "records.json", {"app": self._options.app, "ids": numbers})
                )
            for each in part:
                yield Withdrawal(key=each.key, outcome="deleted" if each.key in ids else "absent")

    def _find(self, sent: Sequence[Sent]) -> Iterable[tuple[str, str]]:
        """Look people up by the record ids they were given and by their keys."""
        key = self._options.key_field
        keys = ", ".join(f'"{each.key}"' for each in sent)
        known = ", ".join(f'"{each.remote_id}"' for each in sent if each.remote_id)
        where = f"{key} in ({keys})" + (f" or $id in ({known})" if known else "")
        answer = self._get(
            "records.json",
            {
                "app": str(self._options.app),
                "query": f"{where} limit {BATCH}",
                "fields[0]": "$id",
                "fields[1]": key,
            },
        )
        self._require_ok(answer)
        return [(each["$id"]["value"], each[key]["value"]) for each in answer.json()["records"]]

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
    code = _code(answer)
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
    return _("kintone answers HTTP {status} {code}").format(status=answer.status, code=_code(answer)).strip()


def _code(answer: Answer) -> str:
    return str(answer.table().get("code", ""))
