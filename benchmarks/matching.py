"""Normalise people, check them against opt-outs, and count what is found: ``python -m benchmarks.matching``.

Prints, for one core and with peak memory: normalising with keys, cold (nothing cached) and warm; both stages of the
check; and the recall on people whose name and address came back in other notations, beside two plain practices:
postal code with name, and everything as it stands. ``--people 1000000 --opt-outs 1000000`` is the full size.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from time import perf_counter, process_time
from unicodedata import normalize

import numpy as np

from gateway.people.keys import keys_of_people, match_keys
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.people.places import places
from gateway.suppression.decision import decide
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import Int64s, KeyPage
from gateway.testing.notation import respell
from gateway.testing.people import synthetic_people

BLOCK = 4096


def main() -> None:
    """Run the benchmark once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--opt-outs", type=int, default=20_000)
    options = parser.parse_args()
    _measure("load places", lambda: len(places().cities[:1]))
    people = list(synthetic_people(options.people, seed=1))
    for state in ("cold", "warm"):
        _measure(f"normalise, {state}", lambda: _make_keys(people))
    opt_outs = [_by_name_and_address(person) for person in synthetic_people(options.opt_outs, seed=2)]
    index = KeyIndex(*_register(opt_outs))
    people = [_by_name_and_address(person) for person in people]
    held = _measure("check unrelated", lambda: options.people, lambda: _check(people, opt_outs, index))
    _say(f"{'held of unrelated':24}{held:>12,}")
    draws = Random(3)
    delivered = [respell(person, draws, times=4) for person in opt_outs]
    found = _measure("check respelled", lambda: options.opt_outs, lambda: _check(delivered, opt_outs, index))
    _say(f"{'recall':24}{found / len(opt_outs):>12.4%}")
    for practice, key in (("postal code and name", _postal_and_name), ("as it stands", _as_it_stands)):
        register = {key(person) for person in opt_outs}
        met = sum(key(person) in register for person in delivered)
        _say(f"{'recall, ' + practice:36}{met / len(delivered):.4%}")


def _make_keys(people: Sequence[Person]) -> int:
    for start in range(0, len(people), BLOCK):
        keys_of_people(people[start : start + BLOCK])
    return len(people)


def _register(opt_outs: Sequence[Person]) -> tuple[Int64s, Int64s]:
    keys = [match_keys(normalise(person)) for person in opt_outs]
    lens = [len(own) for own in keys]
    flat = np.fromiter((key for own in keys for key in own), dtype=np.int64, count=sum(lens))
    return flat, np.repeat(np.arange(len(opt_outs)), lens)


def _check(people: Sequence[Person], opt_outs: Sequence[Person], index: KeyIndex) -> int:
    """Count the people who are suppressed or held."""
    held = set()
    for first in range(0, len(people), BLOCK):
        block = people[first : first + BLOCK]
        for number, owner in index.candidates(_page(block, first)):
            if (
                decide(normalise(opt_outs[owner]), "individual", normalise(people[number])).verdict
                != "deliver"
            ):
                held.add(number)
    return len(held)


def _page(block: Sequence[Person], first: int) -> KeyPage:
    made = keys_of_people(block)
    return KeyPage(numbers=np.arange(first, first + len(block)), lens=made.lens, keys=made.keys)


def _by_name_and_address(person: Person) -> Person:
    return replace(person, phones=(), emails=())


def _postal_and_name(person: Person) -> str:
    return "".join(normalize("NFKC", person.postal_code + person.name).replace("-", "").split())


def _as_it_stands(person: Person) -> str:
    return f"{person.postal_code}|{person.name}|{person.address}|{person.building}"


def _measure(name: str, count: Callable[[], int], work: Callable[[], int] | None = None) -> int:
    """Run the work, print people a second of wall and CPU time with the peak memory, return its result."""
    wall, cpu = perf_counter(), process_time()
    result = (work or count)()
    wall, cpu = perf_counter() - wall, process_time() - cpu
    people = count() if work else result
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"{name:24}{people / wall:>12,.0f}/s{people / cpu:>12,.0f}/s cpu{wall:>9.2f} s{peak:>9.0f} MB")
    return result


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
