"""Tryton: parties by JSON-RPC. There is no upsert: look up by code, then create and write; a call is one transaction.

Read from trytond 8.2: RPC is at ``/DATABASE/rpc/``, application errors come with HTTP 200, a wrong login with 401.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
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
    TryLater,
    Unacceptable,
    Withdrawal,
)
from gateway.i18n import _
from gateway_crm.http import Connection, judge
from gateway_crm.mapping import Mapper
from gateway_crm.options import TrytonOptions
from gateway_crm.owners import ids_by_key

MARK = "delivery-gateway"
"""The name of contact mechanisms that pushes have made, and the code of the party that bears the documents."""
_PARTY = "party.party"
_PARTS = ("addresses", "contact_mechanisms", "identifiers")
_RECORD_FAULTS = ("UserError", "UserWarning", "RequiredValidationError", "SizeValidationError")


class Tryton(Destination):
    """The parties of one database."""

    def __init__(self, options: TrytonOptions, order: Order) -> None:
        self.limits = PushLimits(batch=options.batch, workers=options.workers)
        self._options = options
        self._order = order
        self._mapper = Mapper(options.fields)
        self._connection = Connection(options.url, timeout=options.timeout, workers=options.workers)
        self._session = ""
        self._login = Lock()

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Create the parties whose code is new, and write the others."""
        try:
            known = self._known([each.key for each in parcels])
            new = [each for each in parcels if each.key not in known]
            made = self._model("create", [self._fresh(each) for each in new]) if new else []
            old = [each for each in parcels if each.key in known]
            if old:
                self._write(old, known)
        except _Rejected as fault:
            raise Unacceptable({}, reason=str(fault)) from fault
        return [
            *(
                Outcome(key=each.key, remote_id=str(identifier), operation="insert")
                for each, identifier in zip(new, made, strict=True)
            ),
            *(Outcome(key=each.key, remote_id=str(known[each.key]), operation="update") for each in old),
        ]

    def check(self) -> Iterable[Finding]:
        """Compare the mapping with the models' fields, and ask for the rights to create, write and delete."""
        for model, names in self._names().items():
            known = self._call(f"model.{model}.fields_get", [])
            missing = sorted(names - set(known))
            if missing:
                message = _("{model} has no fields {names}").format(model=model, names=", ".join(missing))
                yield Finding(level="error", message=message)
            fixed = sorted(name for name in names & set(known) if known[name].get("readonly"))
            if fixed:
                message = _("these fields cannot be written: {names}").format(names=", ".join(fixed))
                yield Finding(level="error", message=message)
        rights = self._call("model.ir.model.access.get_access", [list(self._names())])
        for model, given in sorted(rights.items()):
            lacking = [right for right in ("create", "write", "delete") if given.get(right) is False]
            if lacking:
                message = _("{model}: the user may not: {rights}").format(
                    model=model, rights=", ".join(lacking)
                )
                yield Finding(level="error", message=message)
        yield Finding(
            level="ok", message=_("the database answers the user {name}").format(name=self._options.user)
        )

    def attach(self, path: Path) -> str:
        """Attach a document to the party that stands for the list vendor."""
        if not self._options.documents:
            return ""
        name = f"{self._order.delivery} {path.name}"
        known = self._call("model.ir.attachment.search", [[["name", "=", name]]])
        if known:
            return str(known[0])
        bearer = self._known([MARK]).get(MARK) or self._model("create", [{"code": MARK, "name": MARK}])[0]
        content = {"__class__": "bytes", "base64": base64.b64encode(path.read_bytes()).decode("ascii")}
        made = self._call(
            "model.ir.attachment.create",
            [[{"name": name, "type": "data", "data": content, "resource": f"{_PARTY},{bearer}"}]],
        )
        return str(made[0])

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        """Delete by id; a party that other records need is emptied and switched off instead."""
        known = [int(each.remote_id) for each in sent if each.remote_id]
        found = self._search(["OR", ["id", "in", known], ["code", "in", [each.key for each in sent]]])
        ids = ids_by_key(((str(each["id"]), str(each["code"])) for each in found), sent)
        for each in sent:
            yield Withdrawal(
                key=each.key, outcome=self._remove([int(found) for found in ids.get(each.key, ())])
            )

    def _remove(self, ids: list[int]) -> Literal["deleted", "flagged", "absent"]:
        if not ids:
            return "absent"
        try:
            self._model("delete", ids)
        except _Rejected:
            self._model("write", ids, {"active": False, "name": None})
            return "flagged"
        return "deleted"

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _known(self, keys: Sequence[str]) -> dict[str, int]:
        """Return code → id of the parties that exist."""
        return {each["code"]: each["id"] for each in self._search(["code", "in", list(keys)])}

    def _search(self, condition: list[Any]) -> list[dict[str, Any]]:
        """Return id and code of parties, switched-off ones included."""
        found: list[dict[str, Any]] = self._model(
            "search_read", [condition, ["active", "in", [True, False]]], 0, None, None, ["code"]
        )
        return found

    def _fresh(self, parcel: Parcel) -> dict[str, Any]:
        plain, parts = self._split(parcel.line)
        nested = {name: [["create", rows]] for name, rows in parts.items() if rows}
        return {**plain, "code": parcel.key, **nested}

    def _write(self, parcels: Sequence[Parcel], known: Mapping[str, int]) -> None:
        """Write existing parties: their first address and identifier, and the contacts that pushes have made."""
        used = [
            name for name in _PARTS if any(field.startswith(f"{name}.") for field in self._options.fields)
        ]
        own = self._parts_of([known[each.key] for each in parcels], used)
        arguments: list[object] = []
        for each in parcels:
            plain, parts = self._split(each.line)
            identifier = known[each.key]
            for name in used:
                plain[name] = _changes(name, parts[name], own[name].get(identifier, []))
            arguments += [[identifier], {**plain, "active": True}]
        self._model("write", *arguments)

    def _parts_of(self, parties: list[int], used: Sequence[str]) -> dict[str, dict[int, list[int]]]:
        found: dict[str, dict[int, list[int]]] = {}
        for name in used:
            domain: list[object] = [["party", "in", parties]]
            if name == "contact_mechanisms":
                domain.append(["name", "=", MARK])
            elif name == "identifiers":
                domain.append(self._own_identifiers())
            rows = self._call(f"model.{_MODELS[name]}.search_read", [domain, 0, None, None, ["party"]])
            grouped: dict[int, list[int]] = {}
            for row in rows:
                grouped.setdefault(row["party"], []).append(row["id"])
            found[name] = grouped
        return found

    def _own_identifiers(self) -> list[object]:
        """Say which identifiers pushes have made: those of the mapped types, and line codes without a type."""
        types = [
            field.partition(".")[2] for field in self._options.fields if field.startswith("identifiers.")
        ]
        return [
            "OR",
            [["type", "=", None], ["code", "like", "G%"]],
            ["type", "in", [name for name in types if name != "code"]],
        ]

    def _split(self, line: Line) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
        """Sort a line's values into the party's own fields and its parts."""
        plain: dict[str, Any] = {}
        address: dict[str, Any] = {}
        parts: dict[str, list[dict[str, Any]]] = {name: [] for name in _PARTS}
        for field, value in self._mapper.values(line).items():
            part, dot, name = field.partition(".")
            if not dot:
                plain[field] = value or None
            elif part == "addresses":
                address[name] = value or None
            elif value and part == "contact_mechanisms":
                parts[part].append({"type": name, "value": value, "name": MARK})
            elif value:
                parts[part].append({"type": None if name == "code" else name, "code": value})
        if address:
            parts["addresses"].append(address)
        return plain, parts

    def _names(self) -> dict[str, set[str]]:
        """Return the fields of each model that the mapping writes."""
        names: dict[str, set[str]] = {_PARTY: {"code"}}
        for field in self._options.fields:
            part, dot, name = field.partition(".")
            if part == "contact_mechanisms" and dot:
                names.setdefault(_MODELS[part], {"type", "value", "name"})
            elif part == "identifiers" and dot:
                names.setdefault(_MODELS[part], {"type", "code"})
            elif part in _MODELS and dot:
                names.setdefault(_MODELS[part], set()).add(name)
            else:
                names[_PARTY].add(field)
        return names

    def _model(self, method: str, *arguments: object) -> Any:
        return self._call(f"model.{_PARTY}.{method}", list(arguments))

    def _call(self, method: str, arguments: list[Any]) -> Any:
        """Call a method with the session, logging in once more when the session has ended."""
        for attempt in (1, 2):
            session = self._session or self._log_in()
            answer = self._connection.call(
                "POST",
                f"/{self._options.database}/rpc/",
                data={"id": 1, "method": method, "params": [*arguments, {}]},
                headers={"Authorization": f"Session {session}"},
            )
            if answer.status == 401 and attempt == 1:
                with self._login:
                    self._session = ""
                continue
            break
        judge(answer)
        table = answer.json()
        if "error" in table:
            raise _fault(table["error"])
        return table["result"]

    def _log_in(self) -> str:
        with self._login:
            if not self._session:
                answer = self._connection.call(
                    "POST",
                    f"/{self._options.database}/rpc/",
                    data={
                        "id": 0,
                        "method": "common.db.login",
                        "params": [self._options.user, {"password": str(self._options.password)}, "en"],
                    },
                )
                judge(answer)
                result = answer.json().get("result")
                if not result:
                    raise Failed(
                        "crm_unauthorised",
                        _("the client's system does not accept the credential"),
                        hint=_("ask the client for a valid one"),
                    )
                text = f"{self._options.user}:{result[0]}:{result[1]}"
                self._session = base64.b64encode(text.encode()).decode("ascii")
            return self._session


class _Rejected(Exception):
    """Tryton refuses the call because of a record; its text may quote the person and is left out."""


_MODELS = {
    "addresses": "party.address",
    "contact_mechanisms": "party.contact_mechanism",
    "identifiers": "party.identifier",
}


def _changes(name: str, rows: list[dict[str, Any]], own: list[int]) -> list[list[Any]]:
    """Return what turns the parts that are there into those of the line."""
    if name != "addresses":
        return [*([["delete", own]] if own else []), *([["create", rows]] if rows else [])]
    if own and rows:
        return [["write", own[:1], rows[0]]]
    return [["create", rows]] if rows else []


def _fault(error: Any) -> Exception:
    name = str(error[0]) if isinstance(error, list) and error else str(error)
    if name.startswith(_RECORD_FAULTS):
        return _Rejected(name)
    if name == "ConcurrencyException" or "locked" in name:
        return TryLater(name)
    return Failed(
        "crm_refused",
        _("Tryton refuses the call ({error})").format(error=name[:80]),
        hint=_("check the mapping with: gateway crm check"),
    )
