"""HubSpot contacts, by the documented rules; it refuses what HubSpot refuses.

Sources: developers.hubspot.com …/crm-contacts-v3/batch/post-crm-v3-objects-contacts-batch-upsert [U] (inputs with id,
idProperty, properties, objectWriteTraceId; 100 inputs; 200, or 207 with errors and numErrors), …/batch/read [R],
…/gdpr-delete [G], …/crm-properties-v3 [P], …/usage-guidelines [L] (429 with policyName TEN_SECONDLY_ROLLING or DAILY).
"""

from __future__ import annotations

import threading
from typing import Any

from tests.crm.doubles.server import Request, Response


class HubSpotDouble:
    """Keeps contacts by id; ``bad`` is a value that no property takes."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.properties: dict[str, dict[str, Any]] = {
            name: {"name": name, "type": "string", "hasUniqueValue": name == "vendor_key"}
            for name in ("vendor_key", "line_code", "lastname", "zip", "address", "email")
        }
        self.properties["createdate"] = {
            "name": "createdate",
            "modificationMetadata": {"readOnlyValue": True},
        }
        self.contacts: dict[str, dict[str, str]] = {}
        self.bodies: list[Any] = []
        self.daily_left = 10**9
        self.too_fast = 0
        self.lock = threading.Lock()
        self._next = 100

    def __call__(self, request: Request) -> Response:
        with self.lock:
            return self._answer(request)

    def _answer(self, request: Request) -> Response:  # noqa: C901, PLR0911 - one branch a rule
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "INVALID_AUTHENTICATION")
        if self.daily_left <= 0:  # [L]
            return Response(429, {"status": "error", "category": "RATE_LIMITS", "policyName": "DAILY"})
        if self.too_fast > 0:  # [L]
            self.too_fast -= 1
            body = {"status": "error", "category": "RATE_LIMITS", "policyName": "TEN_SECONDLY_ROLLING"}
            return Response(429, body, {"Retry-After": "0.05"})
        self.daily_left -= 1
        body = request.json()
        match (request.method, request.path):
            case ("POST", "/crm/v3/objects/contacts/batch/upsert"):
                self.bodies.append(body)
                return self._upsert(body)
            case ("POST", "/crm/v3/objects/contacts/batch/read"):
                return self._read(body)
            case ("POST", "/crm/v3/objects/contacts/gdpr-delete"):
                self.contacts.pop(str(body["objectId"]), None)  # [G]
                return Response(204)
            case ("POST", "/crm/v3/objects/contacts/batch/archive"):
                for each in body["inputs"]:
                    self.contacts.pop(each["id"], None)
                return Response(204)
            case ("GET", "/crm/v3/properties/contacts"):
                return Response(200, {"results": list(self.properties.values())})  # [P]
            case ("GET", "/account-info/v3/api-usage/daily/private-apps"):
                return Response(200, {"results": [{"usageLimit": 250_000, "currentUsage": 10}]})
        return _error(404, "OBJECT_NOT_FOUND")

    def _upsert(self, body: Any) -> Response:
        """[U] Results in no promised order; contacts that fail are named by their trace id."""
        inputs = body["inputs"]
        allowed = {"id", "idProperty", "properties", "objectWriteTraceId"}
        if set(body) != {"inputs"} or any(
            not {"id", "properties"} <= set(each) <= allowed for each in inputs
        ):
            return _error(400, "VALIDATION_ERROR")
        if len(inputs) > 100:
            return _error(400, "VALIDATION_ERROR")
        results, errors = [], []
        for each in inputs:
            unknown = [name for name in each["properties"] if name not in self.properties]
            if unknown:
                return _error(400, "VALIDATION_ERROR")
            if each["properties"].get("lastname", "").startswith("BAD"):
                errors.append(
                    {
                        "status": "error",
                        "category": "VALIDATION_ERROR",
                        "message": f"Property values were not valid: {each['properties']['lastname']}",
                        "context": {
                            "objectWriteTraceId": [each["objectWriteTraceId"]],
                            "propertyName": ["lastname"],
                        },
                    }
                )
                continue
            results.append(self._take(each))
        results.reverse()
        if errors:
            return Response(
                207, {"status": "COMPLETE", "results": results, "errors": errors, "numErrors": len(errors)}
            )
        return Response(200, {"status": "COMPLETE", "results": results})

    def _take(self, given: Any) -> dict[str, Any]:
        found = self._by(given["idProperty"], given["id"])
        identifier = found or str(self._next)
        if found is None:
            self._next += 1
        self.contacts[identifier] = {**self.contacts.get(identifier, {}), **given["properties"]}
        return {
            "id": identifier,
            "new": found is None,
            "objectWriteTraceId": given["objectWriteTraceId"],
            "properties": self.contacts[identifier],
        }

    def _read(self, body: Any) -> Response:
        """[R] 207 when some are missing."""
        found = {each["id"]: self._by(body["idProperty"], each["id"]) for each in body["inputs"]}
        results = [
            {"id": identifier, "properties": {body["idProperty"]: key}}
            for key, identifier in found.items()
            if identifier
        ]
        missing = [key for key, identifier in found.items() if identifier is None]
        if missing:
            error = {"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}
            return Response(
                207, {"status": "COMPLETE", "results": results, "numErrors": 1, "errors": [error]}
            )
        return Response(200, {"status": "COMPLETE", "results": results})

    def _by(self, name: str, value: str) -> str | None:
        return next(
            (identifier for identifier, each in self.contacts.items() if each.get(name) == value), None
        )


def _error(status: int, category: str) -> Response:
    return Response(
        status, {"status": "error", "message": "…", "correlationId": "a0-b1", "category": category}
    )
