"""What others take to send the same people to the same receiver, for ``benchmarks.crm``.

Neither checks anybody before a call nor keeps what became of each person: the Singer SDK tells of a run as a whole,
simple-salesforce counts, or hands over the results by record when it is asked for them. What is compared is how fast
records reach the receiver.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.crm_receiver import KEY

BATCH = 500
_FIELDS = ("name", "postal_code", "address", "building")


@contextmanager
def receiver(latency: float) -> Iterator[str]:
    """Run a receiver in a process of its own; yields its port."""
    command = [sys.executable, "-m", "benchmarks.crm_receiver", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def read(path: Path, count: int) -> list[dict[str, str]]:
    """Read people as the peers get them: a key, a line code's place, and what is mapped."""
    with path.open(encoding="utf-8", newline="") as handle:
        return [
            {
                "key": f"K{row['id']:0>23}",
                "number": f"G{row['id']:0>11}",
                **{name: row[name] for name in _FIELDS},
            }
            for row in islice(csv.DictReader(handle), count)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast a push was: records, seconds, and seconds of this process's CPU."""

    records: int
    seconds: float
    busy: float

    @property
    def per_second(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    def __str__(self) -> str:
        return f"{self.per_second:>9,.0f} records/s, {self.records / self.busy:>7,.0f} per CPU second"


def timed(records: int, run: Callable[[], object]) -> Rate:
    """Run once and tell how fast it was."""
    started, cpu = perf_counter(), process_time()
    run()
    return Rate(records=records, seconds=perf_counter() - started, busy=process_time() - cpu)


def singer(rows: Sequence[dict[str, str]]) -> Rate | None:
    """Send by a Singer SDK target with a batch sink."""
    if find_spec("singer_sdk") is None:
        return None
    schema = {"properties": {name: {"type": "string"} for name in rows[0]}}
    head = {"type": "SCHEMA", "stream": "people", "schema": schema, "key_properties": ["key"]}
    messages = [head, *({"type": "RECORD", "stream": "people", "record": row} for row in rows)]
    text = "\n".join(json.dumps(each, ensure_ascii=False) for each in messages) + "\n"
    with receiver(0) as port, redirect_stdout(io.StringIO()):
        target = _singer_target(f"http://127.0.0.1:{port}/hook")
        return timed(len(rows), lambda: target.listen(io.StringIO(text)))


def _singer_target(url: str) -> Any:
    import requests
    from singer_sdk import BatchSink, Target

    session = requests.Session()

    class HttpSink(BatchSink):
        max_size = BATCH

        def process_batch(self, context: dict[str, Any]) -> None:
            records = [{"key": each["key"], "fields": each} for each in context["records"]]
            body = json.dumps({"records": records}, ensure_ascii=False).encode()
            session.post(url, data=body).json()

    class HttpTarget(Target):
        name = "target-http"
        config_jsonschema: dict[str, Any] = {"type": "object", "properties": {}}  # noqa: RUF012 - the SDK's way
        default_sink_class = HttpSink

    return HttpTarget(config={})


def simple_salesforce(rows: Sequence[dict[str, str]]) -> Rate | None:
    """Send by simple-salesforce's Bulk API 2.0, which counts what became of the records."""
    return _in_bulk(rows, with_results=False)


def simple_salesforce_results(rows: Sequence[dict[str, str]]) -> Rate | None:
    """Send likewise, and read what became of each record."""
    return _in_bulk(rows, with_results=True)


def _in_bulk(rows: Sequence[dict[str, str]], *, with_results: bool) -> Rate | None:
    if find_spec("simple_salesforce") is None:
        return None
    from simple_salesforce import Salesforce

    names = {"key": KEY, "number": "LineCode__c", "name": "LastName", "postal_code": "PostalCode",
             "address": "Street", "building": "Building__c"}  # fmt: skip
    leads = [{names[name]: value for name, value in row.items()} for row in rows]
    with receiver(0) as port:
        org = Salesforce(instance="127.0.0.1", session_id="t")
        org.bulk2_url = f"http://127.0.0.1:{port}/services/data/v59.0/jobs/"  # it knows https only

        def send() -> None:
            lead = org.bulk2.Lead
            for job in lead.upsert(records=leads, external_id_field=KEY, batch_size=10_000, wait=0):
                if with_results:
                    list(csv.DictReader(io.StringIO(lead.get_successful_records(job["job_id"]), newline="")))

        return timed(len(rows), send)
