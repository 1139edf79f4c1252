"""The one promise as a property: whatever happens in whatever order, no package holds a person covered at its fence."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

from gateway.db.engine import open_database, reading
from gateway.db.tables import opt_out
from gateway.delivery.recovery import recover
from gateway.errors import Refused
from gateway.log.verification import verify
from gateway.suppression.register import OptOutId, OptOutPurpose, lift_opt_out
from tests.delivery import plain_format
from tests.delivery.dying import STEPS, deliver_and_die
from tests.delivery.shop import NOW, ids_in, make_shop, manifest_of, person
from tests.postgresql import PostgreSQLServer

PEOPLE = [person(number) for number in range(12)]
indices = st.integers(0, len(PEOPLE) - 1)


@dataclass(frozen=True)
class _Covered:
    """What the test itself remembers of an opt-out: whom it protects, from which number on, until which."""

    person_id: str
    number: int
    lifted_number: int | None


class Promise(RuleBasedStateMachine):
    """{add, opt out, lift, deliver, opt out while delivering, crash at step n, recover} in any order."""

    make_database: Callable[[], tuple[Engine, str]]

    def __init__(self) -> None:
        super().__init__()
        plain_format.reset()
        self.engine, url = type(self).make_database()
        self.folder = tempfile.TemporaryDirectory()
        self.shop = make_shop(self.engine, url, Path(self.folder.name))
        self.opt_outs: dict[OptOutId, str] = {}
        self.lifted: set[OptOutId] = set()
        self.has_list = False
        self.checked: set[str] = set()

    def teardown(self) -> None:
        """Leave nothing behind."""
        with reading(self.engine) as connection:
            assert verify(connection, self.shop.workspace.outbox).broken is None
        self.engine.dispose()
        self.folder.cleanup()

    @rule(which=st.sets(indices, min_size=1))
    def add(self, which: set[int]) -> None:
        """Import people; those who opted out must stay out, those already there are duplicates."""
        summary = self.shop.import_people([PEOPLE[index] for index in sorted(which)])
        self.has_list = True
        assert summary.imported + summary.suppressed + summary.duplicates == len(which)

    @rule(index=indices, erase=st.booleans(), purpose=st.sampled_from(["all", "dm", "telemarketing"]))
    def opt_out(self, index: int, erase: bool, purpose: OptOutPurpose) -> None:
        """Record an opt-out; the erasure may be interrupted."""
        identifier = self.shop.opt_out(PEOPLE[index], erase=erase, purpose=purpose)
        if purpose != "telemarketing":
            self.opt_outs[identifier] = PEOPLE[index].id

    @precondition(lambda self: set(self.opt_outs) - self.lifted)
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        """Lift one of the opt-outs in force."""
        identifier = data.draw(st.sampled_from(sorted(set(self.opt_outs) - self.lifted)))
        lift_opt_out(self.engine, identifier, why="test", actor="tester", now=NOW)
        self.lifted.add(identifier)

    @precondition(lambda self: self.has_list)
    @rule(overtaking=st.lists(st.tuples(indices, st.booleans()), max_size=2))
    def deliver(self, overtaking: list[tuple[int, bool]]) -> None:
        """Deliver while people opt out."""
        for index, erase in overtaking:
            plain_format.while_rendering.append(partial(self.opt_out_now, index, erase))
        refusal = ""
        try:
            self.shop.deliver()
        except Refused as refused:
            refusal = refused.code
        plain_format.reset()
        assert refusal in ("", "nobody_left", "overtaken")

    def opt_out_now(self, index: int, erase: bool) -> None:
        """Record an opt-out from everything while a delivery is being rendered."""
        self.opt_outs[self.shop.opt_out(PEOPLE[index], erase=erase)] = PEOPLE[index].id

    @precondition(lambda self: self.has_list)
    @rule(step=st.sampled_from(STEPS))
    def crash(self, step: Any) -> None:
        """Let a delivering process die."""
        deliver_and_die(self.shop, step)

    @rule()
    def recover(self) -> None:
        """Recover what was abandoned."""
        recover(self.engine, self.shop.workspace, actor="tester", now=NOW)

    @invariant()
    def no_package_holds_a_person_covered_at_its_fence(self) -> None:
        """Compare each new package with what the test remembers, by ledger numbers."""
        fresh = [package for package in self.shop.packages() if package.name not in self.checked]
        if not fresh:
            return
        covered = self._covered()
        for package in fresh:
            self.checked.add(package.name)
            fence = manifest_of(package)["fence"]
            delivered = set(ids_in(package, PEOPLE))
            leaked = {
                each.person_id
                for each in covered
                if each.number <= fence and (each.lifted_number is None or each.lifted_number > fence)
            } & delivered
            assert not leaked

    def _covered(self) -> list[_Covered]:
        with reading(self.engine) as connection:
            rows = connection.execute(select(opt_out.c.id, opt_out.c.number, opt_out.c.lifted_number)).all()
        return [
            _Covered(self.opt_outs[row.id], row.number, row.lifted_number)
            for row in rows
            if row.id in self.opt_outs
        ]


PROFILE = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_no_package_ever_holds_a_person_covered_at_its_fence_on_sqlite(
    sqlite_template: Path, tmp_path: Path
) -> None:
    made: list[int] = []

    def make_database() -> tuple[Engine, str]:
        path = tmp_path / f"gateway-{len(made)}.db"
        made.append(1)
        path.write_bytes(sqlite_template.read_bytes())
        return open_database(f"sqlite:///{path}"), f"sqlite:///{path}"

    run_state_machine_as_test(_machine(make_database), settings=PROFILE)


def test_no_package_ever_holds_a_person_covered_at_its_fence_on_postgresql(
    postgresql_server: PostgreSQLServer,
) -> None:
    made: list[str] = []

    def make_database() -> tuple[Engine, str]:
        made.append(f"promise_{len(made)}")
        url = postgresql_server.create_database(made[-1], template="template_gateway")
        return open_database(url), url

    try:
        run_state_machine_as_test(_machine(make_database), settings=PROFILE)
    finally:
        for name in made:
            postgresql_server.drop_database(name)


def _machine(make_database: Callable[[], tuple[Engine, str]]) -> type[Promise]:
    return type("PromiseOnDatabase", (Promise,), {"make_database": staticmethod(make_database)})


def test_the_property_can_fail(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the last check the machine must find a leak; otherwise it would prove nothing."""
    monkeypatch.setattr("gateway.delivery.release.covered_lines", lambda *_args, **_named: {})
    monkeypatch.setattr("gateway.delivery.release.vanished_lines", lambda *_args, **_named: frozenset())
    monkeypatch.setattr("gateway.delivery.building.vanished_lines", lambda *_args, **_named: frozenset())
    path = tmp_path / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    machine = _machine(lambda: (open_database(f"sqlite:///{path}"), f"sqlite:///{path}"))()
    machine.add(which={1, 2})
    machine.deliver(overtaking=[(1, False)])
    with pytest.raises(AssertionError):
        machine.no_package_holds_a_person_covered_at_its_fence()
    machine.teardown()
