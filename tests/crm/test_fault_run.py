"""A push under fire: faults of all kinds, people opting out while it runs, and a process that is killed again and again.

``GATEWAY_TEST_FAULT_PEOPLE=50000 python -m pytest tests/crm/test_fault_run.py -s`` runs it at full size.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

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

PEOPLE = int(os.environ.get("GATEWAY_TEST_FAULT_PEOPLE", "1500"))
KILLS = 5
OPT_OUTS = 50
DEADLINE = 60 + PEOPLE / 100


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


def _run_and_kill(shop: Shop, double: WebhookDouble, receiver: str, rng: random.Random) -> int:
    """Run the push to its end, killing it whenever it has got a little further; returns how often it was killed."""
    killed, until = 0, time.monotonic() + DEADLINE
    while time.monotonic() < until:
        process = _start(shop, receiver)
        target = len(double.people) + rng.randint(PEOPLE // 12, PEOPLE // 7)
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


def _opt_out_meanwhile(
    shop: Shop, double: WebhookDouble, people: Sequence[Person], stop: threading.Event
) -> None:
    """Record opt-outs as the desk does while the push is running, with and without erasing at once."""
    for place, each in enumerate(people):
        while len(double.people) < PEOPLE * place // (OPT_OUTS + 10) and not stop.is_set():
            time.sleep(0.005)
        if stop.is_set():
            return
        shop.opt_out(each, erase=place % 2 == 0)


def test_the_server_holds_just_the_accepted_and_nobody_who_had_opted_out(shop: Shop) -> None:
    people = _people(PEOPLE)
    shop.import_people(people)
    good = [each for each in people if not each.name.startswith("BAD")]
    leaving = random.Random(3).sample(good, OPT_OUTS)
    double = WebhookDouble(SECRET, whole_batches=True)
    faults = Faults(too_many=0.05, unavailable=0.03, cut=0.02, retry_after="0.02")
    stop = threading.Event()
    with serving(double, faults) as running:
        desk = threading.Thread(target=_opt_out_meanwhile, args=(shop, double, leaving, stop))
        desk.start()
        started = time.monotonic()
        try:
            killed = _run_and_kill(shop, double, f"{running.url}/hook", random.Random(5))
        finally:
            stop.set()
            desk.join()
    _judge(shop, double, running, killed, time.monotonic() - started)


def _judge(shop: Shop, double: WebhookDouble, running: Running, killed: int, seconds: float) -> None:
    act_on_opt_outs(shop.engine, actor="tester", now=NOW)
    with reading(shop.engine) as connection:
        rows = connection.execute(select(push_line)).all()
        state = connection.execute(select(delivery.c.state)).scalar_one()
        numbers = {
            row.name: row.number for row in connection.execute(select(opt_out.c.name, opt_out.c.number))
        }
        lines = connection.execute(select(line.c.number, line.c.person)).all()
        broken = find_break(connection)[1]
    counts = Counter(row.state for row in rows)
    held = {row.key for row in rows if row.state == "accepted" and row.withdrawal != "deleted"}
    names = {each["name"]: key for key, each in double.people.items()}
    fences = {row.key: row.fence for row in rows}
    late = [name for name, number in numbers.items() if name in names and fences[names[name]] >= number]
    print(  # noqa: T201 - the figures of the run are its result; pytest shows them with -s
        f"\n{PEOPLE:,} people, {running.faults.drawn['429']} x 429, {running.faults.drawn['503']} x 503,"
        f" {running.faults.drawn['cut']} applied-then-cut, killed {killed} times, {seconds:.1f} s:"
        f" server holds {len(double.people):,}, accepted {counts['accepted']:,}, rejected {counts['rejected']},"
        f" suppressed {counts['suppressed']}, taken back {counts['accepted'] - len(held)}, opted out before their last send and on the server {len(late)},"
        f" idempotent rewrites {sum(double.writes.values()) - len(double.writes):,}, doubles {len(double.people) - len(names)}"
    )
    assert state == "published"
    assert killed == KILLS
    assert double.people.keys() == held
    assert late == []
    assert len(names) == len(double.people)
    assert counts["rejected"] == len([number for number in range(PEOPLE) if number % 500 == 7])
    assert counts.keys() <= {"accepted", "rejected", "suppressed"}
    assert len(lines) == counts["accepted"]
    assert broken is None
