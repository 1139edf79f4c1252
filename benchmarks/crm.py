"""Push many people to a receiver on loopback: ``python -m benchmarks.crm [--people 50000]``.

Prints records a second of the sending step (the release of each chunk, its call and the outcome log included), with 1 and
4 workers: in batches of 500 and 100 without latency, and of 100 and 50 with 50 ms of it. There the share of
workers x batch / latency is told, and of what the same calls bring when nobody is checked and nothing is written down.
A Singer SDK target and simple-salesforce send the same people to the same receiver, where they are installed
(``uv pip install --group benchmarks``); they check nobody and keep no outcome by person.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from benchmarks import crm_peers
from benchmarks.crm_peers import Rate, receiver, timed
from benchmarks.crm_receiver import KEY
from benchmarks.delivery import FILING, _prepare
from benchmarks.importing import NOW, _note
from gateway.config import Config, Provider, Workspace
from gateway.db.engine import open_database
from gateway.delivery.deliver import deliver
from gateway.delivery.orders import OrderRequest
from gateway.plugins import Manager
from gateway.settings_file import SecretReference

LATENCY = 0.05
_BARE_CALLS = 40
WEBHOOK = {
    "number": "line_code",
    "name": "name",
    "postal_code": "postal_code",
    "address": "address_text",
    "building": "building",
}
LEAD = {
    "LineCode__c": "line_code",
    "LastName": "name",
    "PostalCode": "postal_code",
    "Street": "address_text",
    "Building__c": "building",
}


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    people = parser.parse_args().people
    os.environ["CRM_BENCHMARK_SECRET"] = "secret"
    gc.set_threshold(100_000, 50, 100)  # as the command line does
    with TemporaryDirectory(prefix="crm-") as folder:
        root, url = Path(folder), f"sqlite:///{folder}/gateway.db"
        _prepare(root, url, people, 0)
        best = _webhook(root, url, people)
        _latency(root, url, people)
        lead = _salesforce(root, url, people)
        _peers(root / "people.csv", people, best, lead)


def _webhook(root: Path, url: str, people: int) -> float:
    best = 0.0
    for batch in (500, 100):
        for workers in (1, 4):
            rate = _push(root, url, people, "webhook", {"workers": workers, "batch": batch})
            best = max(best, rate.per_second)
            print(f"webhook, {workers} workers, batch {batch}: {rate}", flush=True)
    return best


def _latency(root: Path, url: str, people: int) -> None:
    for batch in (100, 50):
        for workers in (1, 4):
            table = {"workers": workers, "batch": batch}
            rate = _push(root, url, people, "webhook", table, latency=LATENCY)
            ceiling, bare = workers * batch / LATENCY, _bare(workers, batch)
            print(
                f"webhook, {workers} workers, batch {batch}, {LATENCY * 1000:.0f} ms: {rate},"
                f" {rate.per_second / ceiling:.1%} of workers x batch / latency ({ceiling:,.0f}),"
                f" {rate.per_second / bare:.1%} of calls and nothing else ({bare:,.0f})",
                flush=True,
            )


def _bare(workers: int, batch: int) -> float:
    """Return how many records a second the same calls bring that nobody checks, puts together, reads or writes down."""
    record = {"key": "K" * 24, "fields": dict.fromkeys(WEBHOOK, "見本" * 5)}
    body = json.dumps({"records": [record] * batch}, ensure_ascii=False).encode()
    with receiver(LATENCY) as port, ThreadPoolExecutor(workers) as pool, httpx2.Client() as client:

        def call(_number: int) -> None:
            client.post(f"http://127.0.0.1:{port}/hook", content=body)

        list(pool.map(call, range(workers)))
        rate = timed(
            batch * workers * _BARE_CALLS, lambda: list(pool.map(call, range(workers * _BARE_CALLS)))
        )
    return rate.per_second


def _salesforce(root: Path, url: str, people: int) -> float:
    best = 0.0
    for api, workers in (("collections", 1), ("collections", 4), ("bulk", 1)):
        rate = _push(root, url, people, "salesforce", {"workers": workers, "api": api})
        best = max(best, rate.per_second)
        print(f"salesforce, {api}, {workers} workers: {rate}", flush=True)
    return best


def _peers(people: Path, count: int, webhook: float, lead: float) -> None:
    rows = crm_peers.read(people, count)
    for name, ours, run in (
        (f"Singer SDK, BatchSink({crm_peers.BATCH})", webhook, crm_peers.singer),
        ("simple-salesforce, bulk2.upsert", lead, crm_peers.simple_salesforce),
        ("simple-salesforce, with results", lead, crm_peers.simple_salesforce_results),
    ):
        rate = run(rows)
        if rate is None:
            print(f"{name}: not installed", flush=True)
            continue
        print(f"{name}: {rate}; the gateway {ours / rate.per_second:.2f} x as fast", flush=True)


def _push(
    root: Path, url: str, people: int, name: str, table: Mapping[str, object], *, latency: float = 0.0
) -> Rate:
    with receiver(latency) as port:
        config = Config(
            provider=Provider(name="見本名簿"),
            filing=replace(FILING, methods=("api_push",)),
            formats={name: {"clients": {"client": {**_settings(root, name, port), **table}}}},
        )
        workspace = Workspace(
            root=root, config=config, outbox=root / "outbox", reports=root / "reports", database_url=url
        )
        taken: list[tuple[float, float]] = []

        @contextmanager
        def progress(step: str, _total: int) -> Iterator[Callable[[int], None]]:
            started, cpu = time.perf_counter(), time.process_time()
            yield lambda _done: None
            if step == "pushing":
                taken.append((time.perf_counter() - started, time.process_time() - cpu))

        engine = open_database(url)
        request = OrderRequest(format=name, lists=("main",), client="client", purpose="dm", limit=people)
        result = deliver(
            engine, workspace, Manager(), request, actor="benchmark", clock=lambda: NOW, progress=progress
        )
        engine.dispose()
    seconds, busy = taken[0]
    return Rate(records=result.counts.delivered, seconds=seconds, busy=busy)


def _settings(root: Path, name: str, port: str) -> dict[str, object]:
    secret = SecretReference(place="benchmark", folder=root, table={"env": "CRM_BENCHMARK_SECRET"})
    if name == "webhook":
        return {"url": f"http://127.0.0.1:{port}/hook", "secret": secret, "fields": WEBHOOK}
    return {
        "url": f"http://127.0.0.1:{port}",
        "client_id": "app",
        "client_secret": secret,
        "key_field": KEY,
        "fields": LEAD,
        "documents": False,
    }


if __name__ == "__main__":
    _note("loopback only")
    main()
