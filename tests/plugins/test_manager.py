"""The Manager: what a plugin may do to the gateway, and what it may not."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.api import Candidate, Order
from gateway.config import PluginSettings, SuppressorSettings
from gateway.entry_points import PLUGINS, installed
from gateway.errors import PluginFault, Refused, WrongUsage
from gateway.plugin_loading import Plugin
from gateway.plugins import Manager

Install = Callable[..., Path]

ORDER = Order(
    delivery="D1",
    client="c",
    client_name="C",
    format="f",
    purpose="dm",
    created_at=datetime(2026, 4, 1, tzinfo=UTC),
)
CANDIDATE = Candidate(ref=7, name="", kana="", postal_code="", address="", phones=(), emails=(), keys=())
FORMAT = """
from gateway.api import OutputFormat, hookimpl

@hookimpl
def gateway_register_formats():
    yield OutputFormat(name={name!r}, summary="", purposes={{"dm"}}, method="file", fields={{"name"}},
                       aliases={aliases!r}, render=print)
"""
SUPPRESSOR = """
from gateway.api import Objection, Suppressor, hookimpl

@hookimpl
def gateway_register_suppressors():
    return [Suppressor(name="wishes", summary="", judge=judge)]

def judge(candidates, order):
    {body}
"""


def formatting(name: str, *aliases: str) -> str:
    return FORMAT.format(name=name, aliases=aliases)


def judging(body: str) -> str:
    return SUPPRESSOR.format(body=body)


def plugin(manager: Manager, name: str) -> Plugin:
    return next(each for each in manager.plugins if each.name == name)


def test_the_labels_plugin_is_found_like_a_stranger() -> None:
    labels = next(point for point in installed(PLUGINS) if point.name == "labels")
    assert (labels.distribution, labels.module, labels.first_party) == (
        "delivery-gateway",
        "gateway_labels",
        True,
    )


def test_an_installed_plugin_is_active(install: Install) -> None:
    install("acme-jsonl", "acme", formatting("jsonl"), version="2.1")
    found = plugin(Manager(), "acme")
    assert (found.status, found.distribution, found.version) == ("active", "acme-jsonl", "2.1")
    assert found.hooks == ("gateway_register_formats",)
    assert not found.first_party


def test_a_plugin_that_raises_on_import_costs_only_itself(install: Install) -> None:
    install("acme-bad", "bad", "raise RuntimeError('boom')")
    install("acme-good", "good", formatting("jsonl"))
    manager = Manager()
    bad = plugin(manager, "bad")
    assert bad.status == "broken"
    assert bad.reason == "RuntimeError: boom (site/acme_bad.py:1)"
    assert manager.format("jsonl").plugin.name == "good"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("raise SystemExit(3)", id="exits"),
        pytest.param("def broken(:", id="syntax error"),
        pytest.param("import acme_bad_itself.sub", id="import error"),
        pytest.param("from gateway.api import absent", id="name that is not there"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_listed(install: Install, source: str) -> None:
    install("acme-bad", "bad", source, module="acme_bad_itself")
    assert plugin(Manager(), "bad").status == "broken"


def test_a_plugin_whose_module_is_not_there_is_broken(install: Install) -> None:
    install("acme-bad", "bad", "").unlink()
    assert plugin(Manager(), "bad").status == "broken"


def test_a_missing_dependency_makes_a_plugin_unavailable(install: Install) -> None:
    install("acme-link", "link", "import surely_not_installed.client")
    found = plugin(Manager(), "link")
    assert found.status == "unavailable"
    assert "surely_not_installed" in found.reason


def test_an_entry_point_may_name_an_object(install: Install) -> None:
    install(
        "acme-object",
        "object",
        """
        from gateway.api import Refusal, hookimpl

        class Rules:
            @hookimpl
            def gateway_veto_delivery(self, order):
                return [Refusal(code="no", message=order.delivery)]

        rules = Rules()
        """,
        attribute="rules",
    )
    assert [refusal.message for refusal in Manager().vetoes(ORDER)] == ["D1"]


def test_what_a_plugin_prints_on_import_is_no_result(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("acme-loud", "loud", "print('hello')")
    Manager()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "options",
    [{"disabled": ["acme"]}, {"third_party": False}],
    ids=["disabled by name", "no third party"],
)
def test_a_blocked_plugin_is_not_imported(install: Install, options: dict[str, list[str] | bool]) -> None:
    install("acme-plugin", "acme", "raise AssertionError('imported')")
    manager = Manager(installed(PLUGINS), **options)  # type: ignore[arg-type]
    assert plugin(manager, "acme").status == "blocked"
    assert "acme_plugin" not in sys.modules


def test_the_settings_and_the_options_both_switch_off(install: Install) -> None:
    install("acme-one", "one", "")
    install("acme-two", "two", "")
    manager = Manager.from_config(PluginSettings(disabled=("one",)), SuppressorSettings(), {"two"})
    assert plugin(manager, "one").status == plugin(manager, "two").status == "blocked"


def test_a_mistyped_name_of_a_plugin_to_disable_is_an_error() -> None:
    with pytest.raises(WrongUsage) as caught:
        Manager.from_config(PluginSettings(), SuppressorSettings(), {"lables"})
    assert caught.value.hint == "did you mean labels?"


@pytest.mark.parametrize("marker", ["wrapper=True", "hookwrapper=True"])
def test_a_wrapper_is_refused(install: Install, marker: str) -> None:
    install(
        "acme-wrap",
        "wrap",
        f"""
        from gateway.api import hookimpl

        @hookimpl({marker})
        def gateway_register_suppressors():
            yield
        """,
    )
    found = plugin(Manager(), "wrap")
    assert found.status == "broken"
    assert "wrappers are refused" in found.reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param(
            "@hookimpl\ndef gateway_register_format(): ...",
            "did you mean gateway_register_formats?",
            id="unknown hook",
        ),
        pytest.param("def gateway_register_format(): ...", "no hook gateway_register_format", id="unmarked"),
        pytest.param(
            "def gateway_register_formats(): ...", "not marked with @hookimpl", id="forgotten marker"
        ),
        pytest.param("@hookimpl\ndef other(): ...", "no hook other", id="marked without the prefix"),
        pytest.param(
            "@hookimpl(specname='gateway_x')\ndef gateway_register_formats(): ...",
            "no hook gateway_x",
            id="specname",
        ),
        pytest.param("@hookimpl\ndef gateway_veto_delivery(orders): ...", "orders", id="wrong argument"),
    ],
)
def test_a_hook_that_does_not_exist_is_an_error_of_its_plugin(
    install: Install, code: str, reason: str
) -> None:
    install("acme-hook", "hook", f"from gateway.api import hookimpl\n{code}\n")
    found = plugin(Manager(), "hook")
    assert found.status == "broken"
    assert reason in found.reason


def test_a_refused_plugin_has_no_hook_left_behind(install: Install) -> None:
    install("acme-half", "half", formatting("jsonl") + "\n@hookimpl\ndef gateway_nothing(): ...\n")
    manager = Manager()
    assert plugin(manager, "half").status == "broken"
    assert "jsonl" not in {name for each in manager.formats() for name in (each.item.name,)}


def test_of_two_plugins_of_one_name_the_second_is_broken(install: Install) -> None:
    install("acme-a", "same", formatting("a-format"))
    install("acme-b", "same", formatting("b-format"))
    found = [each for each in Manager().plugins if each.name == "same"]
    assert [(each.distribution, each.status) for each in found] == [
        ("acme-a", "active"),
        ("acme-b", "broken"),
    ]
    assert "acme-a" in found[1].reason


def test_a_stranger_cannot_take_the_name_of_a_first_party_plugin(install: Install) -> None:
    install("aaa-labels", "labels", "")
    stranger = next(each for each in Manager().plugins if each.distribution == "aaa-labels")
    assert stranger.status == "broken"
    assert stranger.reason == "the name is taken by delivery-gateway"


def test_formats_come_in_the_order_of_distribution_and_name(install: Install) -> None:
    install("acme-b", "one", formatting("b-one"))
    install("acme-a", "two", formatting("a-two"))
    names = [each.item.name for each in Manager().formats() if each.plugin.distribution.startswith("acme")]
    assert names == ["a-two", "b-one"]


def test_a_format_is_found_by_its_alias(install: Install) -> None:
    install("acme-a", "a", formatting("jsonl", "ndjson"))
    assert Manager().format("ndjson").item.name == "jsonl"


def test_an_unknown_format_names_the_nearest(install: Install) -> None:
    install("acme-a", "a", formatting("jsonl"))
    with pytest.raises(WrongUsage) as caught:
        Manager().format("json")
    assert caught.value.code == "unknown_format"
    assert caught.value.hint == "did you mean jsonl?"


@pytest.mark.parametrize("second", [("jsonl",), ("other", "jsonl")], ids=["name", "alias"])
def test_a_clash_of_formats_names_both_distributions(install: Install, second: tuple[str, ...]) -> None:
    install("acme-a", "a", formatting("jsonl"))
    install("acme-b", "b", formatting(*second))
    with pytest.raises(PluginFault) as caught:
        Manager().format("jsonl")
    assert caught.value.code == "format_clash"
    assert "acme-a" in caught.value.message
    assert "acme-b" in caught.value.message


def test_a_clash_leaves_the_other_formats_usable(install: Install) -> None:
    install("acme-a", "a", formatting("jsonl"))
    install("acme-b", "b", formatting("jsonl"))
    install("acme-c", "c", formatting("tsv"))
    manager = Manager()
    assert manager.format("tsv").plugin.name == "c"
    assert {each.name: each.status for each in manager.survey() if each.distribution.startswith("acme")} == {
        "a": "broken",
        "b": "broken",
        "c": "active",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("raise KeyError('x')", "KeyError", id="raises"),
        pytest.param("yield 1 / 0", "ZeroDivisionError", id="raises while yielding"),
        pytest.param("return None", "NoneType", id="returns nothing"),
        pytest.param("return ['jsonl']", "gave str instead of OutputFormat", id="wrong type"),
        pytest.param("yield OutputFormat(name='x')", "TypeError", id="incomplete format"),
        pytest.param("yield made('Bad Name')", "'Bad Name' is no name", id="name with a blank"),
        pytest.param("yield made('x'); yield made('x')", "provided twice", id="twice"),
    ],
)
def test_a_format_hook_at_fault_breaks_only_its_plugin(install: Install, body: str, reason: str) -> None:
    install(
        "acme-bad",
        "bad",
        f"""
        from gateway.api import OutputFormat, hookimpl

        def made(name):
            return OutputFormat(name=name, summary="", purposes=set(), method="file", fields=set(), render=print)

        @hookimpl
        def gateway_register_formats():
            {body}
        """,
    )
    install("acme-good", "good", formatting("jsonl"))
    manager = Manager()
    assert manager.format("jsonl").plugin.name == "good"
    bad = plugin(manager, "bad")
    assert bad.status == "broken"
    assert reason in bad.reason


def test_a_suppressor_is_asked(install: Install) -> None:
    install(
        "acme-s",
        "s",
        judging("return [Objection(ref=c.ref, verdict='suppress', rule='r') for c in candidates]"),
    )
    (objection,) = Manager().objections([CANDIDATE], ORDER)
    assert (objection.ref, objection.verdict) == (7, "suppress")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("raise RuntimeError('personal')", id="raises"),
        pytest.param("return None", id="returns nothing"),
        pytest.param("return [Objection(ref=8, verdict='suppress', rule='r')]", id="objects to nobody"),
        pytest.param("return [Objection(ref=7, verdict='deliver', rule='r')]", id="tries to subtract"),
        pytest.param("return ['no']", id="wrong type"),
    ],
)
def test_a_suppressor_at_fault_refuses(install: Install, body: str) -> None:
    install("acme-s", "s", judging(body))
    with pytest.raises(PluginFault) as caught:
        Manager().objections([CANDIDATE], ORDER)
    assert "acme-s" in caught.value.message
    assert "personal" not in caught.value.message
    assert "--disable-plugin" not in caught.value.hint  # which would refuse just as well


def test_a_suppressor_hook_that_raises_refuses(install: Install) -> None:
    install(
        "acme-s",
        "s",
        "from gateway.api import hookimpl\n@hookimpl\ndef gateway_register_suppressors(): raise OSError('x')\n",
    )
    with pytest.raises(PluginFault, match="acme-s"):
        Manager().suppressors()


@pytest.mark.parametrize(
    ("source", "options"),
    [
        pytest.param(judging("return []"), {"disabled": ["s"]}, id="disabled"),
        pytest.param(judging("return []"), {"third_party": False}, id="third party switched off"),
        pytest.param(judging("return []") + "\nraise OSError", {}, id="broken"),
        pytest.param("import surely_not_installed\n" + judging("return []"), {}, id="unavailable"),
    ],
)
def test_an_installed_suppressor_cannot_be_switched_off(
    install: Install, source: str, options: dict[str, list[str] | bool]
) -> None:
    install("acme-s", "s", source)
    with pytest.raises(Refused) as caught:
        Manager(installed(PLUGINS), **options).suppressors()  # type: ignore[arg-type]
    assert caught.value.code == "suppressor_missing"
    assert "acme-s" in caught.value.message


def test_a_broken_output_plugin_does_not_refuse(install: Install) -> None:
    install("acme-bad", "bad", "raise OSError")
    assert [each.plugin.name for each in Manager().suppressors()] == ["refusals"]


def test_a_required_suppressor_that_is_not_installed_refuses() -> None:
    with pytest.raises(Refused, match="wanted is not installed"):
        Manager(required=["wanted"]).required_suppressors()


@pytest.mark.parametrize("name", ["s", "wishes"], ids=["by plugin", "by suppressor"])
def test_a_required_suppressor_is_found(install: Install, name: str) -> None:
    install("acme-s", "s", judging("return []"))
    (found,) = Manager(required=[name]).required_suppressors()
    assert found.item.name == "wishes"


def test_a_required_plugin_that_provides_no_suppressor_refuses(install: Install) -> None:
    install("acme-f", "f", formatting("jsonl"))
    with pytest.raises(Refused):
        Manager(required=["f"]).suppressors()


def test_a_broken_required_plugin_refuses_whatever_its_source_says(install: Install) -> None:
    install("acme-s", "s", "raise OSError")
    with pytest.raises(Refused, match="broken"):
        Manager(required=["s"]).suppressors()


def test_two_suppressors_of_one_name_are_refused(install: Install) -> None:
    install("acme-a", "a", judging("return []"))
    install("acme-b", "b", judging("return []"))
    with pytest.raises(PluginFault, match=r"acme-a.*acme-b"):
        Manager().suppressors()


def test_a_veto_at_fault_is_a_refusal_and_the_others_are_still_asked(install: Install) -> None:
    veto = "from gateway.api import Refusal, hookimpl\n@hookimpl\ndef gateway_veto_delivery(order): {body}\n"
    install("acme-a", "a", veto.format(body="raise OSError"))
    install("acme-b", "b", veto.format(body="return [Refusal(code='holiday', message='closed')]"))
    assert [refusal.code for refusal in Manager().vetoes(ORDER)] == ["plugin_fault", "holiday"]


ENCLOSURE = """
from gateway.api import Enclosure, hookimpl

@hookimpl
def gateway_register_enclosures():
    yield Enclosure(name={name!r}, summary="", write=print)
"""


@pytest.mark.parametrize("name", ["manifest.json", "delivery-note.pdf", "../x", ".hidden", "a\\b", ""])
def test_an_enclosure_cannot_replace_the_cores_documents_or_leave_the_package(
    install: Install, name: str
) -> None:
    install("acme-e", "e", ENCLOSURE.format(name=name))
    with pytest.raises(PluginFault, match="no free name"):
        Manager().enclosures()


def test_two_enclosures_of_one_name_are_refused(install: Install) -> None:
    install("acme-a", "a", ENCLOSURE.format(name="leaflet.pdf"))
    install("acme-b", "b", ENCLOSURE.format(name="leaflet.pdf"))
    with pytest.raises(PluginFault, match=r"acme-a.*acme-b"):
        Manager().enclosures()


def test_an_executor_is_found_by_the_scheme_of_its_url(install: Install) -> None:
    install(
        "acme-x",
        "x",
        """
        from gateway.api import ExecutorFactory, hookimpl

        @hookimpl
        def gateway_register_executors():
            yield ExecutorFactory(scheme="farm", summary="", open=print)
        """,
    )
    assert Manager().executor("farm://host:1").plugin.name == "x"
    with pytest.raises(WrongUsage, match="no executor dask"):
        Manager().executor("dask://host:1")


OBSERVER = """
from gateway.api import hookimpl
seen = []

@hookimpl
def gateway_delivery_released(record):
    {body}

@hookimpl
def gateway_delivery_failed(error):
    seen.append(error)
"""


def test_an_observer_at_fault_is_logged_and_the_others_are_told(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install("acme-a", "a", OBSERVER.format(body="raise OSError('personal')"))
    install("acme-b", "b", OBSERVER.format(body="seen.append(record.delivery)"))
    manager = Manager()
    with caplog.at_level(logging.ERROR):
        manager.notify_released(ORDER)
    manager.notify_failed(ORDER, "disk_full")
    assert sys.modules["acme_b"].seen == ["D1", "disk_full"]
    assert "acme-a" in caplog.text
    assert "personal" not in caplog.text


def test_tryfirst_has_no_say(install: Install) -> None:
    veto = (
        "from gateway.api import Refusal, hookimpl\n@hookimpl(tryfirst=True)\n"
        "def gateway_veto_delivery(): return [Refusal(code={code!r}, message='')]\n"
    )
    install("acme-b", "b", veto.format(code="b"))
    install("acme-a", "a", veto.format(code="a").replace("tryfirst", "trylast"))
    assert [refusal.code for refusal in Manager().vetoes(ORDER)] == ["a", "b"]


def test_managers_do_not_share_plugins(install: Install) -> None:
    install("acme-a", "a", formatting("jsonl"))
    first = Manager()
    second = Manager(disabled=["a"])
    assert plugin(first, "a").status == "active"
    assert plugin(second, "a").status == "blocked"
