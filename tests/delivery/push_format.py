"""A push format for tests, as a third party would write it: a client's system in memory that tests disturb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from gateway.api import (
    Destination,
    Failed,
    Finding,
    Line,
    Order,
    Outcome,
    OutputFormat,
    Parcel,
    PushLimits,
    Secret,
    Sent,
    TryLater,
    Unacceptable,
    Withdrawal,
    hookimpl,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which system it is, and a credential."""

    system: str = "main"
    batch: int = 3
    workers: int = 1
    token: Secret | None = None


@dataclass(slots=True)
class System:
    """A client's system: people by key, documents, and what a test has it do before each call."""

    people: dict[str, dict[str, str]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    documents: dict[str, int] = field(default_factory=dict)
    calls: list[list[str]] = field(default_factory=list)
    before: list[Callable[[Sequence[Parcel]], object]] = field(default_factory=list)
    after: list[Callable[[Sequence[Parcel]], object]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    can_withdraw: bool = True
    busy_with_documents: int = 0
    tokens: list[str] = field(default_factory=list)
    prepared: list[object] = field(default_factory=list)
    cannot_prepare: bool = False
    lock: Lock = field(default_factory=Lock)

    def names(self) -> list[str]:
        return sorted(person["name"] for person in self.people.values())


systems: dict[str, System] = {"main": System()}


def reset() -> None:
    """Forget what a test had asked for."""
    systems.clear()
    systems["main"] = System()


def cut(_parcels: object) -> None:
    """Nobody knows whether the call was heard."""
    raise TryLater("cut")


def refuse(_parcels: object) -> None:
    """No later call could do better."""
    raise Failed("crm_unauthorised", "the token is wrong")


def reject(parcels: Sequence[Parcel]) -> None:
    """Find something wrong with everybody."""
    raise Unacceptable({each.key: "invalid: phone" for each in parcels})


class MemoryDestination(Destination):
    """Takes people into a system of this process."""

    def __init__(self, options: Options) -> None:
        self.system = systems.setdefault(options.system, System())
        self.limits = PushLimits(batch=options.batch, workers=options.workers)
        self.system.tokens.append(str(options.token))

    def check(self) -> Iterable[Finding]:
        return list(self.system.findings)

    def prepare(self, key: str, line: Line) -> object:
        if self.system.cannot_prepare:
            raise LookupError(line.name)
        return line.name

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        with self.system.lock:
            self.system.prepared += [each.prepared for each in parcels]
            self.system.calls.append([each.line.name for each in parcels])
            if self.system.before:
                self.system.before.pop(0)(parcels)
            outcomes = [self._take(each) for each in parcels]
            if self.system.after:
                self.system.after.pop(0)(parcels)
            return outcomes

    def _take(self, parcel: Parcel) -> Outcome:
        known = parcel.key in self.system.people
        self.system.people[parcel.key] = {"name": parcel.line.name, "code": parcel.line.code}
        self.system.writes[parcel.key] += 1
        return Outcome(
            key=parcel.key, remote_id=f"remote-{parcel.key}", operation="update" if known else "insert"
        )

    def attach(self, path: Path) -> str:
        if self.system.busy_with_documents:
            self.system.busy_with_documents -= 1
            raise TryLater("busy")
        self.system.documents[path.name] = path.stat().st_size
        return f"file-{path.name}"

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:
        if not self.system.can_withdraw:
            return ()
        found = [each.key in self.system.people for each in sent]
        for each in sent:
            self.system.people.pop(each.key, None)
        return [
            Withdrawal(key=each.key, outcome="deleted" if there else "absent")
            for each, there in zip(sent, found, strict=True)
        ]


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat[Options]]:
    """Provide the push format of the tests."""
    yield OutputFormat(
        name="memory",
        summary="a system in memory",
        purposes={"dm", "telemarketing"},
        method="api_push",
        fields={"name", "address"},
        push=_open,
        options=Options,
    )


def _open(options: Options, _order: Order) -> Destination:
    return MemoryDestination(options)
