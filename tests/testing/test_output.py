"""The kit of file formats finds what is wrong with a plugin, by the check that is meant for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.kit import Finding, checks_of, run_kit
from gateway.testing.output import OutputConformance
from tests.installing import Install

FAULTY = Path(__file__).parent / "faulty"
MEANT = {
    "skips_one": ("test_everybody_is_in_the_files_exactly_once", "lines_missing"),
    "doubles_one": ("test_everybody_is_in_the_files_exactly_once", "more often than others"),
    "stops_early": ("test_everybody_is_in_the_files_exactly_once", "lines_missing"),
    "cannot_be_read": ("test_everybody_is_in_the_files_exactly_once", "cannot_read_back"),
    "needs_somebody": ("test_nobody_at_all_is_no_error", "StopIteration"),
    "strict_cp932": ("test_awkward_people_are_delivered_whole_or_refused", "UnicodeEncodeError"),
    "cuts_names": ("test_awkward_people_are_delivered_whole_or_refused", "not whole"),
    "names_in_reasons": ("test_reasons_of_refusals_are_codes", "no codes"),
    "goes_around_the_gate": ("test_who_has_opted_out_leaves_no_trace", "people.txt: name"),
    "keeps_the_first_page": ("test_an_opt_out_while_rendering_leaves_no_trace", "lines_foreign"),
    "keeps_the_codes": ("test_who_has_opted_out_leaves_no_trace", "journal.txt: line code"),
    "keeps_the_late_code": ("test_an_opt_out_while_rendering_leaves_no_trace", "journal.txt: line code"),
    "remembers": ("test_a_second_delivery_does_not_remember_the_first", "people of the first delivery"),
    "tells_the_time": ("test_the_same_lines_give_the_same_bytes", "does not write them again either"),
    "shuffles": ("test_the_same_lines_give_the_same_bytes", "does not write them again either"),
    "sorts_by_hash": ("test_the_same_lines_give_the_same_bytes", "another one does not"),
    "leaves_a_file": ("test_files_are_written_only_into_the_package", "outside the package"),
    "leaves_a_temporary_file": ("test_files_are_written_only_into_the_package", "outside the package"),
    "hides_a_file": ("test_files_are_written_only_into_the_package", "without batch.open"),
    "prints": ("test_nothing_is_printed_and_nobody_is_logged", "prints to stdout"),
    "logs": ("test_nothing_is_printed_and_nobody_is_logged", "people are logged"),
    "imports_privately": ("test_only_public_modules_are_imported", "gateway.people.folding"),
    "reads_undeclared": ("test_only_declared_fields_are_read", "phone"),
    "lies_in_read_back": ("test_read_back_tells_what_the_files_hold", "does not look into"),
    "lets_formulas_through": ("test_no_cell_is_a_formula", "3 cells"),
    "names_a_file_after_somebody": ("test_file_names_are_portable_and_name_nobody", "not portable"),
    "tells_in_properties": ("test_properties_of_files_name_nobody", "people.zip name a person"),
    "is_slow_to_import": ("test_the_plugin_is_imported_quickly", "takes 1."),
    "calls_home": ("test_no_connection_is_opened", "connections"),
}
REMEMBERING = {"keeps_the_codes", "keeps_the_first_page", "remembers"}
CALLED_TWICE = {
    "test_a_second_delivery_does_not_remember_the_first",
    "test_an_opt_out_while_rendering_leaves_no_trace",
    "test_read_back_tells_what_the_files_hold",
    "test_the_same_lines_give_the_same_bytes",
    "test_who_has_opted_out_leaves_no_trace",
}
"""The checks that call a format more than once: whatever keeps something from call to call shows in several of them."""


class _Kit(OutputConformance):
    format = "faulty"


def _install(install: Install, name: str) -> None:
    source = (FAULTY / f"{name}.py").read_text(encoding="utf-8")
    install("acme-faulty", "faulty", source, module=f"acme_{name}")


def _run(install: Install, name: str, only: str | None = None) -> dict[str, Finding]:
    _install(install, name)
    return {found.check: found for found in run_kit(_Kit, None if only is None else [only])}


def test_a_sound_format_passes_every_check(install: Install) -> None:
    found = _run(install, "sound")
    assert {name for name, each in found.items() if each.outcome != "passed"} == set()
    assert set(found) == set(checks_of(OutputConformance))


def test_every_check_finds_some_fault() -> None:
    assert {check for check, _reason in MEANT.values()} == set(checks_of(OutputConformance))


@pytest.mark.parametrize("name", MEANT)
def test_a_fault_is_found_by_the_check_meant_for_it(install: Install, name: str) -> None:
    check, reason = MEANT[name]
    found = _run(install, name, check)[check]
    assert found.outcome == "failed"
    assert reason in found.reason


@pytest.mark.long
@pytest.mark.parametrize("name", MEANT)
def test_a_fault_is_found_by_few_other_checks(install: Install, name: str) -> None:
    """A fault that spoils every delivery fails whatever looks at one; any other fails its own check, or one more."""
    failed = {each for each, found in _run(install, name).items() if found.outcome == "failed"}
    check, _reason = MEANT[name]
    assert check in failed
    if name in REMEMBERING:
        assert failed <= CALLED_TWICE
    elif check != "test_everybody_is_in_the_files_exactly_once":
        assert len(failed) <= 2
