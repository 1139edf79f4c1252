"""The settings file: what it may say, and what it says when something is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal

import pytest

from gateway.config import Config, Workspace, load_workspace, read_options, unknown_variables
from gateway.errors import WrongUsage

Load = Callable[..., Workspace]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def write_and_load(text: str, **environ: str) -> Workspace:
        (tmp_path / "gateway.toml").write_text(text, encoding="utf-8")
        return load_workspace(tmp_path, environ)

    return write_and_load


def test_an_empty_file_gives_the_defaults(load: Load, tmp_path: Path) -> None:
    workspace = load("")
    assert workspace.config == Config()
    assert workspace.outbox == tmp_path / "outbox"
    assert workspace.reports == tmp_path / "reports"
    assert workspace.database_url == f"sqlite:///{tmp_path}/gateway.db"


def test_the_template_gives_the_defaults(load: Load) -> None:
    template = files("gateway") / "templates" / "gateway.toml"
    assert load(template.read_text(encoding="utf-8")).config == Config()


def test_the_filing_and_its_desk_are_read(load: Load) -> None:
    filing = load(
        '[filing]\nitems = ["name", "address"]\nmethods = ["printed_labels"]\nstart_on = 2026-05-01\n'
        '[filing.desk]\nphone = "0120-000-000"\n'
    ).config.filing
    assert filing.items == ("name", "address")
    assert filing.start_on == date(2026, 5, 1)
    assert filing.desk.phone == "0120-000-000"


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        pytest.param(
            '[provider]\nname = "x"\nadress = "y"\n', "line 3: provider.adress", "address", id="key"
        ),
        pytest.param("[filling]\nitems = []\n", "line 1: filling", "filing", id="section"),
        pytest.param('[filing.desk]\nfone = ""\n', "line 2: filing.desk.fone", "phone", id="nested key"),
        pytest.param(
            "[filing]\ndesk = {fone = ''}\n", "line 2: filing.desk.fone", "phone", id="inline table"
        ),
    ],
)
def test_an_unknown_key_names_its_line_and_the_nearest_key(
    load: Load, text: str, place: str, hint: str
) -> None:
    with pytest.raises(WrongUsage) as caught:
        load(text)
    assert caught.value.code == "unknown_key"
    assert "gateway.toml" in caught.value.message
    assert place in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("[provider]\nname = 3\n", "line 2: provider.name must be text", id="number for text"),
        pytest.param('[filing]\nitems = "name"\n', "filing.items must be a list", id="text for a list"),
        pytest.param(
            "[filing]\nitems = [1]\n", "filing.items must be a list, and each item", id="wrong item"
        ),
        pytest.param(
            '[filing]\nstart_on = "2026-05-01"\n', "filing.start_on must be a date", id="text for a date"
        ),
        pytest.param("[plugins]\nthird_party = 1\n", "plugins.third_party must be true or false", id="truth"),
        pytest.param('[defaults]\npurpose = "sms"\n', "must be one of: '', dm, telemarketing", id="purpose"),
        pytest.param('[filing]\nmethods = ["print"]\n', "no method print", id="method"),
        pytest.param("provider = 3\n", "line 1: provider", id="value for a section"),
        pytest.param("formats = 3\n", "formats must be a table", id="value for formats"),
        pytest.param("[formats]\nlabels = 3\n", "formats.labels must be a table", id="value for a format"),
    ],
)
def test_a_wrong_value_names_its_key(load: Load, text: str, problem: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        load(text)
    assert caught.value.code == "bad_value"
    assert problem in caught.value.message


def test_a_syntax_error_names_its_line(load: Load) -> None:
    with pytest.raises(WrongUsage, match="line 2"):
        load("[provider]\nname = \n")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_bytes('[provider]\nname = "名簿"'.encode("cp932"))
    with pytest.raises(WrongUsage, match="not UTF-8"):
        load_workspace(tmp_path)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as caught:
        load_workspace(tmp_path, {})
    assert caught.value.code == "no_workspace"
    assert "gateway init" in caught.value.hint


def test_a_variable_wins_over_the_file(load: Load) -> None:
    workspace = load(
        '[database]\nurl = "sqlite:///a.db"\n',
        GATEWAY_DATABASE_URL="postgresql+psycopg://host/name",
        GATEWAY_DEFAULTS_LISTS="one, two",
        GATEWAY_PLUGINS_THIRD_PARTY="false",
        GATEWAY_FILING_DESK_PHONE="0120-000-000",
        GATEWAY_FILING_START_ON="2026-05-01",
    )
    assert workspace.database_url == "postgresql+psycopg://host/name"
    assert workspace.config.defaults.lists == ("one", "two")
    assert workspace.config.plugins.third_party is False
    assert workspace.config.filing.desk.phone == "0120-000-000"
    assert workspace.config.filing.start_on == date(2026, 5, 1)


def test_a_wrong_variable_is_named(load: Load) -> None:
    with pytest.raises(WrongUsage, match="GATEWAY_PLUGINS_THIRD_PARTY must be true or false"):
        load("", GATEWAY_PLUGINS_THIRD_PARTY="maybe")


def test_a_mistyped_variable_is_found() -> None:
    environ = {"GATEWAY_DATABSE_URL": "x", "GATEWAY_LANG": "ja", "GATEWAY_OUTBOX_PATH": "y", "HOME": "z"}
    assert unknown_variables(environ) == ("GATEWAY_DATABSE_URL",)


def test_a_secret_comes_from_the_environment_and_is_never_shown(load: Load) -> None:
    workspace = load('[database]\nurl = { env = "DSN" }\n', DSN="postgresql+psycopg://u:sesame@h/n")
    assert workspace.database_url == "postgresql+psycopg://u:sesame@h/n"
    assert "sesame" not in repr(workspace)


def test_an_unset_secret_variable_is_named(load: Load) -> None:
    with pytest.raises(WrongUsage, match=r"database\.url: variable DSN is not set"):
        load('[database]\nurl = { env = "DSN" }\n')


def test_a_secret_comes_from_a_file_only_its_owner_can_read(load: Load, tmp_path: Path) -> None:
    secret = tmp_path / "dsn"
    secret.write_text("postgresql+psycopg://h/n\n", encoding="utf-8")
    secret.chmod(0o600)
    text = '[database]\nurl = { file = "dsn" }\n'
    assert load(text).database_url == "postgresql+psycopg://h/n"
    secret.chmod(0o640)
    with pytest.raises(WrongUsage, match="others can read"):
        load(text)


@pytest.mark.parametrize("reference", ["{}", "{ enw = 'X' }", "{ env = 'X', file = 'y' }", "{ env = 3 }"])
def test_a_strange_reference_is_refused(load: Load, reference: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        load(f"[database]\nurl = {reference}\n", X="1")
    assert caught.value.code == "bad_secret"


def test_a_missing_secret_file_is_told(load: Load) -> None:
    with pytest.raises(WrongUsage, match="cannot be read"):
        load('[database]\nurl = { file = "absent" }\n')


def test_an_absolute_database_path_stays(load: Load) -> None:
    assert load('[database]\nurl = "sqlite:////var/x.db"\n').database_url == "sqlite:////var/x.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOptions:
    sheet: str = "a4"
    start: int = 1
    shift: float = 0.0
    outlines: bool = False
    order: Literal["given", "postal"] = "given"
    notes: tuple[str, ...] = ()
    since: date | None = None
    file: Path | None = None

    def __post_init__(self) -> None:
        if self.start < 1:
            raise ValueError("must be 1 or more")


def test_set_wins_over_the_table_and_is_converted() -> None:
    sets = {
        "start": "3",
        "shift": "-0.5",
        "outlines": "yes",
        "order": "postal",
        "notes": "a,b",
        "since": "2026-01-02",
        "file": "x/y",
    }
    options = read_options(SheetOptions, {"sheet": "a5", "start": 2}, sets, name="labels")
    assert options == SheetOptions(
        sheet="a5",
        start=3,
        shift=-0.5,
        outlines=True,
        order="postal",
        notes=("a", "b"),
        since=date(2026, 1, 2),
        file=Path("x/y"),
    )


@pytest.mark.parametrize(
    ("table", "sets", "problem"),
    [
        pytest.param({}, {"stat": "1"}, "--set stat: unknown key", id="unknown set"),
        pytest.param({"stat": 1}, {}, "[formats.labels] stat: unknown key", id="unknown in the table"),
        pytest.param({}, {"start": "one"}, "--set start must be a whole number", id="no number"),
        pytest.param(
            {"start": "1"}, {}, "[formats.labels] start must be a whole number", id="text in the table"
        ),
        pytest.param({}, {"order": "name"}, "must be one of: given, postal", id="choice"),
        pytest.param({}, {"start": "0"}, "must be 1 or more", id="the type's own rule"),
    ],
)
def test_wrong_options_are_told(table: dict[str, object], sets: dict[str, str], problem: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        read_options(SheetOptions, table, sets, name="labels")
    assert problem in caught.value.message


def test_the_nearest_option_is_named() -> None:
    with pytest.raises(WrongUsage) as caught:
        read_options(SheetOptions, {}, {"sheets": "a4"}, name="labels")
    assert caught.value.hint == "did you mean sheet?"


def test_a_format_without_options_takes_none() -> None:
    assert read_options(None, {}, {}, name="calls") is None
    with pytest.raises(WrongUsage, match="--set x: unknown key"):
        read_options(None, {}, {"x": "1"}, name="calls")


def test_every_variable_of_the_template_exists() -> None:
    template = (files("gateway") / "templates" / "gateway.toml").read_text(encoding="utf-8")
    named = {word.strip(",.") for word in template.split() if word.startswith("GATEWAY_")}
    assert len(named) > 5
    assert unknown_variables(dict.fromkeys(named, "")) == ()


def test_the_environment_is_the_default_source() -> None:
    assert load_workspace.__defaults__ == (os.environ,)
