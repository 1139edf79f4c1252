"""The pace of a push, on a clock of its own: a token bucket, one Retry-After gate, full jitter, a circuit."""

from __future__ import annotations

from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import PushLimits
from gateway.delivery import push_pace
from gateway.delivery.push_pace import Pace


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.now += seconds
        return False


def _pace(clock: Clock, *, per_second: float = 0.0) -> Pace:
    return Pace(PushLimits(per_second=per_second), Event(), clock=clock, sleep=clock.sleep)


@given(rate=st.floats(0.5, 200), calls=st.integers(1, 300))
def test_no_more_calls_are_made_than_the_destination_declares(rate: float, calls: int) -> None:
    clock = Clock()
    pace = _pace(clock, per_second=rate)
    for _call in range(calls):
        pace.wait()
    burst = max(1.0, rate / 2)
    assert clock.now - 1000 >= (calls - burst) / rate - 0.01


def test_an_unlimited_destination_is_not_waited_for() -> None:
    clock = Clock()
    pace = _pace(clock)
    for _call in range(100):
        pace.wait()
    assert clock.slept == []


def test_what_was_asked_to_wait_shuts_the_gate_for_every_worker() -> None:
    clock = Clock()
    pace = _pace(clock)
    assert pace.failed(1, after=5)
    assert clock.slept == []  # the worker that heard it waits at the gate like all others
    pace.wait()
    assert sum(clock.slept) == 5


def test_a_shorter_wish_does_not_open_the_gate_earlier() -> None:
    clock = Clock()
    pace = _pace(clock)
    pace.failed(1, after=5)
    pace.failed(1, after=1)
    pace.wait()
    assert clock.now == 1005


@pytest.mark.parametrize("attempt", [1, 2, 5, 30])
def test_backoff_is_jittered_over_the_whole_of_a_pause_that_doubles_up_to_a_cap(attempt: int) -> None:
    ceiling = min(push_pace.LONGEST_PAUSE, push_pace.FIRST_PAUSE * 2 ** (attempt - 1))
    clock = Clock()
    pace = _pace(clock)
    for _time in range(200):
        pace.succeeded()
        pace.failed(attempt, after=0)
    assert max(clock.slept) <= ceiling
    assert min(clock.slept) < ceiling * 0.2
    assert max(clock.slept) > ceiling * 0.8


def test_failures_in_a_row_open_the_circuit_and_a_success_closes_it() -> None:
    pace = _pace(Clock())
    assert all(pace.failed(1, after=0) for _time in range(push_pace.MAX_FAILURES - 1))
    pace.succeeded()
    assert all(pace.failed(1, after=0) for _time in range(push_pace.MAX_FAILURES - 1))
    assert not pace.failed(1, after=0)


def test_a_destination_that_asks_for_too_long_a_pause_is_left_alone() -> None:
    clock = Clock()
    assert not _pace(clock).failed(1, after=push_pace.LONGEST_WAIT + 1)
    assert clock.slept == []


def test_the_end_of_the_run_ends_every_wait() -> None:
    stop = Event()
    pace = Pace(PushLimits(), stop)
    pace.failed(1, after=600)
    stop.set()
    pace.wait()
