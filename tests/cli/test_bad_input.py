"""Bad input: one clear line and the agreed exit code, and nothing left behind."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from random import Random

import pytest

from tests.cli.desk import Workspace, _delivered, workspace

__all__ = ["_delivered", "workspace"]

LONG = "x" * 5000
DELIVER = ("deliver", "--format", "labels")
IMPORT = ("--list", "new", "--source", "sample-source")
JUNK = Random(1).randbytes(65536)


def assert_told(
    workspace: Workspace, arguments: tuple[str | Path, ...], exit_code: int, message: str, *, stdin: str = ""
) -> None:
    """Assert that a command says one thing on stderr, nothing on stdout, exits so, and changes nothing."""
    before = workspace.snapshot()
    result = workspace.run(*arguments, answer=stdin)
    assert result.exit_code == exit_code, result.output
    lines = result.stderr.splitlines()
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert len(lines) <= 2
    assert all(line.startswith("hint: ") for line in lines[1:])
    assert len(lines[0]) < 400
    assert result.stdout == ""
    assert workspace.snapshot() == before


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        ((*DELIVER, "--list", "nowhere"), 2, "no list nowhere"),
        ((*DELIVER, "--client", "nobody"), 2, "no client nobody"),
        (("deliver", "--format", "lables"), 2, "no format lables"),
        (("deliver", "--format", "😀"), 2, "no format 😀"),
        ((*DELIVER, "--purpose", "fishing"), 2, "no purpose fishing"),
        ((*DELIVER, "--purpose", "telemarketing"), 1, "does not serve the purpose"),
        ((*DELIVER, "--set", "colour=red"), 2, "colour"),
        ((*DELIVER, "--set", "colour"), 2, "KEY=VALUE"),
        ((*DELIVER, "--where", "shoe_size=27"), 2, "shoe_size"),
        ((*DELIVER, "--where", "id=nobody"), 1, "nobody is left to deliver"),
        ((*DELIVER, "--limit", "0"), 2, "--limit"),
        ((*DELIVER, "--again"), 2, "--again needs a reason"),
        (("list", "show", "nowhere"), 2, "no list named nowhere"),
        (("list", "drop", "nowhere", "--yes"), 2, "no list named nowhere"),
        (("optout", "add"), 2, "nobody is named"),
        (("optout", "add", "--name", "山田太郎"), 1, "would protect nobody"),
        (("optout", "add", "--line-code", "G00000000000"), 2, "check character"),
        (("optout", "add", "--phone", "03-0999-0001", "--received-on", "yesterday"), 2, "--received-on"),
        (("optout", "show", "O999999"), 2, "no opt-out O999999"),
        (("optout", "lift", "O" + "9" * 30, "--why", "x"), 2, "no opt-out"),
        (("review", "release", "H" + "9" * 30, "--why", "x"), 2, "no review"),
        (("recall", "answer", "9" * 30, "--status", "deleted"), 2, "no recall or notice"),
        (("recall", "answer", "", "--status", "deleted"), 2, "no recall or notice"),
        (("log", "show", "D0000029"), 2, "no delivery"),
        (("log", "verify", "x"), 2, "no delivery x"),
        (("log", "export"), 2, "name one of"),
        (("log", "export", "--line-code", "G1"), 2, "not a line code"),
        (("log", "export", "--client", "nobody"), 2, "no client nobody"),
        (("log", "export", "--period", "2026"), 2, "no period"),
        (("log", "export", "--period", "2026-02-01..2026-01-01"), 2, "ends before it begins"),
        (("explain", "--list", "sample", "--id", "nobody"), 2, "no record nobody"),
        (("explain", "--line-code", "x"), 2, "not a line code"),
        (("explain",), 2, "name a line"),
        (("client", "add", "😀", "--name", "x"), 2, "cannot be an id"),
        (("client", "add", "../../x", "--name", "x"), 2, "cannot be an id"),
        (("client", "add", LONG, "--name", "x"), 2, "cannot be an id"),
        (("client", "add", "long", "--name", "長" * 5000), 2, "too long"),
        (("client", "add", "lines", "--name", "一\n二"), 2, "control characters"),
        (("client", "add", "noname", "--name", " "), 2, "needs a name"),
        (("client", "add", "abroad", "--name", "x", "--country", "Japan"), 2, "no country code"),
        (("client", "add", "sample-client", "--name", "x"), 1, "already"),
        (("source", "add", "😀", "--basis", "unknown"), 2, "cannot be the id"),
        (("source", "add", LONG, "--basis", "unknown"), 2, "cannot be the id"),
        (("source", "add", "x", "--basis", "hearsay"), 2, "hearsay"),
        (("nonsense",), 2, "no such command"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_what_is_not_there_or_not_allowed(
    workspace: Workspace, arguments: tuple[str, ...], exit_code: int, message: str
) -> None:
    if arguments == (
        *DELIVER,
        "--where",
        "id=nobody",
    ):  # a delivery that was begun leaves its intent and failure
        result = workspace.run(*arguments)
        assert (result.exit_code, message in result.stderr) == (exit_code, True)
        assert [path.name for path in (workspace.root / "outbox").iterdir()] == ["D0000010"]
        return
    assert_told(workspace, arguments, exit_code, message)


def test_a_client_without_a_pledge_and_one_whose_pledge_is_over_get_nothing(workspace: Workspace) -> None:
    workspace.run("client", "add", "new", "--name", "新しい会社")
    assert_told(workspace, (*DELIVER, "--client", "new"), 1, "has given no pledge")
    paper = workspace.file("pledge.txt", "確約書")
    dates = ("--signed-on", "2020-01-01", "--valid-until", "2020-12-31")
    workspace.run("client", "pledge", "new", "--file", paper, *dates, "--purpose", "dm")
    assert_told(workspace, (*DELIVER, "--client", "new"), 1, "2020-12-31")
    other = ("--signed-on", "2020-01-01", "--valid-until", "2099-12-31")
    workspace.run("client", "pledge", "new", "--file", paper, *other, "--purpose", "telemarketing")
    assert_told(workspace, (*DELIVER, "--client", "new"), 1, "has not pledged the purpose dm")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("zero.csv", "name,phone\n", "no rows"),
        ("empty.csv", "", "empty"),
        ("nothing.csv", "shoe size,colour\n27,red\n", "none of the 2 columns"),
        ("junk.csv", JUNK, "cannot read junk.csv"),
        ("junk.xlsx", JUNK, "not an XLSX"),
        ("junk.parquet", JUNK, "not a Parquet"),
        ("euc.csv", "氏名,住所\n山田太郎,東京都世田谷区北沢3-5-12\n".encode("euc_jp"), "euc.csv"),
        ("ill.csv", "氏名,病歴\n山田太郎,なし\n", "病歴"),
    ],
    ids=[
        "no rows",
        "empty",
        "no known column",
        "junk csv",
        "junk xlsx",
        "junk parquet",
        "euc-jp",
        "sensitive",
    ],
)
def test_a_file_that_cannot_be_used(
    workspace: Workspace, name: str, content: str | bytes, message: str
) -> None:
    path = workspace.file(name, content)
    exit_code = 1 if name == "ill.csv" else 2
    assert_told(workspace, ("list", "import", path, *IMPORT), exit_code, message)
    if name not in ("ill.csv", "nothing.csv"):
        assert_told(workspace, ("optout", "import", path), 2, message)
    if name == "zero.csv":
        return
    if name != "ill.csv":
        assert_told(workspace, ("check", path, "--output", workspace.root / "out.csv"), 2, message)


def test_a_file_in_another_encoding_than_said(workspace: Workspace) -> None:
    path = workspace.file("people.csv", "氏名,電話番号\n山田,03-0999-1001\n".encode("utf-16"))
    assert_told(workspace, ("list", "import", path, *IMPORT, "--encoding", "utf-8"), 2, "")
    assert_told(workspace, ("list", "import", path, *IMPORT, "--encoding", "klingon"), 2, "klingon")


def test_a_broken_row_is_set_aside_and_stops_no_other(workspace: Workspace) -> None:
    path = workspace.file(
        "people.csv", 'name,phone\n山田,03-0999-1001\n"鈴木,03-0999-1002\n佐藤,03-0999-1003\n'
    )
    (row,) = workspace.rows("list", "import", path, *IMPORT)
    assert row["refused"] == row["rows"] - row["imported"] > 0


@pytest.mark.parametrize("command", ["list import", "optout import", "check", "source add", "client pledge"])
def test_a_folder_or_nothing_where_a_file_should_be(workspace: Workspace, command: str) -> None:
    more: dict[str, tuple[str | Path, ...]] = {
        "list import": IMPORT,
        "source add": ("--basis", "private_seller", "--document"),
        "client pledge": (
            "--signed-on",
            "2026-01-01",
            "--valid-until",
            "2027-01-01",
            "--purpose",
            "dm",
            "--file",
        ),
    }
    names: tuple[str | Path, ...] = {"source add": ("new",), "client pledge": ("sample-client",)}.get(
        command, ()
    )
    for path in (workspace.root, workspace.root / "nowhere.csv"):
        rest = more.get(command, ())
        arguments: tuple[str | Path, ...] = (
            (*names, *rest, path) if command in ("source add", "client pledge") else (path, *rest)
        )
        assert_told(workspace, (*command.split(), *arguments), 2, str(path))


@pytest.mark.parametrize("name", ["", "x" * 500, " padded ", "a\nb", "a\tb"])
def test_a_name_that_no_list_can_have(workspace: Workspace, name: str) -> None:
    path = workspace.file("people.csv", "name,phone\n山田,03-0999-1001\n")
    assert_told(
        workspace,
        ("list", "import", path, "--list", name, "--source", "sample-source"),
        2,
        "cannot be the name",
    )


def test_a_list_may_be_named_by_an_emoji(workspace: Workspace) -> None:
    path = workspace.file("people.csv", "name,phone\n山田,03-0999-1001\n")
    workspace.rows("list", "import", path, "--list", "😀", "--source", "sample-source")
    (shown,) = workspace.rows("list", "show", "😀")
    assert shown["records"] == 1


@pytest.mark.parametrize("answer", ["", "n\n", "nonsense\n"], ids=["no terminal", "no", "neither"])
def test_a_list_is_dropped_only_when_confirmed(workspace: Workspace, answer: str) -> None:
    before = workspace.snapshot()
    result = workspace.run("list", "drop", "sample", answer=answer)
    assert result.exit_code == 1
    assert "not confirmed" in result.stderr
    assert workspace.snapshot() == before


@pytest.mark.parametrize("folder", ["outbox", "reports"])
def test_a_folder_that_cannot_be_written_to(workspace: Workspace, folder: str) -> None:
    (workspace.root / folder).rename(workspace.root / "elsewhere")
    (workspace.root / folder).write_text("", encoding="utf-8")
    assert_told(workspace, DELIVER, 1, "cannot be written to")


def test_an_output_that_cannot_be_written_to(workspace: Workspace) -> None:
    path = workspace.file("people.csv", "name,phone\n山田,03-0999-1001\n")
    assert_told(workspace, ("check", path, "--output", "/proc/nowhere/out.csv"), 1, "cannot be written to")


def damage(path: Path, how: str) -> None:
    """Damage a database as disks, editors and copies do."""
    size = path.stat().st_size
    if how == "truncated":
        os.truncate(path, size // 2)
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "a text":
        path.write_text("this is no database\n" * 100, encoding="utf-8")
    else:
        with path.open("r+b") as handle:
            handle.seek(size // 2 // 4096 * 4096)
            handle.write(JUNK)


@pytest.mark.parametrize("how", ["truncated", "empty", "a text"])
@pytest.mark.parametrize(
    "command", [DELIVER, ("list", "show"), ("optout", "list"), ("log", "verify")], ids=" ".join
)
def test_a_corrupt_database(workspace: Workspace, how: str, command: tuple[str, ...]) -> None:
    path = workspace.root / "gateway.db"
    damage(path, how)
    content, names = path.read_bytes(), sorted(os.listdir(workspace.root))  # noqa: PTH208
    result = workspace.run(*command)
    assert result.exit_code == 3
    assert result.stderr.startswith("error: the database ")
    assert len(result.stderr.splitlines()) == 2
    assert result.stdout == ""
    assert path.read_bytes() == content
    assert set(os.listdir(workspace.root)) <= {*names, "gateway.db-wal", "gateway.db-shm"}  # noqa: PTH208
    assert os.listdir(workspace.root / "outbox") == ["D0000010"]  # noqa: PTH208


def test_a_database_that_is_damaged_in_the_middle_releases_nothing(workspace: Workspace) -> None:
    damage(workspace.root / "gateway.db", "middle")
    result = workspace.run(*DELIVER)
    assert result.exit_code == 3
    assert "damaged" in result.stderr
    assert os.listdir(workspace.root / "outbox") == ["D0000010"]  # noqa: PTH208


def test_an_opt_out_that_is_in_force_is_told_even_when_erasing_fails(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.errors import Damaged
    from gateway.suppression import erasure, opting_out

    def broken(*_arguments: object, **_more: object) -> None:
        raise Damaged("corrupt_database", "the database is damaged")

    with monkeypatch.context() as patch:
        for tried in (opting_out, erasure):  # with the opt-out, and once more by the command
            patch.setattr(tried, "act_on_opt_outs", broken)
        result = workspace.run("optout", "add", "--phone", "03-0999-0001")
    assert result.exit_code == 3
    assert "in force, but not yet erased" in result.stderr
    assert workspace.rows("optout", "list")[-1]["status"] == "in_force"


def test_a_database_of_a_newer_revision(workspace: Workspace) -> None:
    connection = sqlite3.connect(workspace.root / "gateway.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    for command in (DELIVER, ("list", "show"), ("optout", "add", "--phone", "03-0999-0001")):
        assert_told(workspace, command, 1, "revision 9999, which this software does not know")
    before = workspace.snapshot()
    assert workspace.run("doctor", "--repair").exit_code == 1
    assert workspace.snapshot() == before


def test_a_database_that_is_missing_is_not_made_by_accident(workspace: Workspace) -> None:
    for path in workspace.root.glob("gateway.db*"):
        path.unlink()
    for command in (DELIVER, ("list", "show"), ("doctor",)):
        assert workspace.run(*command).exit_code == 1
    assert list(workspace.root.glob("gateway.db*")) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("[provider]", "[provder]"), "provder: unknown key"),
        (lambda text: text + "\n[filing.desc]\n", "unknown key"),
        (lambda text: text + "\nx = [\n", "gateway.toml"),
        (lambda _text: None, "there is no gateway.toml"),
    ],
    ids=["table", "key", "syntax", "missing"],
)
def test_settings_that_cannot_be_used(workspace: Workspace, change: object, message: str) -> None:
    path = workspace.root / "gateway.toml"
    text = change(path.read_text(encoding="utf-8"))  # type: ignore[operator]
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    for command in (DELIVER, ("list", "show")):
        assert_told(workspace, command, 2, message)


def test_settings_that_are_a_folder(workspace: Workspace) -> None:
    (workspace.root / "gateway.toml").unlink()
    (workspace.root / "gateway.toml").mkdir()
    assert_told(workspace, ("list", "show"), 2, "cannot read")


def test_a_recall_notice_that_cannot_be_written(workspace: Workspace) -> None:
    (provided, *_others) = workspace.rows("log", "export", "--client", "sample-client")
    workspace.run("optout", "add", "--line-code", provided["line_code"])
    (workspace.root / "recalls").write_text("", encoding="utf-8")
    assert_told(workspace, ("recall", "write"), 1, "cannot be written to")
    (workspace.root / "recalls").unlink()
    assert len(workspace.rows("recall", "write")) == 1
