"""The kit of pushes passes the template's plugin and one written by hand, and finds what is wrong with a faulty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.kit import checks_of
from gateway.testing.push import PushConformance
from tests.installing import Install
from tests.testing.from_template import findings, install_template

BY_HAND = Path(__file__).with_name("push_by_hand.py")
LATER = 'raise TryLater(f"http_{error.code}", after=seconds) from None'
UNREACHABLE = 'raise TryLater("unreachable") from None'
SENT = 'data=json.dumps(records).encode("utf-8"),'
AT_THE_END = """
    def send(self, parcels):
        self.kept = [*getattr(self, "kept", ()), *parcels]
        return [Outcome(key=each.key) for each in parcels]

    def close(self):
        list(self._send_now(self.kept))

"""
FAULTS = {
    "ignores the key": (
        {"{each.key: {": "{f'{each.key}{next(count)}': {", "if each.key not in answers": "if False",
         "elif answers[each.key]": "elif False", "class Receiver": "from itertools import count as _count\ncount = _count()\n\nclass Receiver"},
        "test_a_lost_answer_doubles_nobody",
        "twice",
    ),
    "asks nothing before": (
        {"        self._post({})\n": ""},
        "test_it_is_asked_before_anybody_is_sent",
        "ask it in check()",
    ),
    "does not know 429": (
        {LATER: "raise RuntimeError from None"},
        "test_too_many_calls_are_repeated_later",
        "raised RuntimeError",
    ),
    "gives people up on an error": (
        {LATER: "return dict.fromkeys(records, 'error')"},
        "test_errors_of_the_server_are_endured",
        "are not on the far side",
    ),
    "takes silence for consent": (
        {UNREACHABLE: "return dict.fromkeys(records, '')"},
        "test_a_broken_connection_is_endured",
        "are not on the far side",
    ),
    "is impatient": (
        {"timeout=30": "timeout=0.1", UNREACHABLE: 'raise Failed("slow", "too slow") from None'},
        "test_a_slow_answer_is_awaited",
        "too slow",
    ),
    "swallows a rejection": (
        {'state="rejected", reason=answers[each.key]': 'state="accepted"'},
        "test_a_rejected_person_is_reported",
        "told as delivered",
    ),
    "makes keys of its own": (
        {"{each.key: {": "{f'{each.key}-{id(self)}': {", "if each.key not in answers": "if False",
         "elif answers[each.key]": "elif answers[f'{each.key}-{id(self)}']", "        self._options = options":
         "        self._options = options\n        made.append(self)", "class Receiver": "made = []\n\nclass Receiver"},
        "test_a_push_that_stops_is_resumed_without_doubling",
        "twice",
    ),
    "sends everybody at the end": (
        {"    def send(": AT_THE_END + "    def _send_now("},
        "test_an_opt_out_during_the_push_is_not_sent",
        "had opted out was sent",
    ),
    "logs people": (
        {SENT: SENT.replace("json.dumps(records)", "noted(json.dumps(records, ensure_ascii=False))"),
         "class Receiver": "def noted(text):\n    import logging\n    logging.getLogger().debug(text)\n    return text\n\nclass Receiver"},
        "test_nothing_is_printed_and_nobody_is_logged",
        "people are logged",
    ),
    "logs the token": (
        {"        request = Request(": "        import logging\n        logging.info('%s', self._options.token)\n        request = Request("},
        "test_secrets_are_not_logged",
        "credential",
    ),
    "loses the last of a call": (
        {"for each in parcels}": "for each in parcels[:2]}", "if each.key not in answers": "if False",
         "elif answers[each.key]": "elif answers.get(each.key)"},
        "test_everybody_arrives_exactly_once",
        "are not on the far side",
    ),
    "imports privately": (
        {"import json\n": "import json\nimport gateway.db.engine\n"},
        "test_only_public_modules_are_imported",
        "gateway.db.engine",
    ),
    "is slow to import": (
        {"class Receiver": "import time\ntime.sleep(1)\n\nclass Receiver"},
        "test_the_plugin_is_imported_quickly",
        "takes 1.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("written", [None, BY_HAND], ids=["the template", "by hand"])
def test_a_sound_push_passes_every_check(install: Install, tmp_path: Path, written: Path | None) -> None:
    found = findings(install_template(install, tmp_path / "new", "push", written=written))
    assert {name for name, each in found.items() if each.outcome != "passed"} == set()


def test_every_check_finds_some_fault() -> None:
    assert {check for _faults, check, _reason in FAULTS.values()} == set(checks_of(PushConformance))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_check_meant_for_it(install: Install, tmp_path: Path, name: str) -> None:
    faults, check, reason = FAULTS[name]
    kit = install_template(install, tmp_path / "new", "push", faults, written=BY_HAND)
    found = findings(kit, check)[check]
    assert found.outcome == "failed"
    assert reason in found.reason
