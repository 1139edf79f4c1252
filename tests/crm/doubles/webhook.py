"""A client's own receiver as docs/crm.md describes it: checks the signature, upserts by key, answers by record."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import Counter
from typing import Any

from tests.crm.doubles.server import Request, Response


class WebhookDouble:
    """Keeps people by key; ``bad`` keys are refused one by one or, with ``whole_batches``, with their batch."""

    def __init__(self, secret: str, *, whole_batches: bool = False, names_bad: bool = True) -> None:
        self.secret = secret
        self.people: dict[str, dict[str, str]] = {}
        self.writes: Counter[str] = Counter()
        self.last: dict[str, float] = {}
        self.bad_codes: set[str] = set()
        self.whole_batches = whole_batches
        self.names_bad = names_bad
        self.events: list[tuple[str, int]] = []
        self.requests: list[Request] = []
        self.unheard = 0
        self.wait = ""
        self.away_after: int | None = None
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Response:  # noqa: PLR0911 - one branch a rule
        stamp = request.headers.get("X-Gateway-Timestamp", "")
        expected = hmac.new(self.secret.encode(), stamp.encode() + b"." + request.body, hashlib.sha256)
        if request.headers.get("X-Gateway-Signature") != f"sha256={expected.hexdigest()}":
            return Response(401, {"message": "bad signature"})
        content = request.json()
        with self.lock:
            self.events.append((content["event"], len(content["records"])))
            self.requests.append(request)
            if self.away_after is not None and len(self.people) >= self.away_after:
                return Response(503)
            if self.wait:
                return Response(429, headers={"Retry-After": self.wait})
            if self.unheard and content["event"] == "push":
                self.unheard -= 1
                return Response(503)
            if content["event"] == "withdraw":
                return Response(200, {"results": [self._withdraw(each) for each in content["records"]]})
            bad = {each["key"] for each in content["records"] if self._is_bad(each)}
            if bad and self.whole_batches:
                errors = dict.fromkeys(sorted(bad), "invalid: phone") if self.names_bad else {}
                return Response(422, {"errors": errors})
            return Response(200, {"results": [self._take(each, bad) for each in content["records"]]})

    def _is_bad(self, record: dict[str, Any]) -> bool:
        return record["fields"].get("number") in self.bad_codes or "BAD" in record["fields"].get("name", "")

    def _take(self, record: dict[str, Any], bad: set[str]) -> dict[str, str]:
        key = record["key"]
        if key in bad:
            return {"key": key, "status": "rejected", "reason": "invalid: phone"}
        operation = "update" if key in self.people else "insert"
        self.people[key] = record["fields"]
        self.last[record["fields"].get("name", "")] = time.monotonic()
        self.writes[key] += 1
        return {"key": key, "status": "accepted", "id": f"W{key[:8]}", "operation": operation}

    def _withdraw(self, record: dict[str, Any]) -> dict[str, str]:
        found = self.people.pop(record["key"], None)
        return {"key": record["key"], "status": "absent" if found is None else "deleted"}
