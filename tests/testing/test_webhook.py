"""The gateway's own push over HTTP is a customer of the kit, too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from gateway.api import Secret
from gateway.testing.push import FarSide, PushConformance
from gateway.testing.server import Request, Response


class Receiver(FarSide):
    """Takes signed batches (docs/crm.md) and keeps each record under its key."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, str] = {}

    def answer(self, request: Request) -> Response:
        content = json.loads(request.body)
        results = []
        for record in content["records"] if content["event"] == "push" else ():
            name = record["fields"]["name"]
            if name in self.unwanted:
                results.append({"key": record["key"], "status": "rejected", "reason": "invalid: name"})
                continue
            self.people[record["key"]] = name
            results.append({"key": record["key"], "status": "accepted"})
        return Response(body=json.dumps({"results": results}).encode("utf-8"))

    def held(self) -> Sequence[str]:
        return list(self.people.values())


class TestWebhook(PushConformance):
    """Run the kit."""

    format = "webhook"
    far_side = Receiver

    def settings(self, url: str) -> Mapping[str, object]:
        return {
            "url": url,
            "secret": Secret("sesame-0815"),
            "fields": {"name": "name", "code": "line_code"},
            "batch": 3,
        }
