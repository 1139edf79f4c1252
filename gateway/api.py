"""What a plugin may import: frozen data, the protocols it is handed, the hook marker.

The module is light on purpose: it imports pluggy and the standard library, no database and no PDF library.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Generic, Literal, NewType, Protocol, TextIO

import pluggy
from typing_extensions import TypeVar

from gateway.errors import Damaged, Failed, GatewayError, PluginFault, Refused, WrongUsage

__all__ = [
    "Address",
    "Batch",
    "Candidate",
    "Check",
    "ClientLists",
    "CommandSession",
    "Damaged",
    "Destination",
    "Enclosure",
    "ExecutorFactory",
    "Failed",
    "Finding",
    "GatewayError",
    "Line",
    "LineCode",
    "LineOutcome",
    "Method",
    "Objection",
    "Order",
    "Outcome",
    "OutcomeKind",
    "OutcomeSummary",
    "OutputFormat",
    "Package",
    "Parcel",
    "PluginFault",
    "PostalKind",
    "Purpose",
    "PushLimits",
    "Refusal",
    "RefusalEffect",
    "Refused",
    "Secret",
    "Sent",
    "Services",
    "StateStore",
    "Suppressor",
    "TryLater",
    "Unacceptable",
    "Withdrawal",
    "WrongUsage",
    "__version__",
    "hookimpl",
]

__version__ = "1.0"
"""The version of this module and of the hooks: a plugin for 1.x runs with every later 1.y (docs/plugins.md)."""

hookimpl = pluggy.HookimplMarker("gateway")
"""Mark a function as an implementation of the hook whose name it bears."""

Purpose = Literal["dm", "telemarketing"]
"""What a client may use a delivery for (利用目的)."""

Method = Literal["printed_labels", "file", "api_push"]
"""How personal data is provided, as filed with the regulator (APPI Art. 27(2) no. 5)."""

PostalKind = Literal["town", "representative", "office", "pobox", "unknown"]
"""What a postal code stands for in Japan Post's tables."""

LineCode = NewType("LineCode", str)
"""12 characters that stand for one record in one delivery; no personal data (管理番号)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address, already split, so that no plugin parses addresses again.

    ``postal_code`` is seven digits or empty. ``text`` is the address as held, without building.
    ``after_town`` is what follows the town (住所B of the postal code manual, p17), empty when the town was not found;
    ``town`` is empty then too.
    """

    postal_code: str
    postal_kind: PostalKind
    text: str
    prefecture: str = ""
    city: str = ""
    town: str = ""
    after_town: str = ""
    building: str = ""

    def __repr__(self) -> str:
        return "Address(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cleared record in one delivery, holding the declared fields and nothing else (明細).

    ``phones`` are in E.164, such as ``+81312345678``; one that the numbering plan does not know stands as it was given.
    ``emails`` are those whose owner has consented to advertising by e-mail (特商法 Art. 12-3).
    """

    code: LineCode
    name: str = ""
    kana: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: Address | None = None
    company: str = ""
    department: str = ""
    title: str = ""
    joint_names: str = ""
    honorific: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def phone(self) -> str:
        """The first phone number, or an empty string."""
        return self.phones[0] if self.phones else ""

    @property
    def email(self) -> str:
        """The first e-mail address, or an empty string."""
        return self.emails[0] if self.emails else ""

    def __repr__(self) -> str:
        return f"Line(code={self.code!r})"


class ClientLists(Protocol):
    """Who has refused the order's client (特商法 Art. 17), as recorded with the gateway."""

    def revision(self) -> str:
        """Return a token that changes with every new refusal that binds the order; empty while there is none."""

    def objections(self, candidates: Sequence[Candidate]) -> Sequence[Objection]:
        """Judge candidates by the refusals that bind the order, through the very functions of the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a client asked for, as far as a plugin needs it (受注).

    ``product`` is the client's product that the delivery serves, or empty; ``client_lists`` looks up who has refused it.
    """

    delivery: str
    client: str
    client_name: str
    format: str
    purpose: Purpose
    reference: str = ""
    created_at: datetime
    options: Mapping[str, str] = field(default_factory=dict)
    product: str = ""
    client_lists: ClientLists | None = field(default=None, repr=False, compare=False)


Options = TypeVar("Options", default=object, covariant=True)
Result = TypeVar("Result")


class StateStore(Protocol):
    """Small texts that a format keeps from one delivery of a client to the next; no personal data."""

    def get(self, name: str) -> str:
        """Return what is kept under a name for this format and the order's client, or an empty string."""

    def set(self, name: str, value: str) -> None:
        """Keep a text of at most 1000 characters, if the delivery is released; otherwise all stays as it was."""


class Batch(Protocol[Options]):
    """The cleared lines of one delivery and the only place a plugin may write to."""

    @property
    def order(self) -> Order:
        """The order being delivered."""

    @property
    def options(self) -> Options:
        """The format's options, an instance of its ``options`` type."""

    def __len__(self) -> int:
        """Count the cleared lines."""

    def __iter__(self) -> Iterator[Line]:
        """Hand out the cleared lines in order; may be repeated."""

    def chunks(self, size: int) -> Iterator[Sequence[Line]]:
        """Hand out the cleared lines in lists of at most ``size``."""

    def map(self, task: Callable[[Batch[Options]], Result], size: int) -> Iterator[Result]:
        """Run a task on consecutive parts of at most ``size`` lines and yield its results in order.

        ``task`` is a function of a module, because with ``--jobs`` it runs in other processes. It gets a batch of its
        part, may read, refuse and report, opens no file, and returns what the caller puts into the files.
        """

    def ordered(self, key: Callable[[Line], str]) -> Batch[Options]:
        """Return the same batch in the order of a key, equal ones as they were; the first 64 bytes of UTF-8 count.

        ``key`` is a function of a module or an instance of a module's class, for the same reason as in ``map``.
        """

    @property
    def state(self) -> StateStore:
        """What the format keeps from delivery to delivery; parts of a batch have none."""

    def open(
        self, name: str, encoding: str = "utf-8", newline: str | None = None
    ) -> AbstractContextManager[TextIO]:
        """Open a new text file of the package for writing; ``Refused`` outside the staging folder."""

    def open_binary(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new binary file of the package for writing."""

    def path(self, name: str) -> Path:
        """Name a file of the package for libraries that open files themselves."""

    def refuse(self, line: Line, reason: str) -> None:
        """Leave a line out of the delivery; ``reason`` is a stable code such as ``missing_glyph``."""

    def hold(self, line: Line, reason: str) -> None:
        """Leave a line out for somebody to decide: a correction of the list or another option would let it go."""

    def report(self, code: str, count: int = 1) -> None:
        """Count something worth telling in the summary, such as ``no_barcode``; never personal data."""

    def progress(self, lines: int) -> None:
        """Tell that ``lines`` more lines have been rendered."""


class Secret(str):
    """A credential that was given by reference (``{ env = "NAME" }``, ``{ file = "path" }``); its repr is ``***``.

    An option of this type takes nothing but such a reference: never a text in gateway.toml, never ``--set``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLimits:
    """What a destination bears: lines in one call, calls at a time, calls a second (0: as fast as it answers)."""

    batch: int = 100
    workers: int = 4
    per_second: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One line on its way to a destination.

    ``key`` is opaque and stays the same for one record and one client for good: write it into a unique field and
    update by it, so that sending again changes nothing. Never use e-mail or phone for that.
    """

    key: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a destination did with one parcel.

    ``again`` asks to send this one once more (a locked row). ``reason`` carries a code and field names, never values.
    """

    key: str
    state: Literal["accepted", "rejected", "again"] = "accepted"
    remote_id: str = ""
    operation: Literal["insert", "update", ""] = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A line that a destination may hold; ``remote_id`` is empty when its answer was never heard: look by key."""

    key: str
    remote_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What became of a line that was to be withdrawn: removed, marked, or it was not there."""

    key: str
    outcome: Literal["deleted", "flagged", "absent"]


class TryLater(Exception):
    """Nobody knows whether a call was heard, or it came too early: the same parcels are sent again.

    ``after`` is what the destination has asked to wait, in seconds; ``reason`` is a code for the summary.
    """

    def __init__(self, reason: str, *, after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Unacceptable(Exception):
    """A call was refused as a whole because of some records, and nothing of it was applied.

    ``reasons`` gives the reason for each bad key; empty when the destination does not say which: they are searched for
    by halves.
    """

    def __init__(self, reasons: Mapping[str, str], *, reason: str = "rejected") -> None:
        super().__init__(reason)
        self.reasons = reasons
        self.reason = reason


class Destination(ABC):
    """A client's own system to which lines are pushed; opened for one run, used from several threads at a time.

    ``send`` is all a new one has to write. Apart from ``TryLater`` and ``Unacceptable`` every error ends the run: raise
    ``Failed`` or ``Refused`` when the destination has refused a call and no later one could do better.
    """

    limits: PushLimits = PushLimits()

    @abstractmethod
    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Insert or update the parcels by their keys and say what became of each."""

    def expect(self, lines: int) -> None:  # noqa: B027 - most destinations treat few and many alike
        """Hear how many lines are coming, before the first is sent; ``limits`` may be set by it."""

    def check(self) -> Iterable[Finding]:
        """Test connection, rights, mapping and limits without sending a person; an ``error`` stops the push."""
        return ()

    def attach(self, path: Path) -> str:  # noqa: ARG002 - an ordinary destination has no place for files
        """Store a document of the package and return its id there; empty where there is no place for files.

        Called again after an interruption: a document of this name that is already there is kept.
        """
        return ""

    def withdraw(self, sent: Sequence[Sent]) -> Iterable[Withdrawal]:  # noqa: ARG002 - see above
        """Remove or mark people who have opted out; a line that is not answered for counts as not withdrawn."""
        return ()

    def close(self) -> None:  # noqa: B027 - not every destination holds a connection
        """Let go of connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat(Generic[Options]):
    """A format that ``gateway deliver --format NAME`` offers (形式).

    ``method`` is a filed way of provision. ``fields`` names the items a line carries, or computes them from the
    options: ``name kana address phone email company department title joint_names honorific`` or the name of an
    attribute. Exactly one of ``render`` and ``push`` is given; ``push(options, order)`` opens the destination that
    belongs to the order's client, with the options of ``[formats.NAME.clients.CLIENT]``. ``options`` is a frozen
    dataclass type into which ``--set`` and ``[formats.NAME]`` are read. ``read_back`` yields the line codes found in the
    finished files.
    ``remarks`` yields paragraphs (Japanese) that the delivery note tells the client, such as what to say on the phone.
    """

    name: str
    summary: str
    purposes: AbstractSet[Purpose]
    method: Method
    fields: AbstractSet[str] | Callable[[Options], AbstractSet[str]]
    render: Callable[[Batch[Options]], None] | None = None
    push: Callable[[Options, Order], Destination] | None = None
    options: type[Options] | None = None
    aliases: tuple[str, ...] = ()
    read_back: Callable[[Path], Iterable[str]] | None = None
    remarks: Callable[[Options], Iterable[str]] | None = None

    def __post_init__(self) -> None:
        if (self.render is None) == (self.push is None):
            raise ValueError(f"format {self.name!r} needs exactly one of render and push")


OutcomeKind = Literal["refused", "wrong_number", "reached"]
"""What came of a call: the person refused, somebody else answered, the person was reached."""

RefusalEffect = Literal["client_refusal", "telemarketing_opt_out", "opt_out"]
"""What a refusal becomes: an entry of the client's refusal list (特商法 Art. 17), or an opt-out from calls or from all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutcome:
    """What a client reports about one delivered line; ``phone`` is the number that was called, if it is known."""

    line_code: str
    kind: OutcomeKind
    on: date
    phone: str = ""

    def __repr__(self) -> str:
        return f"LineOutcome(line_code={self.line_code!r}, kind={self.kind!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSummary:
    """What became of reported outcomes; ``rejected`` has a stable reason code for the index of each that was not taken."""

    refused: int
    wrong_numbers: int
    reached: int
    known: int
    rejected: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A released package (納品物) as it lies in the outbox; ``files`` are its names, the manifest last.

    ``recalled`` counts its people who have opted out since the release: before it is handed over, it has to be made anew.
    """

    delivery: str
    client: str
    folder: Path
    files: tuple[str, ...]
    recalled: int


class Services(Protocol):
    """What the core does for a plugin's command: ``session.services()`` of the object that click hands to it."""

    def report_outcomes(
        self,
        outcomes: Sequence[LineOutcome],
        *,
        refused: RefusalEffect,
        product: str = "",
        file_sha256: str = "",
    ) -> OutcomeSummary:
        """Take what clients report about delivered lines; when it returns, the refusals are in force.

        ``product`` narrows an entry of a client's refusal list; it is the delivery's own by default. Outcomes that were
        reported before change nothing.
        """

    def package(self, delivery: str) -> Package:
        """Return a released package whose every byte is still what was released.

        Raises ``WrongUsage`` where there is no such delivery, ``Refused`` where it is not released and in place, and
        ``Damaged`` where a file is missing or another one.
        """


class CommandSession(Protocol):
    """The object that click hands to a plugin's command (``click.pass_obj``)."""

    def format_options(self, name: str, sets: Mapping[str, str]) -> object:
        """Return the options of a format as ``gateway.toml`` has them, ``sets`` winning as ``--set`` does."""

    def services(self) -> Services:
        """Return what the core does for plugins, on the workspace of this run."""

    def now(self) -> datetime:
        """Return the current time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person who has passed the core's check, shown to a suppressor; ``ref`` names it in the answer.

    ``keys`` are the gate's own match keys of the record.
    """

    ref: int
    name: str
    kana: str
    postal_code: str
    address: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    keys: tuple[int, ...]
    building: str = ""
    company: str = ""
    joint_names: str = ""

    def __repr__(self) -> str:
        return f"Candidate(ref={self.ref})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A suppressor's no: the candidate stays out, or is held back for review."""

    ref: int
    verdict: Literal["suppress", "review"]
    rule: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressor:
    """A further source of suppression; it can add to the core's check and never subtract from it.

    ``judge(candidates, order)`` returns objections; ``order`` is ``None`` at imports and checks. ``revision(order)``
    returns a token that changes whenever an answer could: while it stays the same, lines are not asked again at
    release; without it they always are. ``concerns(order)`` may tell that nobody needs to be asked about at all, so
    that people need not be shown; where it answers no, ``revision`` has to change once that is no longer so.
    """

    name: str
    summary: str
    judge: Callable[[Sequence[Candidate], Order | None], Iterable[Objection]]
    revision: Callable[[Order | None], str] | None = None
    concerns: Callable[[Order | None], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A plugin's veto of a whole delivery; ``code`` is stable, ``message`` is for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A further file of the package; ``write(order, path)`` makes it. It cannot replace the core's documents."""

    name: str
    summary: str
    write: Callable[[Order, Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorFactory:
    """Where partitioned work may run: ``--executor SCHEME://host:port`` calls ``open`` with that URL."""

    scheme: str
    summary: str
    open: Callable[[str], Executor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of ``gateway doctor``."""

    level: Literal["ok", "warning", "error"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check that ``gateway doctor`` runs."""

    name: str
    run: Callable[[], Iterable[Finding]]
