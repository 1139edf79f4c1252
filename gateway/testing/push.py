"""What every push has to do: subclass ``PushConformance`` in a test, name the format, and write the far side's double.

::

    class Double(FarSide):
        def answer(self, request): ...

        def held(self): ...

    class TestConformance(PushConformance):
        format = "webhook"
        far_side = Double

        def settings(self, url):
            return {"url": url, "token": "secret"}
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar
from unittest import mock
from urllib.parse import unquote_plus

from gateway.api import Destination, Order, OutputFormat, Purpose
from gateway.delivery import push_pace
from gateway.delivery.deliver import DeliveryResult
from gateway.errors import Damaged, GatewayError
from gateway.people.person import Person
from gateway.plugins import Format, Manager, Registered
from gateway.testing.kit import Kit
from gateway.testing.package_text import strings_in
from gateway.testing.people import synthetic_people
from gateway.testing.person_traces import LATE, marks_in
from gateway.testing.plugin_source import require_public_imports, require_quick_import
from gateway.testing.requirements import Violation, require
from gateway.testing.server import Fault, LoopbackServer, Request, Response, loopback_server
from gateway.testing.surroundings import Traces, watched_surroundings
from gateway.testing.workspace import Vendor, open_workspace

_PAUSE = 0.001
_FEW = 3


class FarSide(ABC):
    """A double of the client's system; a new one for each check.

    ``unwanted`` holds names of people whom the system does not take: its answer says so as the real one's does.
    """

    def __init__(self) -> None:
        self.unwanted: set[str] = set()

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Answer one call."""

    @abstractmethod
    def held(self) -> Sequence[str]:
        """Return the names of the people that the system holds, twice whoever it holds twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A workspace with people, a running double, and what was seen of the push."""

    vendor: Vendor
    far: FarSide
    server: LoopbackServer
    people: Sequence[Person]
    push: Callable[[], DeliveryResult]
    traces: Traces


class PushConformance(Kit):
    """The checks of a push format: nobody lost, nobody doubled, nobody who has opted out, whatever the far side does.

    Set ``format`` and ``far_side``, and return in ``settings`` what stands in ``[formats.NAME.clients.CLIENT]``; let a
    call carry few people where that can be set, so that there are several calls.
    """

    format: ClassVar[str]
    far_side: ClassVar[type[FarSide]]
    purpose: ClassVar[Purpose | None] = None
    import_budget: ClassVar[float] = 0.3

    registered: ClassVar[Registered[OutputFormat[object]]]

    @classmethod
    def setup_class(cls) -> None:
        """Load the installed plugins and find the format."""
        cls.registered = Manager().format(cls.format)
        if cls.registered.item.push is None:
            raise Violation(f"the format {cls.format} makes files: use OutputConformance")

    def settings(self, url: str) -> Mapping[str, object]:
        """Return the settings of the format for a client whose system is at ``url``."""
        return {"url": url}

    def people(self) -> Sequence[Person]:
        """Return the people who are pushed; override it where a format needs others."""
        made = {
            each.name: replace(each, phones=each.phones[:1])
            for each in synthetic_people(60, seed=3)
            if each.phones
        }
        return list(made.values())[:9]

    def test_everybody_arrives_exactly_once(self) -> None:
        """The far side holds everybody, and nobody twice."""
        with self._scene() as scene:
            result = self._pushed(scene)
            self._require_everybody(scene)
            require(result.counts.delivered == len(scene.people), "the log tells of fewer than have arrived")

    def test_it_is_asked_before_anybody_is_sent(self) -> None:
        """``check`` finds out that the far side refuses the credentials; nobody is sent to find it out."""
        with self._scene() as scene:
            scene.server.lasting = "unauthorised"
            self._require_refused(scene)
            sent = "\n".join(strings_in(request.body) for request in scene.server.unheard)
            require(
                not any(marks_in(sent, person) for person in scene.people),
                "people were sent to a system that refuses the credentials: ask it in check()",
            )

    def test_too_many_calls_are_repeated_later(self) -> None:
        """429 asks to wait."""
        self._require_endured("too_many", "too_many")

    def test_errors_of_the_server_are_endured(self) -> None:
        """500 and 503 may be over a moment later."""
        self._require_endured("error", "unavailable")

    def test_a_broken_connection_is_endured(self) -> None:
        """The call was not heard."""
        self._require_endured("reset", "reset")

    def test_a_lost_answer_doubles_nobody(self) -> None:
        """The call was heard and its answer lost: the same people are sent again, by the same keys."""
        self._require_endured("cut", "cut")

    def test_a_slow_answer_is_awaited(self) -> None:
        """An answer that takes a while is an answer."""
        self._require_endured("slow")

    def test_a_rejected_person_is_reported(self) -> None:
        """Whom the far side does not take is told as rejected, and costs nobody else the place."""
        with self._scene() as scene:
            bad = scene.people[4]
            scene.far.unwanted.add(bad.name)
            result = self._pushed(scene)
            self._require_everybody(scene, but={bad.name})
            require(
                result.counts.refused == 1 and result.reports["rejected"] == 1,
                "somebody whom the far side has rejected is told as delivered",
            )
            report = scene.vendor.workspace.reports / result.id / "rejected.csv"
            require(report.is_file(), "there is no report of the rejected")
            require(
                not marks_in(report.read_text(encoding="utf-8"), bad),
                "the reason of a rejection names the person",
            )

    def test_a_push_that_stops_is_resumed_without_doubling(self) -> None:
        """Answers get lost until the push stops; it goes on later, under the same keys, and doubles nobody."""
        with self._scene() as scene:
            self._once_somebody_is_there(scene, lambda: scene.server.fail_from_now_on("cut"))
            stopped = self._require_refused(scene)
            scene.server.lasting = None
            if isinstance(stopped, Damaged):
                identifier = _stopped(scene)
                try:
                    scene.vendor.resume(identifier)
                except GatewayError as error:
                    raise Violation(f"it cannot be resumed: {error.code}: {error.message}") from error
            else:
                self._pushed(scene)
            self._require_everybody(scene)

    def test_an_opt_out_during_the_push_is_not_sent(self) -> None:
        """Whoever opts out before the own chunk is sent does not arrive."""
        with self._scene(_SmallCalls()) as scene:
            self._once_somebody_is_there(scene, lambda: scene.vendor.opt_out(LATE, erase=False))
            self._pushed(scene)
            require(
                _plain(LATE.name) not in map(_plain, scene.far.held()), "somebody who had opted out was sent"
            )

    def test_nothing_is_printed_and_nobody_is_logged(self) -> None:
        """Libraries for web calls like to log what they send; nobody's data may get there."""
        with self._scene() as scene:
            scene.far.unwanted.add(scene.people[2].name)
            scene.server.faults.append("error")
            self._pushed(scene)
        require(not scene.traces.printed, "the format prints to stdout")
        for person in scene.people:
            require(not marks_in(scene.traces.said, person), "people are logged or printed to stderr")

    def test_secrets_are_not_logged(self) -> None:
        """Credentials stay out of logs and messages."""
        with self._scene() as scene:
            settings = self.settings(scene.server.url)
            self._pushed(scene)
        secrets = [str(value) for value in _secrets(settings)]
        require(not any(value in scene.traces.said for value in secrets), "a credential is logged")

    def test_only_public_modules_are_imported(self) -> None:
        """Everything but the public modules may change without notice."""
        require_public_imports(self.registered.plugin)

    def test_the_plugin_is_imported_quickly(self) -> None:
        """Every command imports the plugin."""
        require_quick_import(self.registered.plugin, self.import_budget)

    def _require_endured(self, *faults: Fault) -> None:
        """Push while the first calls that carry people go wrong."""
        with self._scene() as scene:
            scene.server.faults.extend(faults)
            self._pushed(scene)
            require(not scene.server.faults, "no call carried people in a form that the kit can read")
            self._require_everybody(scene)

    def _once_somebody_is_there(self, scene: Scene, act: Callable[[], object]) -> None:
        """Act as soon as the far side holds somebody, before it says so."""
        take, acts = scene.far.answer, [act]

        def answer(request: Request) -> Response:
            response = take(request)
            while acts and scene.far.held():
                acts.pop()()
            return response

        scene.far.answer = answer  # type: ignore[method-assign]

    def _pushed(self, scene: Scene) -> DeliveryResult:
        try:
            return scene.push()
        except GatewayError as error:
            raise Violation(f"the push is refused: {error.code}: {error.message}") from error

    def _require_refused(self, scene: Scene) -> GatewayError:
        try:
            scene.push()
        except GatewayError as error:
            require(error.code != "plugin_fault", f"the plugin raises what it should tell: {error.message}")
            return error
        raise Violation("the push says that all went well while the far side refused every call")

    def _require_everybody(self, scene: Scene, *, but: set[str] | None = None) -> None:
        held = Counter(map(_plain, scene.far.held()))
        wanted = {_plain(each.name) for each in scene.people} - set(map(_plain, but or set()))
        doubled = sum(times > 1 for times in held.values())
        require(not doubled, f"{doubled} people are on the far side twice")
        missing = len(wanted - set(held))
        require(not missing, f"{missing} of {len(wanted)} people are not on the far side")
        require(len(held) == len(wanted), "the far side holds people who were not to be sent")

    @contextmanager
    def _scene(self, manager: Manager | None = None) -> Iterator[Scene]:
        far = self.far_side()
        people = [*self.people(), LATE]
        with (
            TemporaryDirectory(prefix="gateway-trial-") as folder,
            mock.patch.object(push_pace, "FIRST_PAUSE", _PAUSE),
            loopback_server(lambda request: far.answer(request)) as server,  # noqa: PLW0108 - a check may replace it
        ):
            names = [_plain(each.name) for each in people]
            server.concerns = lambda request: _names_somebody(request, names)
            settings = {"clients": {"client": self.settings(server.url)}}
            declared = self.registered.item.fields
            items = () if callable(declared) else declared
            traces = Traces()
            with open_workspace(
                Path(folder),
                {"lists": {"main": people}, "formats": {self.format: settings}, "items": items},
                manager=manager,
            ) as vendor:
                yield Scene(
                    vendor=vendor,
                    far=far,
                    server=server,
                    people=people,
                    push=lambda: _watched_push(vendor, self, traces),
                    traces=traces,
                )


class _SmallCalls(Manager):
    """Lets every destination send a few people at a time and one call after the other, so that there is a before."""

    def format(self, name: str) -> Registered[Format]:
        """Return the format with other limits; errors as for any manager."""
        found = super().format(name)
        opened = found.item.push
        if opened is None:
            return found

        def push(options: object, order: Order) -> Destination:
            destination = opened(options, order)
            destination.limits = replace(destination.limits, batch=_FEW, workers=1)
            return destination

        return replace(found, item=replace(found.item, push=push))


def _watched_push(vendor: Vendor, kit: PushConformance, traces: Traces) -> DeliveryResult:
    """Push under watch, and add what was seen, also when the push fails."""
    purpose = kit.purpose or min(kit.registered.item.purposes)
    seen = Traces()
    try:
        with watched_surroundings() as seen:
            return vendor.deliver(format=kit.format, purpose=purpose)
    finally:
        traces.printed += seen.printed
        traces.said += seen.said


def _stopped(scene: Scene) -> str:
    """Return the id of the push that has stopped."""
    from sqlalchemy import select

    from gateway.db.engine import reading
    from gateway.db.tables import delivery

    with reading(scene.vendor.engine) as connection:
        found: str = connection.execute(
            select(delivery.c.id).where(delivery.c.state == "pushing")
        ).scalar_one()
    return found


def _names_somebody(request: Request, names: Sequence[str]) -> bool:
    """Tell whether a call carries people, in JSON, in a form or in plain text."""
    said = _plain(unquote_plus(strings_in(request.body)))
    return any(name in said for name in names)


def _plain(name: str) -> str:
    return "".join(name.split())


def _secrets(settings: Mapping[str, object]) -> Iterator[object]:
    """Yield the values that look like credentials."""
    for name, value in settings.items():
        if any(word in name.lower() for word in ("token", "secret", "password", "key")) and isinstance(
            value, str
        ):
            yield value
