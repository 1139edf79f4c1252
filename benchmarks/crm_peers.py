"""A Singer SDK target with a batch sink of 100 to the same receiver: ``python -m benchmarks.crm_peers [--people 30000]``.

Needs ``pip install singer-sdk`` (in an environment of its own, with this repository as working folder). It checks nobody,
keeps no outcome by record and no remote id; what is compared is how fast records reach the receiver.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
from typing import Any

import requests
from singer_sdk import BatchSink, Target


class HttpSink(BatchSink):
    """Posts batches of 100."""

    max_size = 100
    url = ""
    session = requests.Session()

    def process_batch(self, context: dict[str, Any]) -> None:
        """Post one batch."""
        records = [{"key": each["id"], "fields": each} for each in context["records"]]
        self.session.post(self.url, data=json.dumps({"records": records}, ensure_ascii=False).encode()).json()


class HttpTarget(Target):
    """A target with that sink."""

    name = "target-http"
    config_jsonschema: dict[str, Any] = {"type": "object", "properties": {}}  # noqa: RUF012 - the SDK's way
    default_sink_class = HttpSink


def main() -> None:
    """Run once and print records a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30_000)
    people = parser.parse_args().people
    schema = {
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "address": {"type": "string"}}
    }
    head = {"type": "SCHEMA", "stream": "people", "schema": schema, "key_properties": ["id"]}
    rows = [
        {
            "type": "RECORD",
            "stream": "people",
            "record": {"id": f"K{n:024d}", "name": "見本", "address": "東京都"},
        }
        for n in range(people)
    ]
    text = "\n".join(json.dumps(each, ensure_ascii=False) for each in (head, *rows)) + "\n"
    command = [sys.executable, "-m", "benchmarks.crm_receiver", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as receiver:
        assert receiver.stdout is not None
        HttpSink.url = f"http://127.0.0.1:{receiver.stdout.readline().strip()}/hook"
        started = time.perf_counter()
        HttpTarget(config={}).listen(io.StringIO(text))
        seconds = time.perf_counter() - started
        receiver.terminate()
    print(f"singer-sdk BatchSink(100): {people / seconds:,.0f} records/s")


if __name__ == "__main__":
    main()
