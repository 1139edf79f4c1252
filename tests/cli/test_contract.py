"""The command line as it is agreed: options, keys and types of JSON, exit codes, which stream says what."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.cli.desk import Workspace, _delivered, workspace

__all__ = ["_delivered", "workspace"]

OPTIONS = {
    "init": "--sample --database",
    "source add": "--basis --name --address --representative --acquired-on --circumstances --document",
    "source list": "",
    "client add": "--name --address --representative --country",
    "client pledge": "--file --signed-on --valid-until --purpose",
    "client list": "",
    "list import": "--list --source --encoding",
    "list show": "",
    "list drop": "",
    "optout add": "--name --kana --postal --address --building --phone --email --scope --purpose --channel "
    "--line-code --received-on",
    "optout import": "",
    "optout list": "",
    "optout show": "",
    "optout lift": "--why",
    "review list": "",
    "review release": "--why",
    "review suppress": "",
    "check": "--output --pairs",
    "explain": "--line-code --list --id",
    "deliver": "--format --list --client --purpose --set --reference --again --why --where --limit --dry-run",
    "log list": "",
    "log show": "",
    "log verify": "",
    "log export": "--client --line-code --period",
    "recall list": "",
    "recall write": "",
    "recall answer": "--status",
    "formats": "",
    "plugins list": "",
    "plugins show": "",
    "doctor": "--repair",
}
IMPORTED = ("rows", "imported", "suppressed", "held", "refused", "duplicates")
DELIVERED = ("requested", "suppressed", "held", "refused", "delivered")


def shape(row: dict[str, Any]) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in row.items()}


@pytest.mark.parametrize("command", sorted(OPTIONS))
def test_every_agreed_option_is_there(workspace: Workspace, command: str) -> None:
    result = workspace.run(*command.split(), "--help")
    assert result.exit_code == 0
    assert [option for option in (*OPTIONS[command].split(), "--json") if option not in result.stdout] == []


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("source add --basis", "direct_from_person consent_27_1 published_directory private_seller optout_27_2 unknown"),
        ("optout add --scope", "individual household address phone"),
        ("optout add --purpose", "all dm telemarketing"),
        ("optout add --channel", "phone fax mail email web client counter"),
        ("client pledge --purpose", "dm telemarketing"),
        ("recall answer --status", "deleted opted_out not_found exempted"),
    ],
)  # fmt: skip
def test_an_option_takes_just_the_agreed_values(workspace: Workspace, option: str, values: str) -> None:
    *command, name = option.split()
    told = workspace.run(*command, "--help").stdout
    line = " ".join(told[told.index(name) :].split())
    assert line.startswith(f"{name} [{values.replace(' ', '|')}]")


def test_an_import_reports_counts_that_add_up(workspace: Workspace) -> None:
    path = workspace.file(
        "people.csv",
        "name,phone\n山田,03-0999-1001\n山田,03-0999-1001\n鈴木,\nbroken\n,\n佐藤,090-0999-1002\n",
    )
    (row,) = workspace.rows("list", "import", path, "--list", "new", "--source", "sample-source")
    assert shape(row) == {
        **dict.fromkeys(IMPORTED, "int"),
        "seconds": "float",
        "rejected_file": "str",
    }
    assert row["rows"] == sum(row[name] for name in IMPORTED[1:]) == 6
    with open(row["rejected_file"], encoding="utf-8-sig", newline="") as handle:  # noqa: PTH123
        assert [(bad["line"], bad["reason"]) for bad in csv.DictReader(handle)] == [
            ("5", "too_few_cells"),
            ("6", "no_name_phone_or_email"),
        ]


def test_an_import_without_bad_rows_names_no_rejected_file(workspace: Workspace) -> None:
    path = workspace.file("people.csv", "name,phone\n山田,03-0999-1001\n")
    (row,) = workspace.rows("list", "import", path, "--list", "new", "--source", "sample-source")
    assert row["rejected_file"] is None


def test_an_opt_out_reports_what_it_did(workspace: Workspace) -> None:
    (provided, *_others) = workspace.rows("log", "export", "--client", "sample-client")
    (row,) = workspace.rows("optout", "add", "--line-code", provided["line_code"], "--channel", "counter")
    assert shape(row) == {"id": "str", "number": "int", "erased": "dict", "held": "list", "recalls": "list"}
    assert row["erased"] == {"sample": 1}
    assert row["recalls"] == [provided["delivery"]]
    (shown,) = workspace.rows("optout", "show", row["id"])
    assert (shown["line_code"], shown["channel"]) == (provided["line_code"], "counter")


def test_a_doubtful_opt_out_names_the_reviews_it_opened(workspace: Workspace) -> None:
    (held, *_others) = workspace.rows("review", "list")
    person = held["record_person"]
    (row,) = workspace.rows(
        "optout",
        "add",
        "--name",
        person["name"][:2],
        "--address",
        person["address"],
        "--postal",
        person["postal_code"],
    )
    opened = {each["id"]: each for each in workspace.rows("review", "list")}
    assert row["held"]
    assert all(opened[identifier]["opt_out"] == row["id"] for identifier in row["held"])


def test_an_import_of_opt_outs_reports_rows_and_refusals(workspace: Workspace) -> None:
    path = workspace.file("asked.csv", "氏名,電話番号,scope\n山田,03-0999-1001,individual\n鈴木,,\n")
    (row,) = workspace.rows("optout", "import", path)
    assert (row["rows"], row["recorded"], row["refused"]) == (2, 1, 1)
    assert row["rejected_file"].endswith("asked.csv.rejected.csv")


def test_opt_outs_are_listed_shown_and_lifted(workspace: Workspace) -> None:
    (first, *_others) = workspace.rows("optout", "list")
    assert first["status"] == "in_force"
    assert "name" not in first
    (lifted,) = workspace.rows("optout", "lift", first["id"], "--why", "asked for it")
    assert shape(lifted) == {"id": "str", "number": "int"}
    (shown,) = workspace.rows("optout", "show", first["id"])
    assert (shown["status"], shown["lifted_why"]) == ("lifted", "asked for it")
    again = workspace.run("optout", "lift", first["id"], "--why", "x", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]) == (1, "already_lifted")


def test_reviews_are_listed_released_and_suppressed(workspace: Workspace) -> None:
    first, second, *_others = workspace.rows("review", "list")
    assert set(first) >= {"id", "opt_out", "list", "record_id", "rule", "opt_out_person", "record_person"}
    (released,) = workspace.rows("review", "release", first["id"], "--why", "another person")
    (suppressed,) = workspace.rows("review", "suppress", second["id"])
    assert (released["verdict"], suppressed["verdict"]) == ("deliver", "suppress")
    left = {each["id"] for each in workspace.rows("review", "list")}
    assert left.isdisjoint({first["id"], second["id"]})


def test_a_release_by_hand_needs_a_reason(workspace: Workspace) -> None:
    (first, *_others) = workspace.rows("review", "list")
    assert workspace.run("review", "release", first["id"]).exit_code == 2


def test_a_check_prints_csv_and_its_counts_beside_it(workspace: Workspace) -> None:
    path = workspace.file("people.csv", "name,phone,verdict\n山田,03-0999-1001,mine\n")
    result = workspace.run("check", path)
    assert result.exit_code == 0
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert list(row) == ["name", "phone", "verdict", "optout_id", "rule", "why"]
    assert row["verdict"] == "deliver"
    assert result.stderr == "deliver 1, review 0, suppress 0\n"


def test_a_check_can_write_to_a_file(workspace: Workspace) -> None:
    path = workspace.file("people.csv", "name,phone\n山田,03-0999-1001\n")
    output = path.with_name("checked.csv")
    (row,) = workspace.rows("check", path, "--output", output)
    assert row == {"rows": 1, "deliver": 1, "review": 0, "suppress": 0, "output": str(output)}
    assert output.read_text(encoding="utf-8").startswith("name,phone,verdict")


def test_pairs_need_no_workspace(workspace: Workspace) -> None:
    path = workspace.file(
        "pairs.csv", "optout_name,optout_phone,record_name,record_phone\n山,03-0999-1001,山,0309991001\n"
    )
    (workspace.root / "gateway.toml").unlink()
    result = workspace.run("check", "--pairs", path)
    assert result.exit_code == 0, result.stderr
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert (row["verdict"], list(row)[-3:]) == ("suppress", ["verdict", "rule", "why"])


def test_an_explanation_names_opt_out_and_both_sides(workspace: Workspace) -> None:
    (held, *_others) = workspace.rows("review", "list")
    (row,) = workspace.rows("explain", "--list", held["list"], "--id", held["record_id"])
    assert row["verdicts"]["dm"] == "review"
    assert held["opt_out"] in {each["opt_out"] for each in row["opt_outs"]}
    assert row["normal"]
    assert row["opt_outs"][0]["opt_out_normal"]


def test_a_delivery_reports_counts_that_add_up(workspace: Workspace) -> None:
    (row,) = workspace.rows("deliver", "--format", "labels", "--limit", "3", "--reference", "order-1")
    kinds = shape(row)
    assert {name: kinds[name] for name in kinds if name != "reports"} == {
        "id": "str",
        "client": "str",
        "format": "str",
        "purpose": "str",
        "fence": "int",
        **dict.fromkeys(DELIVERED, "int"),
        "package": "str",
        "files": "list",
        "seconds": "float",
    }
    assert row["requested"] == sum(row[name] for name in DELIVERED[1:])
    assert row["delivered"] == 3
    again = workspace.run("deliver", "--format", "labels", "--reference", "order-1", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]) == (1, "reference_delivered")
    (once_more,) = workspace.rows(
        "deliver", "--format", "labels", "--limit", "1", "--reference", "order-1", "--again", "--why", "lost"
    )
    assert once_more["delivered"] == 1


def test_a_delivery_tells_where_it_says_who_was_left_out(workspace: Workspace) -> None:
    told = workspace.run("deliver", "--format", "calls", "--purpose", "telemarketing").stdout.splitlines()
    (line,) = [line for line in told if line.startswith("who was left out, and why: ")]
    with open(line.removeprefix("who was left out, and why: "), encoding="utf-8", newline="") as handle:  # noqa: PTH123
        assert {row["outcome"] for row in csv.DictReader(handle)} == {"held", "refused"}


def test_a_rehearsal_delivers_and_records_nothing(workspace: Workspace) -> None:
    before = workspace.snapshot()
    (row,) = workspace.rows("deliver", "--format", "labels", "--dry-run", "--limit", "2")
    assert (row["id"], row["package"], row["delivered"]) == (None, None, 2)
    assert workspace.snapshot() == before


def test_the_log_is_listed_shown_and_verified(workspace: Workspace) -> None:
    (row,) = workspace.rows("log", "list")
    (shown,) = workspace.rows("log", "show", row["id"])
    assert {each["name"] for each in shown["files"]} >= {
        "labels.pdf",
        "optout-request-form.pdf",
        "delivery-note.pdf",
    }
    (verified,) = workspace.rows("log", "verify", row["id"])
    assert shape(verified) == {"entries": "int", "deliveries": "int", "lines": "int", "broken": "NoneType"}


def test_an_export_by_period_takes_both_days_in(workspace: Workspace) -> None:
    (delivery,) = workspace.rows("log", "list")
    (first, *_others) = workspace.rows("log", "export", "--client", "sample-client")
    day = first["provided_on"]
    assert len(workspace.rows("log", "export", "--period", f"{day}..{day}")) == delivery["delivered"]
    assert workspace.rows("log", "export", "--period", "2001-01-01..2001-12-31") == []
    printed = workspace.run("log", "export", "--line-code", first["line_code"]).stdout
    (row,) = csv.DictReader(io.StringIO(printed))
    assert (row["name"], row["line_code"]) == (first["name"], first["line_code"])


def test_a_list_is_dropped_and_its_deliveries_stay_on_record(workspace: Workspace) -> None:
    (before,) = workspace.rows("log", "list")
    (dropped,) = workspace.rows("list", "drop", "sample", "--yes")
    assert dropped["list"] == "sample"
    assert dropped["records"] > 900
    assert workspace.rows("list", "show") == []
    assert len(workspace.rows("log", "export", "--client", "sample-client")) == before["delivered"]
    (verified,) = workspace.rows("log", "verify")
    assert verified["broken"] is None


def test_clients_and_sources_are_listed(workspace: Workspace) -> None:
    (client,) = workspace.rows("client", "list")
    (source,) = workspace.rows("source", "list")
    assert (client["id"], client["purposes"]) == ("sample-client", ["dm", "telemarketing"])
    assert (source["id"], source["basis"], source["deliverable"]) == (
        "sample-source",
        "direct_from_person",
        True,
    )


def test_formats_and_plugins_are_listed(workspace: Workspace) -> None:
    assert "labels" in {row["format"] for row in workspace.rows("formats")}
    assert {row["status"] for row in workspace.rows("plugins", "list")} <= {"active", "unavailable"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "show"),
        ("optout", "list"),
        ("client", "list"),
        ("source", "list"),
        ("log", "list"),
        ("log", "verify"),
        ("review", "list"),
        ("recall", "list"),
        ("formats",),
        ("plugins", "list"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_results_are_on_stdout_alone(workspace: Workspace, arguments: tuple[str, ...]) -> None:
    for more in ((), ("--json",)):
        result = workspace.run(*arguments, *more)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "english", "japanese"),
    [
        (("log", "verify"), "sound: ", "件"),
        (("list", "show", "nowhere"), "there is no list named nowhere", "名簿"),
        (
            ("deliver", "--format", "labels", "--client", "nobody"),
            "there is no client nobody",
            "クライアント",
        ),
        (("deliver", "--format", "labels", "--limit", "1"), "delivered to sample-client", "納品"),
    ],
    ids=["summary", "error", "refusal", "delivery"],
)
def test_messages_are_in_the_language_that_is_asked_for(
    workspace: Workspace, arguments: tuple[str, ...], english: str, japanese: str
) -> None:
    told = workspace.run(*arguments)
    assert english in told.stdout + told.stderr
    told = workspace.run(*arguments, language="ja")
    assert japanese in told.stdout + told.stderr
    assert english not in told.stdout + told.stderr


def test_an_error_as_json_has_a_stable_code_and_the_same_exit_code(workspace: Workspace) -> None:
    plain = workspace.run("list", "show", "nowhere", language="ja")
    result = workspace.run("list", "show", "nowhere", "--json", language="ja")
    told = json.loads(result.stdout)
    assert set(told) == {"error", "message", "hint"}
    assert told["error"] == "unknown_list"
    assert plain.exit_code == result.exit_code == 2
