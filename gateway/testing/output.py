"""What every file format has to do: subclass ``OutputConformance`` in a test and name the format.

::

    from gateway.testing.output import OutputConformance

    class TestConformance(OutputConformance):
        format = "jsonl"
"""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from gateway.api import Line, Purpose
from gateway.errors import GatewayError
from gateway.people.person import Person
from gateway.postal.cache import cache_folder
from gateway.testing.awkward import awkward_people
from gateway.testing.kit import Kit
from gateway.testing.package_text import cells_of, folded, is_readable, metadata_of, text_of, values_of
from gateway.testing.people import synthetic_people
from gateway.testing.person_traces import GONE, LATE, codes_in_package, marks_in, marks_in_package
from gateway.testing.plugin_source import require_public_imports, require_quick_import
from gateway.testing.requirements import Violation, require, skip
from gateway.testing.trial import Delivered, Trial

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().-]*$)")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_REASON = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LONGEST_NAME = 100
_TICK = 1.1
"""Seconds until a clock of whole seconds, which most timestamps in files are, tells another time."""


class OutputConformance(Kit):
    """The checks of a file format. Set ``format``; the rest has to be said only where the format is unusual.

    ``options`` are those of ``--set``; ``purpose`` chooses one of several. The three ``…_because`` leave a check out
    and say why; the reason is shown.
    """

    format: ClassVar[str]
    options: ClassVar[Mapping[str, str]] = {}
    purpose: ClassVar[Purpose | None] = None
    bytes_differ_because: ClassVar[str] = ""
    names_change_because: ClassVar[str] = ""
    formulas_because: ClassVar[str] = ""
    import_budget: ClassVar[float] = 0.3
    """Seconds that importing the plugin may take beyond ``gateway.api``."""

    trial: ClassVar[Trial]
    _ordinary: ClassVar[Delivered | Exception | None]

    @classmethod
    def setup_class(cls) -> None:
        """Make a workspace for the checks of this class."""
        cls.trial = Trial(cls.format, options=cls.options, purpose=cls.purpose)
        cls._ordinary = None

    @classmethod
    def teardown_class(cls) -> None:
        """Remove the workspace."""
        cls.trial.close()

    @classmethod
    def people(cls) -> Sequence[Person]:
        """Return ordinary people, none with more than one phone number; override it where a format needs others."""
        made = [replace(each, phones=each.phones[:1]) for each in synthetic_people(90, seed=7) if each.phones]
        return [replace(each, attributes=dict.fromkeys(cls._attributes(), "値")) for each in made[:40]]

    def test_everybody_is_in_the_files_exactly_once(self) -> None:
        """The finished files hold every cleared line, and every line as often as any other."""
        delivered = self._delivered()
        wanted = {line.code for line in delivered.watch.delivered()}
        require(wanted, "the format has refused everybody")
        readable = [path for path in delivered.files() if is_readable(path)]
        text = "\n".join(values_of(path) for path in readable)
        count = Counter({code: text.count(code) for code in wanted})
        if not any(count.values()) and len(readable) < len(delivered.files()):
            return  # the files are binary: what read_back says has been compared by the delivery, and is checked below
        missing = sum(not times for times in count.values())
        require(not missing, f"{missing} of {len(wanted)} lines are not in the files")
        require(len(set(count.values())) == 1, "some lines are in the files more often than others")

    def test_nobody_at_all_is_no_error(self) -> None:
        """A batch may be empty, in a part or when everybody has been refused."""
        try:
            batch = self.trial.render(())
            back = self._read_back(batch.folder)
        except GatewayError as error:
            raise Violation(f"an empty batch is refused: {error.code}") from error
        except Exception as error:
            raise Violation(f"an empty batch raises {type(error).__name__}") from error
        require(not back, "read_back finds lines in the files of an empty batch")

    def test_awkward_people_are_delivered_whole_or_refused(self) -> None:
        """Rare kanji, formulas, quotes and endless names arrive whole, or the line is refused with a reason."""
        attributes = dict.fromkeys(self._attributes(), "値")
        self.trial.import_people(
            [*(replace(each, attributes=attributes) for each in awkward_people()), *self.people()[:3]],
            "awkward",
        )
        delivered = self.trial.require_delivery("awkward")
        if self.names_change_because:
            raise skip(self.names_change_because)
        if "name" not in self.trial.fields() or not all(map(is_readable, delivered.files())):
            return
        text = _comparable("\n".join(values_of(path) for path in delivered.files()))
        cut = [line.code for line in delivered.watch.delivered() if _comparable(line.name) not in text]
        awkward = {each.name: each.id for each in awkward_people()}
        ids = sorted(
            awkward.get(line.name, "other") for line in delivered.watch.delivered() if line.code in cut
        )
        require(not cut, f"names are not whole in the files: {', '.join(ids)}")

    def test_reasons_of_refusals_are_codes(self) -> None:
        """A reason goes into reports and must say nothing about the person."""
        reasons = {
            reason for reason in self._delivered().watch.left_out.values() if not _REASON.fullmatch(reason)
        }
        require(not reasons, f"{len(reasons)} reasons are no codes such as missing_glyph")

    def test_who_has_opted_out_leaves_no_trace(self) -> None:
        """Neither name, phone, address nor the line code of an earlier delivery is in any file.

        The opt-out is for one purpose, so that the record stays in the list: only the check keeps it out.
        """
        self.trial.import_people([*self.people()[:10], self._with_attributes(GONE)], "gone")
        before = self.trial.require_delivery("gone")
        self.trial.vendor.opt_out(GONE, purpose=self.trial.purpose)
        delivered = self.trial.require_delivery("gone")
        self._require_no_trace(delivered, GONE, {line.code for line in before.watch.lines})

    def test_an_opt_out_while_rendering_leaves_no_trace(self) -> None:
        """Whoever opts out while the format renders is not in what is released, not even by line code."""
        self.trial.import_people([self._with_attributes(LATE), *self.people()[:10]], "late")
        delivered = self.trial.require_delivery("late", while_rendering=self._opting_out(LATE))
        require(delivered.watch.withdrawn, "it has not been rendered again without the line of an opt-out")
        self._require_no_trace(delivered, LATE, delivered.watch.withdrawn)

    def test_a_second_delivery_does_not_remember_the_first(self) -> None:
        """Nobody of one delivery is in another one's package."""
        first = self._delivered()
        self.trial.import_people(self._others(), "others")
        second = self.trial.require_delivery("others")
        names = {line.name for line in second.watch.lines}
        strangers = [line for line in first.watch.lines if line.name not in names]
        text = "\n".join(text_of(path) + values_of(path) for path in second.files())
        found = sum(
            bool(line.code in text or {"name", "phone 1"} & {*marks_in(text, line)}) for line in strangers
        )
        require(not found, f"{found} people of the first delivery are in the second one's files")

    def test_the_same_lines_give_the_same_bytes(self) -> None:
        """Time, chance and memory have no part in a file: what was delivered can be made again, by a new process."""
        if self.bytes_differ_because:
            raise skip(self.bytes_differ_because)
        lines = self._delivered().watch.lines
        first = self.trial.render(lines).folder
        time.sleep(_TICK)
        second = self.trial.render_elsewhere(lines)
        names = [_names_in(folder) for folder in (first, second)]
        require(names[0] == names[1], "the same lines are written to files of other names")
        for name in names[0]:
            difference = _first_difference(first / name, second / name)
            if difference is not None:
                whence = self._origin_of_change(lines, first / name, name)
                raise Violation(
                    f"{name} has other bytes from byte {difference} on when the same lines are rendered again: {whence}"
                )

    def test_files_are_written_only_into_the_package(self) -> None:
        """Nothing is written anywhere else, not even for a moment, and nothing that the batch was not told of."""
        delivered = self._delivered()
        for traces, folder in zip(delivered.watch.traces, delivered.watch.folders, strict=True):
            outside = traces.written_outside(folder, *self._allowed())
            require(
                not outside,
                f"{len(outside)} files were written outside the package: use batch.open or batch.path",
            )
            require(
                not traces.left_behind,
                f"{len(traces.left_behind)} files were left in the current or temporary folder",
            )
        require(
            not delivered.watch.stray,
            f"{len(delivered.watch.stray)} files were made without batch.open or batch.path",
        )

    def test_nothing_is_printed_and_nobody_is_logged(self) -> None:
        """Standard output belongs to results, and logs to ids, codes and counts."""
        delivered = self._delivered()
        for traces in delivered.watch.traces:
            require(not traces.printed, "the format prints to stdout")
            for line in delivered.watch.lines:
                require(line.code not in traces.said, "line codes are logged or printed to stderr")
                require(not marks_in(traces.said, line), "people are logged or printed to stderr")

    def test_only_public_modules_are_imported(self) -> None:
        """Everything but the public modules may change without notice, and leads around the check."""
        require_public_imports(self.trial.registered.plugin)

    def test_only_declared_fields_are_read(self) -> None:
        """What is not declared is not filed, never arrives, and must not be counted on."""
        watch = self._delivered().watch
        undeclared = sorted(watch.reads - self.trial.fields())
        require(not undeclared, f"reads what it does not declare: {', '.join(undeclared)}")

    def test_read_back_tells_what_the_files_hold(self) -> None:
        """``read_back`` looks into the files that are there now, and finds each line once."""
        lines = self._delivered().watch.lines
        half = len(lines) // 2
        one = self.trial.render(lines[:half])
        self._require_read(one.folder, [line.code for line in one], "the files")
        other = self.trial.render(lines[half:])
        self._require_read(other.folder, [line.code for line in other], "the files")
        shutil.rmtree(other.folder)
        shutil.copytree(one.folder, other.folder)
        try:
            found = set(self._read_back(other.folder))
        except GatewayError:
            return  # it has noticed that these are not the files it wrote
        require(found == {line.code for line in one}, "read_back does not look into the files that are there")

    def test_no_cell_is_a_formula(self) -> None:
        """A name such as ``=HYPERLINK(…)`` must not become a formula in the client's spreadsheet."""
        if self.formulas_because:
            raise skip(self.formulas_because)
        people = [each for each in awkward_people() if each.id.startswith("formula")]
        self.trial.import_people(map(self._with_attributes, [*people, *self.people()[:3]]), "formulas")
        delivered = self.trial.require_delivery("formulas")
        for path in delivered.files():
            if path.suffix.lower() in (".csv", ".tsv"):
                cells = [cell for row in cells_of(path) for cell in row]
            elif path.suffix.lower() == ".xlsx":
                cells = _formulas_in(path)
            else:
                continue
            found = sum(bool(_FORMULA.match(cell)) for cell in cells)
            require(not found, f"{path.name} has {found} cells that a spreadsheet takes for formulas")

    def test_file_names_are_portable_and_name_nobody(self) -> None:
        """Names are ASCII, differ without regard to case, and say nothing about people."""
        delivered = self._delivered()
        names = sorted(delivered.watch.named)
        for name in names:
            require(
                _FILE_NAME.fullmatch(name) and not _RESERVED.match(name) and len(name) <= _LONGEST_NAME,
                "a file name is not portable: ASCII letters, digits, . _ - only, and none that Windows reserves",
            )
        require(len({name.lower() for name in names}) == len(names), "file names differ in case only")
        for line in delivered.watch.lines:
            require(
                not any(line.code in name or marks_in(name, line) for name in names),
                "a file name names a person",
            )

    def test_properties_of_files_name_nobody(self) -> None:
        """What a PDF or an archive tells about itself is shown in listings, where nobody expects people."""
        delivered = self._delivered()
        for path in delivered.files():
            told = metadata_of(path)
            for line in delivered.watch.lines:
                require(not marks_in(told, line), f"the properties of {path.name} name a person")

    def test_the_plugin_is_imported_quickly(self) -> None:
        """Every command imports the plugin."""
        require_quick_import(self.trial.registered.plugin, self.import_budget)

    def test_no_connection_is_opened(self) -> None:
        """People leave in the package and in no other way."""
        called = [call for traces in self._delivered().watch.traces for call in traces.called]
        require(not called, f"{len(called)} connections were opened while rendering")

    def _delivered(self) -> Delivered:
        """Return the delivery of ordinary people, made once; the check of everybody tells why there is none."""
        cls = type(self)
        if cls._ordinary is None:
            try:
                cls.trial.import_people(cls.people(), "ordinary")
                cls._ordinary = cls.trial.require_delivery("ordinary")
            except Exception as error:  # noqa: BLE001 - told by every check that needs the delivery
                cls._ordinary = error
        if isinstance(cls._ordinary, Violation):
            raise Violation(str(cls._ordinary)) from cls._ordinary
        if isinstance(cls._ordinary, Exception):
            raise cls._ordinary
        return cls._ordinary

    def _origin_of_change(self, lines: Sequence[Line], first: Path, name: str) -> str:
        """Tell what a file depends on beside its lines, by rendering once more where it was rendered first."""
        again = self.trial.render(lines).folder / name
        if again.is_file() and _first_difference(first, again) is None:
            return (
                "this process writes them again, another one does not (order of sets, caches, surroundings)"
            )
        return "this process does not write them again either (time, chance, what was rendered before)"

    def _others(self) -> list[Person]:
        """Return people of whom nobody is among the ordinary ones."""
        made = [replace(each, phones=each.phones[:1]) for each in synthetic_people(40, seed=8) if each.phones]
        return [self._with_attributes(each) for each in made[:10]]

    @classmethod
    def _attributes(cls) -> set[str]:
        """Return the declared items that are attributes."""
        known = {
            "name", "kana", "address", "phone", "email", "company", "department", "title", "joint_names", "honorific",
        }  # fmt: skip
        return set(cls.trial.fields()) - known

    @classmethod
    def _with_attributes(cls, person: Person) -> Person:
        return replace(person, attributes=dict.fromkeys(cls._attributes(), "値"))

    def _opting_out(self, person: Person) -> Callable[[], object]:
        return lambda: self.trial.vendor.opt_out(person)

    def _allowed(self) -> list[Path]:
        """Return where the gateway itself writes while a format renders: its database, and the cache on a new machine."""
        cache = cache_folder()
        return [
            *(
                self.trial.vendor.workspace.root / name
                for name in ("gateway.db", "gateway.db-wal", "gateway.db-shm")
            ),
            *([cache] if cache else []),
        ]

    def _require_no_trace(self, delivered: Delivered, person: Person, codes: Iterable[str]) -> None:
        traces = marks_in_package(delivered.package, [person])
        traces += [f"{name}: line code" for name in codes_in_package(delivered.package, codes)]
        require(not traces, f"somebody who has opted out can be found: {'; '.join(traces)}")

    def _require_read(self, folder: Path, expected: Sequence[str], where: str) -> None:
        found = Counter(self._read_back(folder))
        require(max(found.values(), default=1) == 1, f"read_back finds a line twice in {where}")
        require(set(found) == set(expected), f"read_back does not find the lines of {where}")

    def _read_back(self, folder: Path) -> list[str]:
        """Read a folder as the gateway does: by ``read_back``, or by looking for line codes in text files."""
        if self.trial.format.read_back is not None:
            return list(self.trial.format.read_back(folder))
        paths = [folder / name for name in _names_in(folder)]
        binary = [
            path.name for path in paths if b"\0" in path.read_bytes() or path.read_bytes()[:4] == b"%PDF"
        ]
        require(not binary, "files are binary and the format has no read_back")
        return sorted({code for path in paths for code in _codes_in(text_of(path))})


def _comparable(text: str) -> str:
    """Fold a text, without variation selectors: a PDF shows the glyph that they choose, and its text lacks them."""
    return _SELECTORS.sub("", folded(text))


def _names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _first_difference(one: Path, other: Path) -> int | None:
    """Return how many bytes two files have in common before they differ; ``None`` for the same bytes."""
    first, second = one.read_bytes(), other.read_bytes()
    if first == second:
        return None
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(first), len(second)))


def _codes_in(text: str) -> list[str]:
    return re.findall(r"(?<![0-9A-Z])G[0-9A-HJKMNP-TV-Z]{10}[0-9A-Z](?![0-9A-Z])", text)


def _formulas_in(path: Path) -> list[str]:
    """Return the formulas of a workbook's cells; a text that begins with = is none there."""
    from openpyxl import load_workbook

    workbook = load_workbook(path, read_only=True)
    try:
        return [
            str(cell.value)
            for sheet in workbook.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]
    finally:
        workbook.close()
