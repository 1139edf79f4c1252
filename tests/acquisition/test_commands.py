"""``gateway source`` and ``gateway list``, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from gateway.db.schema import create_database
from tests.acquisition.conftest import write_csv


class Shell:
    """A workspace and a way to type commands in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "gateway.toml").write_text("", encoding="utf-8")
        create_database(f"sqlite:///{folder / 'gateway.db'}").dispose()

    def run(self, *arguments: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(gateway, ["-C", str(self.folder), *arguments], input=answer)

    def json(self, *arguments: str) -> dict[str, object]:
        result = self.run(*arguments, "--json")
        found: dict[str, object] = json.loads(result.stdout)
        return found


@pytest.fixture
def shell(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    for variable in ("GATEWAY_HOME", "GATEWAY_DATABASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("GATEWAY_LANG", "en")
    made = Shell(tmp_path)
    made.run("source", "add", "seller", "--basis", "private_seller", "--acquired-on", "2026-11-01")
    return made


@pytest.fixture
def people(tmp_path: Path) -> str:
    rows = [("id", "氏名", "住所"), ("1", "山田太郎", "東京都世田谷区北沢3-5-12"), ("2", "鈴木")]
    return str(write_csv(tmp_path / "people.csv", rows))


def test_sources_are_listed_with_whether_they_may_be_delivered(shell: Shell) -> None:
    shell.run("source", "add", "found", "--basis", "unknown")
    lines = shell.run("source", "list", "--json").stdout.splitlines()
    assert [(json.loads(line)["id"], json.loads(line)["deliverable"]) for line in lines] == [
        ("found", False),
        ("seller", True),
    ]


def test_a_basis_that_the_law_does_not_know_is_wrong_usage(shell: Shell) -> None:
    assert shell.run("source", "add", "x", "--basis", "hearsay").exit_code == 2


def test_an_import_reports_its_counts(shell: Shell, people: str) -> None:
    summary = shell.json("list", "import", people, "--list", "main", "--source", "seller")
    assert summary.pop("seconds") is not None
    assert summary == {
        "rows": 2,
        "imported": 1,
        "suppressed": 0,
        "held": 0,
        "refused": 1,
        "duplicates": 0,
        "rejected_file": f"{people}.rejected.csv",
    }


def test_an_import_tells_which_phone_numbers_are_held(shell: Shell, tmp_path: Path) -> None:
    rows = [
        ("id", "氏名", "電話番号"),
        ("1", "山田太郎", "03-3460-0001 / 090-1234-5678"),
        ("2", "鈴木一郎", "0120-123-456"),
        ("3", "佐藤花子", "0570-012345"),
        ("4", "高橋健一", "03-0000-1234"),
        ("4", "高橋健一", "03-0000-1234"),
    ]
    people = str(write_csv(tmp_path / "phones.csv", rows))
    told = shell.run("list", "import", people, "--list", "main", "--source", "seller").stdout
    kinds = "phone numbers: fixed 1, invalid 1, mobile 1, premium 1, toll_free 1"
    held = "2 toll-free and premium numbers are held: call files leave them out"
    assert told.splitlines()[1:] == [kinds, held]
    shown = shell.run("list", "show", "main").stdout.splitlines()
    assert shown[1:3] == [kinds, held]
    numbers = {"fixed": 1, "invalid": 1, "mobile": 1, "premium": 1, "toll_free": 1}
    assert shell.json("list", "show", "main")["numbers"] == numbers


def test_an_import_with_rejected_rows_is_done(shell: Shell, people: str) -> None:
    result = shell.run("list", "import", people, "--list", "main", "--source", "seller")
    assert result.exit_code == 0
    assert "1 imported" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["nowhere.csv", "--list", "a", "--source", "seller"], "unreadable_input", 2),
        (["{people}", "--list", "a", "--source", "nobody"], "unknown_source", 2),
        (["{people}", "--list", "a", "--source", "seller", "--encoding", "x"], "unknown_encoding", 2),
        (["{sensitive}", "--list", "a", "--source", "seller"], "sensitive_column", 1),
    ],
)
def test_an_import_that_is_refused_says_why(
    shell: Shell, people: str, tmp_path: Path, arguments: list[str], code: str, exit_code: int
) -> None:
    sensitive = write_csv(tmp_path / "sensitive.csv", [("氏名", "病歴"), ("山田", "x")])
    filled = [each.format(people=people, sensitive=sensitive) for each in arguments]
    result = shell.run("list", "import", *filled, "--json")
    assert (json.loads(result.stdout)["error"], result.exit_code) == (code, exit_code)


def test_lists_are_shown(shell: Shell, people: str) -> None:
    shell.run("list", "import", people, "--list", "main", "--source", "seller")
    shown = shell.json("list", "show")
    assert (shown["list"], shown["records"], shown["sources"]) == ("main", 1, ["seller"])
    assert "people.csv" in shell.run("list", "show", "main").stdout
    assert len(shell.json("list", "show", "main")["acquisitions"]) == 1  # type: ignore[arg-type]


def test_an_unknown_list_is_wrong_usage(shell: Shell) -> None:
    for command in (["show", "x"], ["drop", "x", "--yes"]):
        result = shell.run("list", *command, "--json")
        assert (json.loads(result.stdout)["error"], result.exit_code) == ("unknown_list", 2)


def test_a_list_is_dropped_only_when_confirmed(shell: Shell, people: str) -> None:
    shell.run("list", "import", people, "--list", "main", "--source", "seller")
    assert shell.run("list", "drop", "main", answer="n\n").exit_code != 0
    assert shell.json("list", "show")["list"] == "main"
    assert shell.run("list", "drop", "main", answer="y\n").exit_code == 0
    assert shell.run("list", "show", "--json").stdout == ""
