"""A push under fire: faults of all kinds, people opting out while it runs, and a process that is killed again and again.

``python -m pytest -m long -s tests/crm/test_fault_run.py`` runs it at full size and shows its figures.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from gateway.db.engine import reading
from gateway.db.tables import delivery, line, opt_out, push_line
from gateway.log.journal import find_break
from gateway.people.person import Person
from gateway.suppression.erasure import act_on_opt_outs
from tests.crm.doubles.server import Faults, Running, serving
from tests.crm.doubles.webhook import WebhookDouble
from tests.crm.pushing_process import SECRET
from tests.delivery.shop import NOW, Shop, person

KILLS = 5
OPT_OUTS = 50


def _people(count: int) -> list[Person]:
    """Return people of clearly different names; two of a thousand are bad."""
    return [
        replace(person(number), id=f"Q{number}", name=f"{'BAD' if number % 500 == 7 else ''}見本{number:06d}")
        for number in range(count)
    ]


def _start(shop: Shop, receiver: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.crm.pushing_process"]
    url = shop.engine.url.render_as_string(hide_password=False)
    with (shop.workspace.root / "push.log").open("ab") as log:
        return subprocess.Popen([*command, url, str(shop.workspace.root), receiver], stderr=log)


def _run_and_kill(shop: Shop, double: WebhookDouble, receiver: str, people: int, rng: random.Random) -> int:
    """Run the push to its end, killing it whenever it has got a little further; returns how often it was killed."""
    killed, until = 0, time.monotonic() + 60 + people / 100
    while time.monotonic() < until:
        process = _start(shop, receiver)
        target = len(double.people) + rng.randint(people // 12, people // 7)
        while process.poll() is None and time.monotonic() < until:
            if killed < KILLS and len(double.people) >= target:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
                break
            time.sleep(0.005)
        if process.returncode == 0:
            return killed
    process.kill()
    raise AssertionError("the push did not end")


@dataclass(slots=True)
class Desk:
    """Records opt-outs while the push is running, with and without erasing at once, and when each was in force."""

    shop: Shop
    double: WebhookDouble
    leaving: Sequence[Person]
    people: int
    stop: threading.Event = field(default_factory=threading.Event)
    at: dict[str, float] = field(default_factory=dict)

    def work(self) -> None:
        for place, each in enumerate(self.leaving):
            while len(self.double.people) < self.people * place // (OPT_OUTS + 10) and not self.stop.is_set():
                time.sleep(0.005)
            if self.stop.is_set():
                return
            self.shop.opt_out(each, erase=place % 2 == 0)
            self.at[each.name] = time.monotonic()


@pytest.mark.parametrize(
    "count", [pytest.param(1_500, id="small"), pytest.param(50_000, id="full size", marks=pytest.mark.long)]
)
def test_the_server_holds_just_the_accepted_and_nobody_who_had_opted_out(shop: Shop, count: int) -> None:
    people = _people(count)
    shop.import_people(people)
    good = [each for each in people if not each.name.startswith("BAD")]
    double = WebhookDouble(SECRET, whole_batches=True)
    desk = Desk(shop, double, random.Random(3).sample(good, OPT_OUTS), count)
    faults = Faults(too_many=0.05, unavailable=0.03, cut=0.02, retry_after="0.02")
    with serving(double, faults) as running:
        thread = threading.Thread(target=desk.work)
        thread.start()
        started = time.monotonic()
        try:
            killed = _run_and_kill(shop, double, f"{running.url}/hook", count, random.Random(5))
        finally:
            desk.stop.set()
            thread.join()
    _judge(desk, running, killed, time.monotonic() - started)


def _judge(desk: Desk, running: Running, killed: int, seconds: float) -> None:
    shop, double = desk.shop, desk.double
    act_on_opt_outs(shop.engine, actor="tester", now=NOW)
    with reading(shop.engine) as connection:
        rows = connection.execute(select(push_line)).all()
        state = connection.execute(select(delivery.c.state)).scalar_one()
        numbers = {
            row.name: row.number for row in connection.execute(select(opt_out.c.name, opt_out.c.number))
        }
        lines = connection.execute(select(line.c.number)).all()
        broken = find_break(connection)[1]
    counts = Counter(row.state for row in rows)
    held = {row.key for row in rows if row.state == "accepted" and row.withdrawal != "deleted"}
    names = {each["name"]: key for key, each in double.people.items()}
    fences = {row.key: row.fence for row in rows}
    late = [name for name, number in numbers.items() if name in names and fences[names[name]] >= number]
    # How long after an opt-out was in force its person still arrived: a call that had been released just before.
    after = max((double.last[name] - at for name, at in desk.at.items() if name in double.last), default=0.0)
    drawn = running.faults.drawn
    print(  # noqa: T201 - the figures of the run are its result; pytest shows them with -s
        f"\n{desk.people:,} people, {drawn['429']} x 429, {drawn['503']} x 503, {drawn['cut']} applied-then-cut,"
        f" killed {killed} times, {seconds:.1f} s:\n  server holds {len(double.people):,},"
        f" accepted {counts['accepted']:,}, rejected {counts['rejected']}, suppressed {counts['suppressed']},"
        f" taken back {counts['accepted'] - len(held)}, doubles {len(double.people) - len(names)},"
        f" idempotent rewrites {sum(double.writes.values()) - len(double.writes):,}\n"
        f"  opted out meanwhile {len(desk.at)}: opted out before their last send and on the server {len(late)};"
        f" the last arrival after an opt-out came {max(after, 0) * 1000:.0f} ms after it"
    )
    assert state == "published"
    assert killed == KILLS
    assert double.people.keys() == held
    assert late == []
    assert len(names) == len(double.people)
    assert counts["rejected"] == len([number for number in range(desk.people) if number % 500 == 7])
    assert counts.keys() <= {"accepted", "rejected", "suppressed"}
    assert len(lines) == counts["accepted"]
    assert broken is None
