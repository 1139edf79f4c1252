"""The push does what every push has to do, with a target that updates by key and fails as a whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.testing import FarSide, PushConformance, Request, Response

TARGET = Path(__file__).with_name("posting_target.py")


class Database(FarSide):
    """What the target writes into; one bad record spoils the whole run."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, str] = {}

    def answer(self, request: Request) -> Response:
        for record in json.loads(request.body):
            if record["name"] in self.unwanted:
                return Response(status=422)
            self.people[record["gateway_key"]] = record["name"]
        return Response()

    def held(self) -> Sequence[str]:
        return list(self.people.values())


class TestConformance(PushConformance):
    """Run the gateway's kit."""

    format = "singer"
    far_side = Database
    folder: TemporaryDirectory[str]

    @classmethod
    def setup_class(cls) -> None:
        cls.folder = TemporaryDirectory()
        super().setup_class()

    @classmethod
    def teardown_class(cls) -> None:
        cls.folder.cleanup()

    def settings(self, url: str) -> Mapping[str, object]:
        config = Path(self.folder.name) / "config.json"
        config.write_text(json.dumps({"url": url}), encoding="utf-8")
        return {"command": f"{sys.executable} {TARGET}", "config": str(config), "batch": 4}
