"""Deliver many labels end to end from SQLite: ``python -m benchmarks.delivery [--people 1000000]``.

Prints the seconds of each step, lines a second, and peak memory. Meanwhile another process records opt-outs of strangers
one after the other, as ``gateway optout add`` does, and prints how long they took and waited for the delivery at most.
Importing the synthetic people is not measured.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.importing import NOW, _note, _peak, _record_opt_outs, _write_people
from benchmarks.opting_out import Meanwhile
from gateway.acquisition.intake import ImportRequest, import_list
from gateway.config import Config, Desk, Filing, Provider, Workspace
from gateway.db.engine import open_database
from gateway.db.schema import create_database
from gateway.delivery.clients import Client, add_client, add_pledge
from gateway.delivery.deliver import deliver
from gateway.delivery.orders import OrderRequest
from gateway.plugins import Manager

FILING = Filing(
    number="000000",
    items=("name", "address", "company", "department", "title", "joint_names"),
    methods=("printed_labels",),
    published_on=date(2026, 4, 1),
    start_on=date(2026, 5, 1),
    desk=Desk(name="窓口", address="東京都千代田区見本町1-1", phone="03-0000-0001"),
)


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--opt-outs", type=int, default=100_000)
    parser.add_argument(
        "--every", type=float, default=0.1, help="seconds from one opt-out to the next; 0: none"
    )
    parser.add_argument("--jobs", type=int, default=0)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="delivery-") as folder:
        root, url = Path(folder), f"sqlite:///{folder}/gateway.db"
        # Each in a process of its own, so that the memory that is measured is the delivery's alone.
        _in_a_process(_prepare, root, url, options.people, options.opt_outs)
        _note("delivering")
        with Meanwhile(url, options.every):
            _in_a_process(_deliver, root, url, options.jobs)


def _in_a_process(task: Callable[..., None], *args: object) -> None:
    process = get_context("spawn").Process(target=task, args=args)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


def _prepare(root: Path, url: str, people: int, opt_outs: int) -> None:
    _note("making and importing %d people and %d opt-outs", people, opt_outs)
    _write_people(root / "people.csv", people)
    create_database(url).dispose()
    _record_opt_outs(url, people, opt_outs)
    engine = open_database(url)
    request = ImportRequest(path=root / "people.csv", list_name="main", source_id="seller", workers=2)
    import_list(engine, request, Manager([]), actor="benchmark", now=NOW)
    add_client(engine, Client(id="client", name="見本商事"), actor="benchmark", now=NOW)
    pledge = root / "pledge.txt"
    pledge.write_text("確約書", encoding="utf-8")
    add_pledge(
        engine,
        "client",
        pledge,
        purposes=("dm",),
        signed_on=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        actor="benchmark",
        now=NOW,
    )
    engine.dispose()


def _deliver(root: Path, url: str, jobs: int) -> None:
    config = Config(provider=Provider(name="見本名簿"), filing=FILING)
    workspace = Workspace(
        root=root, config=config, outbox=root / "outbox", reports=root / "reports", database_url=url
    )
    steps: list[tuple[str, float, float]] = []

    @contextmanager
    def progress(step: str, _total: int) -> Iterator[Callable[[int], None]]:
        started, cpu = time.perf_counter(), time.process_time()
        yield lambda _done: None
        steps.append((step, time.perf_counter() - started, time.process_time() - cpu))

    gc.set_threshold(100_000, 50, 100)  # as the command line does
    engine = open_database(url)
    started, cpu = time.perf_counter(), time.process_time()
    result = deliver(
        engine,
        workspace,
        Manager(),
        OrderRequest(format="labels", lists=("main",), client="client", jobs=jobs),
        actor="benchmark",
        clock=lambda: NOW,
        progress=progress,
    )
    seconds = time.perf_counter() - started
    steps.append(("all", seconds, time.process_time() - cpu))
    engine.dispose()
    for step, taken, busy in steps:
        print(f"{step:<14}{taken:>12.1f} s   {busy:.1f} CPU seconds")
    print(f"{'delivered':<14}{result.counts.delivered:>12,}   requested {result.counts.requested:,}")
    print(f"{'lines/s':<14}{result.counts.delivered / seconds:>12,.0f}")
    print(
        f"{'peak RSS MB':<14}{_peak(resource.RUSAGE_SELF):>12,.0f}"
        f"   largest worker {_peak(resource.RUSAGE_CHILDREN):,.0f}, {_cpu_of_workers():.1f} CPU seconds of all"
    )
    print(f"{'package MB':<14}{_size(root / 'outbox') / 1e6:>12,.0f}")


def _cpu_of_workers() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
