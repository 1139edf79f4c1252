"""The kit of suppressors passes the template's plugin, and finds what is wrong with a faulty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.kit import checks_of
from gateway.testing.suppressor import SuppressorConformance
from tests.installing import Install
from tests.testing.from_template import findings, install_template

READ = 'set(map(national_digits, source().read_text(encoding="utf-8").splitlines())) - {""}'
ANSWER = 'yield Objection(ref=each.ref, verdict="suppress", rule="acme-sample", why="phone")'
REVISION = "lambda _order: file_revision(source())"
LISTED = f"    listed = {READ}\n"
IMPORT = "import os\n"
FAULTS = {
    "knows one notation": (
        {"map(national_digits, each.phones)": "each.phones"},
        "test_it_objects_to_whom_it_knows",
        "does not object to",
    ),
    "objects to all": (
        {"if not listed.isdisjoint(map(national_digits, each.phones)):": "if listed:"},
        "test_it_objects_to_nobody_else",
        "strangers",
    ),
    "needs somebody": (
        {LISTED: LISTED + "    assert candidates\n"},
        "test_nobody_at_all_is_no_error",
        "AssertionError",
    ),
    "needs an order": (
        {LISTED: LISTED + "    assert _order is not None\n"},
        "test_imports_and_checks_have_no_order",
        "AssertionError",
    ),
    "does not bother about few": (
        {LISTED: LISTED + "    if len(candidates) < 5:\n        return\n"},
        "test_the_answer_does_not_depend_on_who_is_asked_along",
        "at a time",
    ),
    "counts instead of naming": (
        {"for each in candidates:": "for place, each in enumerate(candidates):", "ref=each.ref": "ref=place"},
        "test_references_are_those_of_the_candidates",
        "references that it was not shown",
    ),
    "gives the number as a reason": (
        {'why="phone"': "why=each.phones[0]"},
        "test_rules_and_reasons_name_nobody",
        "names a person",
    ),
    "prints": (
        {LISTED: LISTED + "    print(len(candidates))\n"},
        "test_nothing_is_printed_and_nobody_is_logged",
        "prints",
    ),
    "keeps whom it is shown": (
        {LISTED: LISTED + "    Path('seen.txt').write_text(str(len(candidates)), encoding='utf-8')\n"},
        "test_nobody_is_written_down",
        "written",
    ),
    "has a revision that stays": (
        {REVISION: "lambda _order: '1'"},
        "test_a_change_of_its_source_changes_the_revision",
        "stays the same",
    ),
    "knows nobody without its file": (
        {READ: f"{READ} if source().is_file() else set()"},
        "test_without_its_source_it_raises",
        "as if it knew nobody",
    ),
    "lets people pass at delivery": (
        {LISTED: LISTED + "    if len(candidates) == 12:\n        return\n"},
        "test_whom_it_knows_is_not_delivered",
        "known people were",
    ),
    "imports privately": (
        {IMPORT: IMPORT + "import gateway.people.phones\n"},
        "test_only_public_modules_are_imported",
        "gateway.people.phones",
    ),
    "is slow to import": (
        {IMPORT: IMPORT + "import time\ntime.sleep(1)\n"},
        "test_the_plugin_is_imported_quickly",
        "takes 1.",
    ),
}  # fmt: skip


def test_the_template_passes_every_check(install: Install, tmp_path: Path) -> None:
    found = findings(install_template(install, tmp_path / "new", "suppressor"))
    assert {name for name, each in found.items() if each.outcome != "passed"} == set()


def test_every_check_finds_some_fault() -> None:
    assert {check for _faults, check, _reason in FAULTS.values()} == set(checks_of(SuppressorConformance))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_check_meant_for_it(install: Install, tmp_path: Path, name: str) -> None:
    faults, check, reason = FAULTS[name]
    found = findings(install_template(install, tmp_path / "new", "suppressor", faults), check)[check]
    assert found.outcome == "failed"
    assert reason in found.reason
