"""What every suppressor has to do: subclass ``SuppressorConformance`` in a test, name it, and say whom it knows.

::

    class TestConformance(SuppressorConformance):
        suppressor = "do-not-contact"

        def known(self):
            return [Person(id="1", name="見本　花子", phones=("03-1460-0001",))]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Literal

from gateway.api import Candidate, Objection, Order, Purpose, Suppressor
from gateway.errors import GatewayError
from gateway.people.keys import match_keys
from gateway.people.normalise import normalise
from gateway.people.person import Person
from gateway.plugins import Manager, Registered
from gateway.testing.awkward import awkward_people
from gateway.testing.batch import ORDER
from gateway.testing.kit import Kit
from gateway.testing.people import synthetic_people
from gateway.testing.person_traces import marks_in
from gateway.testing.plugin_source import require_public_imports, require_quick_import
from gateway.testing.requirements import Violation, require, skip
from gateway.testing.surroundings import Traces, watched_surroundings
from gateway.testing.workspace import open_workspace

_STRANGERS = 60
_PARTS = (1, 7)


class SuppressorConformance(Kit):
    """The checks of a suppressor. Set ``suppressor`` and say in ``known`` whom it objects to.

    ``change`` and ``broken`` may be overridden: the first adds somebody to what the suppressor knows, the second takes
    its source away for a while. Without them the checks about them are left out.
    """

    suppressor: ClassVar[str]
    verdict: ClassVar[Literal["suppress", "review"]] = "suppress"
    format: ClassVar[str] = "labels"
    """A format in which a trial delivery is made."""
    purpose: ClassVar[Purpose] = "dm"
    import_budget: ClassVar[float] = 0.3

    registered: ClassVar[Registered[Suppressor]]

    @classmethod
    def setup_class(cls) -> None:
        """Load the installed plugins and find the suppressor."""
        found = [each for each in Manager().suppressors() if each.item.name == cls.suppressor]
        if not found:
            raise Violation(f"no installed plugin provides the suppressor {cls.suppressor}")
        cls.registered = found[0]

    def known(self) -> Sequence[Person]:
        """Return people, at least one, to whom the suppressor objects."""
        raise Violation("override known() and say to whom the suppressor objects")

    def change(self) -> AbstractContextManager[object] | None:
        """Return what adds somebody to the suppressor's source, and takes them out again at the end."""
        return None

    def broken(self) -> AbstractContextManager[object] | None:
        """Return what makes the suppressor's source unreachable for a while."""
        return None

    def test_it_objects_to_whom_it_knows(self) -> None:
        """Each known person is objected to, with the verdict that was promised, among many strangers."""
        known, strangers = self.known(), _strangers()
        require(known, "known() returns nobody")
        objections = self._judge([*strangers, *known])
        wanted = set(range(len(strangers), len(strangers) + len(known)))
        missed = wanted - {each.ref for each in objections}
        require(not missed, f"it does not object to {len(missed)} of {len(known)} known people")
        require(
            all(each.verdict == self.verdict for each in objections if each.ref in wanted),
            f"its verdict is not {self.verdict}",
        )

    def test_it_objects_to_nobody_else(self) -> None:
        """Strangers, awkward names among them, pass."""
        objections = self._judge([*_strangers(), *awkward_people()])
        require(not objections, f"it objects to {len(objections)} strangers")

    def test_nobody_at_all_is_no_error(self) -> None:
        """It may be asked about nobody."""
        require(not self._judge([]), "it objects to nobody at all")

    def test_imports_and_checks_have_no_order(self) -> None:
        """``order`` is ``None`` at imports and checks."""
        self._judge([*self.known(), *_strangers()], order=None)

    def test_the_answer_does_not_depend_on_who_is_asked_along(self) -> None:
        """People are shown in parts of any size, in any order, and more than once."""
        people = [*self.known(), *_strangers()]
        whole = {each.ref for each in self._judge(people)}
        for size in _PARTS:
            found: set[int] = set()
            for start in range(0, len(people), size):
                found |= {start + each.ref for each in self._judge(people[start : start + size])}
            require(found == whole, f"it answers otherwise when asked about {size} at a time")
        again = {len(people) - 1 - each.ref for each in self._judge(people[::-1])}
        require(again == whole, "it answers otherwise when people come in another order")

    def test_references_are_those_of_the_candidates(self) -> None:
        """``ref`` is a name, not a place in the list."""
        people = self.known()
        candidates = [replace(each, ref=each.ref + 1000) for each in candidates_of(people)]
        refs = {each.ref for each in self._objections(candidates, self._order())}
        require(refs <= {each.ref for each in candidates}, "it objects to references that it was not shown")
        require(len(refs) == len(people), "it takes a reference for a place in the list")

    def test_rules_and_reasons_name_nobody(self) -> None:
        """Both go into reports and into the journal."""
        people = self.known()
        for each in self._judge(people):
            require(each.rule, "an objection has no rule")
            told = f"{each.rule} {each.why}"
            require(not any(marks_in(told, person) for person in people), "a rule or reason names a person")

    def test_nothing_is_printed_and_nobody_is_logged(self) -> None:
        """Standard output belongs to results, and logs to ids, codes and counts."""
        people = [*self.known(), *_strangers()]
        traces = self._watched(people)
        require(not traces.printed, "it prints to stdout")
        require(
            not any(marks_in(traces.said, each) for each in people), "people are logged or printed to stderr"
        )

    def test_nobody_is_written_down(self) -> None:
        """People who are shown to a suppressor are shown to be judged, not to be kept."""
        traces = self._watched(_strangers())
        require(not traces.written, f"{len(traces.written)} files were written while judging")

    def test_a_change_of_its_source_changes_the_revision(self) -> None:
        """While the revision stays, lines are not asked again at release."""
        revision = self.registered.item.revision
        if revision is None:
            raise skip("it has no revision and is asked again at every release")
        order = self._order()
        before = revision(order)
        require(revision(order) == before, "its revision changes by itself: every release would ask again")
        change = self.change()
        if change is None:
            raise skip("change() is not overridden")
        with change:
            require(revision(order) != before, "its revision stays the same when its source has changed")

    def test_without_its_source_it_raises(self) -> None:
        """A suppressor that cannot ask must not answer: nothing is delivered then."""
        broken = self.broken()
        if broken is None:
            raise skip("broken() is not overridden")
        with broken:
            try:
                self._judge([*self.known(), *_strangers()])
            except Exception:  # noqa: BLE001 - any error refuses the delivery
                return
        raise Violation("it answers as if it knew nobody when its source cannot be reached")

    def test_whom_it_knows_is_not_delivered(self) -> None:
        """In a real delivery the known people are left out, and nobody else."""
        known, strangers = list(self.known()), _strangers()[:10]
        attributes: Mapping[str, str] = {}
        people = [
            replace(each, id=f"P{place}", attributes=attributes)
            for place, each in enumerate([*known, *strangers])
        ]
        with ExitStack() as stack:
            root = Path(stack.enter_context(TemporaryDirectory(prefix="gateway-trial-")))
            vendor = stack.enter_context(open_workspace(root))
            summary = vendor.import_people(people)
            kept_out = summary.suppressed
            try:
                result = vendor.deliver(format=self.format, purpose=self.purpose)
            except GatewayError as error:
                raise Violation(f"the delivery is refused: {error.code}: {error.message}") from error
            left = result.counts.suppressed + result.counts.held + kept_out
            require(
                result.counts.delivered == len(strangers),
                "strangers were not delivered, or known people were",
            )
            require(left >= len(known), "known people were not left out")

    def test_only_public_modules_are_imported(self) -> None:
        """Everything but the public modules may change without notice."""
        require_public_imports(self.registered.plugin)

    def test_the_plugin_is_imported_quickly(self) -> None:
        """Every command imports the plugin."""
        require_quick_import(self.registered.plugin, self.import_budget)

    def _order(self) -> Order:
        return replace(ORDER, format=self.format, purpose=self.purpose)

    def _judge(
        self, people: Sequence[Person], *, order: Order | Literal["some"] | None = "some"
    ) -> list[Objection]:
        """Return the objections to people, whose references are their places."""
        return self._objections(candidates_of(people), self._order() if order == "some" else order)

    def _objections(self, candidates: Sequence[Candidate], order: Order | None) -> list[Objection]:
        answer: Iterable[Objection] = self.registered.item.judge(candidates, order)
        found = list(answer)
        refs = {each.ref for each in candidates}
        require(
            all(isinstance(each, Objection) for each in found), "it answers something else than objections"
        )
        require(all(each.ref in refs for each in found), "it objects to references that it was not shown")
        return found

    def _watched(self, people: Sequence[Person]) -> Traces:
        with watched_surroundings() as traces:
            self._judge(people)
        return traces


def candidates_of(people: Iterable[Person]) -> list[Candidate]:
    """Return people as a suppressor is shown them."""
    return list(_candidates(people))


def _candidates(people: Iterable[Person]) -> Iterator[Candidate]:
    for place, person in enumerate(people):
        yield Candidate(
            ref=place,
            name=person.name,
            kana=person.kana,
            postal_code=person.postal_code,
            address=person.address,
            building=person.building,
            phones=person.phones,
            emails=person.emails,
            company=person.company,
            joint_names=person.joint_names,
            keys=match_keys(normalise(person)),
        )


def _strangers() -> list[Person]:
    return list(synthetic_people(_STRANGERS, seed=11))
