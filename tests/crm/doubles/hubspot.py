"""HubSpot contacts, by the documented rules; it refuses what HubSpot refuses.

Sources: developers.hubspot.com …/crm-contacts-v3/batch/post-crm-v3-objects-contacts-batch-upsert [U] (inputs with id,
idProperty, properties, objectWriteTraceId; 100 inputs; 200, or 207 with errors and numErrors), …/batch/read [R],
…/gdpr-delete [G], …/crm-properties-v3 [P], …/usage-guidelines [L] (429 with policyName TEN_SECONDLY_ROLLING or DAILY),
…/apps/legacy-apps/private-apps/overview [T] (a token's scopes); properties that do not exist or are read-only are an error
[U]. Bodies are judged by the published schema, which is where ``propertiesWithHistory`` is required.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from tests.crm.doubles.published import PublishedSchema
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
        self.scopes = ["crm.objects.contacts.read", "crm.objects.contacts.write"]
        self.published = PublishedSchema("hubspot")
        self.bodies: list[Any] = []
        self.daily_left = 10**9
        self.too_fast = 0
        self.slow_down_after = 10**9
        self.calls: list[str] = []
        self.lock = threading.Lock()
        self._next = 100

    def __call__(self, request: Request) -> Response:
        with self.lock:
            return self._answer(request)

    def _answer(self, request: Request) -> Response:  # noqa: C901, PLR0911, PLR0912 - one branch a rule
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "INVALID_AUTHENTICATION")
        if self.daily_left <= 0:  # [L]
            return Response(429, {"status": "error", "category": "RATE_LIMITS", "policyName": "DAILY"})
        if len(self.calls) >= self.slow_down_after:
            self.slow_down_after, self.too_fast = 10**9, 1
        if self.too_fast > 0:  # [L]
            self.too_fast -= 1
            body = {"status": "error", "category": "RATE_LIMITS", "policyName": "TEN_SECONDLY_ROLLING"}
            return Response(429, body, {"Retry-After": "0.05"})
        self.daily_left -= 1
        self.calls.append(f"{request.method} {request.path}")
        body = request.json()
        if not self.published.fits(f"{request.method} {request.path}", body):
            return _error(400, "VALIDATION_ERROR")
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
            case ("POST", "/oauth/v2/private-apps/get/access-token-info"):
                return Response(200, {"hubId": 1, "appId": 2, "scopes": self.scopes})  # [T]
            case ("GET", "/crm/v3/properties/contacts"):
                return Response(200, {"results": list(self.properties.values())})  # [P]
            case ("GET", "/account-info/v3/api-usage/daily/private-apps"):
                return Response(200, {"results": [{"usageLimit": 250_000, "currentUsage": 10}]})
        return _error(404, "OBJECT_NOT_FOUND")

    def _upsert(self, body: Any) -> Response:
        """[U] Results in no promised order; contacts that fail are named by their trace id."""
        inputs = body["inputs"]
        if len(inputs) > 100:
            return _error(400, "VALIDATION_ERROR")
        results, errors = [], []
        for each in inputs:
            unknown = [name for name in each["properties"] if name not in self.properties]
            if unknown:
                return _error(400, "VALIDATION_ERROR", "PROPERTY_DOESNT_EXIST", unknown)
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
        """[R] At most 100, by contact id or by a unique property; 207 when some are missing."""
        wanted = [each["id"] for each in body["inputs"]]
        if len(wanted) > 100:
            return _error(400, "VALIDATION_ERROR")
        by = body.get("idProperty")
        found = {each: self._by(by, each) if by else each for each in wanted}
        results = [
            {"id": identifier, "properties": {name: contact.get(name) for name in body["properties"]}}
            for identifier in found.values()
            if identifier and (contact := self.contacts.get(identifier)) is not None
        ]
        missing = [each for each, identifier in found.items() if identifier not in self.contacts]
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


def _error(status: int, category: str, code: str = "", names: Sequence[str] = ()) -> Response:
    body: dict[str, Any] = {"status": "error", "message": "…", "correlationId": "a0-b1", "category": category}
    if code:
        body["errors"] = [
            {"message": "…", "code": code, "context": {"propertyName": [each]}} for each in names
        ]
    return Response(status, body)
