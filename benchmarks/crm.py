"""Push many people to a receiver on loopback: ``python -m benchmarks.crm [--people 50000]``.

Prints records a second of the sending step (release of each chunk, call, and outcome log included) with 1 and 4 workers,
without latency and with 50 ms of it, and what workers x batch / latency would allow.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.delivery import FILING, _prepare
from benchmarks.importing import NOW, _note
from gateway.config import Config, Filing, Provider, Workspace
from gateway.db.engine import open_database
from gateway.delivery.deliver import deliver
from gateway.delivery.orders import OrderRequest
from gateway.plugins import Manager
from gateway.settings_file import SecretReference

FIELDS = {
    "number": "line_code",
    "name": "name",
    "postal_code": "postal_code",
    "address": "address_text",
    "building": "building",
}


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=100)
    options = parser.parse_args()
    os.environ["CRM_BENCHMARK_SECRET"] = "secret"
    gc.set_threshold(100_000, 50, 100)  # as the command line does
    with TemporaryDirectory(prefix="crm-") as folder:
        root, url = Path(folder), f"sqlite:///{folder}/gateway.db"
        _prepare(root, url, options.people, 0)
        for latency, workers in ((0.0, 1), (0.0, 4), (0.05, 1), (0.05, 4)):
            people = options.people if not latency else min(options.people, 20_000)
            seconds, busy, count = _push(root, url, people, workers, options.batch, latency)
            ceiling = f"   ceiling {workers * options.batch / latency:,.0f}" if latency else ""
            print(
                f"{workers} workers, {latency * 1000:.0f} ms, batch {options.batch}:"
                f"{count / seconds:>10,.0f} records/s, {count / busy:,.0f} per CPU second"
                f"   ({count:,} in {seconds:.2f} s){ceiling}",
                flush=True,
            )


def _push(
    root: Path, url: str, people: int, workers: int, batch: int, latency: float
) -> tuple[float, float, int]:
    with _receiver(latency) as port:
        table = {
            "url": f"http://127.0.0.1:{port}/hook",
            "secret": SecretReference(place="benchmark", folder=root, table={"env": "CRM_BENCHMARK_SECRET"}),
            "fields": FIELDS,
            "workers": workers,
            "batch": batch,
        }
        config = Config(
            provider=Provider(name="見本名簿"),
            filing=_with_push(),
            formats={"webhook": {"clients": {"client": table}}},
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
        request = OrderRequest(format="webhook", lists=("main",), client="client", purpose="dm", limit=people)
        result = deliver(
            engine, workspace, Manager(), request, actor="benchmark", clock=lambda: NOW, progress=progress
        )
        engine.dispose()
    return *taken[0], result.counts.delivered


def _with_push() -> Filing:
    from dataclasses import replace

    return replace(FILING, methods=("api_push",))


@contextmanager
def _receiver(latency: float) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.crm_receiver", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    _note("loopback only")
    main()
