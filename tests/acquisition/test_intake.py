"""An import: five counts that add up, nobody stored who has opted out, nothing left behind by a failure."""

from __future__ import annotations

import csv
import stat
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from gateway.acquisition import preparing
from gateway.acquisition.intake import ImportRequest, ImportSummary, import_list
from gateway.acquisition.lists import import_lock, list_names, summarise_list
from gateway.db.engine import reading
from gateway.db.locks import hold_lock
from gateway.db.tables import contact, hold, record
from gateway.errors import GatewayError, PluginFault, Refused, WrongUsage
from gateway.log.journal import entries, find_break
from gateway.people.person import Person
from gateway.people.stored import read_block
from gateway.plugins import Manager
from gateway.suppression.key_pages import record_pages
from tests.acquisition.conftest import NOW, Import, count_rows, names_in, opt_out_person, write_csv
from tests.installing import Install

YAMADA = ("1", "山田太郎", "東京都世田谷区北沢3-5-12", "090-1111-2222")
SUZUKI = ("2", "鈴木花子", "東京都世田谷区北沢3-5-13", "090-1111-3333")
SATO = ("3", "佐藤 一郎", "東京都世田谷区北沢3-5-14", "")
ITO_AT_SUZUKIS = Person(name="伊藤次郎", address="大阪府大阪市北区梅田1-1-1", phones=(SUZUKI[3],))
NOTHING = {"list": 0, "acquisition": 0, "record": 0, "contact": 0, "key_page": 0}


def counts(summary: ImportSummary) -> tuple[int, int, int, int, int, int]:
    return (
        summary.rows,
        summary.imported,
        summary.suppressed,
        summary.held,
        summary.refused,
        summary.duplicates,
    )


def as_person(row: tuple[str, str, str, str]) -> Person:
    return Person(name=row[1], address=row[2], phones=(row[3],) if row[3] else ())


def test_people_are_stored_as_they_were_given(sourced: Engine, take: Import) -> None:
    summary = take(
        [("a1", "山田　太郎", "ﾔﾏﾀﾞ", "東京都", "03-1", "03-2", "a@example.jp", "金")],
        header=("管理番号", "氏名", "カナ", "住所", "電話番号", "携帯", "メール", "会員"),
    )
    assert counts(summary) == (1, 1, 0, 0, 0, 0)
    with reading(sourced) as connection:
        found = read_block(connection, 1, 0, 10)[0].person
    assert (found.id, found.name, found.kana, found.address) == ("a1", "山田　太郎", "ﾔﾏﾀﾞ", "東京都")
    assert (found.phones, found.emails, found.attributes) == (
        ("03-1", "03-2"),
        ("a@example.jp",),
        {"会員": "金"},
    )


def test_each_row_ends_in_one_of_five_counts(sourced: Engine, take: Import) -> None:
    opt_out_person(sourced, as_person(YAMADA))
    opt_out_person(sourced, ITO_AT_SUZUKIS)
    summary = take(
        [
            YAMADA,
            SUZUKI,
            SATO,
            ("9", "佐藤　一郎", "東京都世田谷区北沢３－５－１４", ""),
            ("3", "別人三郎", "東京都港区芝1-1-1", ""),
            ("4",),
        ]
    )
    assert counts(summary) == (6, 1, 1, 1, 2, 1)
    assert names_in(sourced) == ["鈴木花子", "佐藤 一郎"]


def test_nothing_of_an_opted_out_person_is_stored(sourced: Engine, take: Import) -> None:
    opt_out_person(sourced, as_person(YAMADA))
    summary = take([("1", "山田　太郎", "東京都世田谷区北沢３丁目５番１２号", ""), SATO])
    assert (summary.suppressed, names_in(sourced)) == (1, ["佐藤 一郎"])
    with reading(sourced) as connection:
        pages = list(record_pages(connection, 1))
        assert connection.execute(select(contact.c.value)).scalars().all() == []
    assert [page.numbers.tolist() for page in pages] == [[1]]


def test_a_doubtful_person_is_stored_and_held(sourced: Engine, take: Import) -> None:
    owner = opt_out_person(sourced, ITO_AT_SUZUKIS)
    take([SATO, SUZUKI])
    with reading(sourced) as connection:
        found = connection.execute(select(hold)).one()
        number = connection.execute(select(record.c.number).where(record.c.id == "2")).scalar_one()
    assert (found.opt_out_id, found.record_id, found.record_number, found.state) == (
        owner,
        "2",
        number,
        "open",
    )
    assert found.origin == "import"


def test_a_doubt_that_is_known_is_not_put_twice(sourced: Engine, take: Import) -> None:
    opt_out_person(sourced, ITO_AT_SUZUKIS)
    assert (take([SUZUKI]).held, take([SUZUKI], list_name="other").held) == (1, 1)
    with reading(sourced) as connection:
        assert len(connection.execute(select(hold.c.id)).all()) == 1


def test_importing_a_file_again_brings_duplicates_only(take: Import) -> None:
    take([YAMADA, SUZUKI])
    assert counts(take([YAMADA, SUZUKI, SATO])) == (3, 1, 0, 0, 0, 2)


def test_the_same_person_may_be_in_two_lists(take: Import) -> None:
    take([YAMADA])
    assert counts(take([YAMADA], list_name="other")) == (1, 1, 0, 0, 0, 0)


def test_an_id_that_a_stored_record_has_is_refused(take: Import) -> None:
    take([YAMADA])
    summary = take([(YAMADA[0], *SUZUKI[1:])])
    assert (summary.refused, summary.imported) == (1, 0)
    assert summary.rejected_file is not None
    assert "id_in_use" in summary.rejected_file.read_text(encoding="utf-8-sig")


def test_records_without_an_id_get_one_each(sourced: Engine, take: Import) -> None:
    take([("", *YAMADA[1:]), ("", *SUZUKI[1:])])
    take([("", *SATO[1:])])
    with reading(sourced) as connection:
        ids = connection.execute(select(record.c.id).order_by(record.c.number)).scalars().all()
    assert ids == ["row-1", "row-2", "row-3"]


def test_key_pages_hold_just_the_stored_records(sourced: Engine, take: Import) -> None:
    rows = [(str(n), f"山田{n}", f"東京都世田谷区北沢{n}", f"090-0000-{n:04}") for n in range(5000)]
    take(rows)
    take([("x", "鈴木", "大阪府大阪市北区1", "")])
    with reading(sourced) as connection:
        numbers = [number for page in record_pages(connection, 1) for number in page.numbers.tolist()]
        stored = connection.execute(select(record.c.number).order_by(record.c.number)).scalars().all()
    assert numbers == stored == list(range(1, 5002))


def test_rejected_rows_are_written_beside_the_file(take: Import, tmp_path: Path) -> None:
    summary = take([YAMADA, ("2", "鈴木"), ("3", "a\x01b", "x", ""), ("4", "", "東京都", "")])
    path = tmp_path / "people.csv.rejected.csv"
    assert summary.rejected_file == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "column", "reason", "id", "name", "address", "phone"],
            ["3", "", "too_few_cells", "2", "鈴木"],
            ["4", "name", "control_character", "3", "a\x01b", "x", ""],
            ["5", "", "no_name_phone_or_email", "4", "", "東京都", ""],
        ]


def test_a_repaired_rejected_file_can_be_imported(take: Import) -> None:
    header = ("line", "column", "reason", "name")
    summary = take([("3", "name", "x", ""), ("4", "", "y", "鈴木")], header=header)
    assert summary.rejected_file is not None
    assert summary.rejected_file.read_text(encoding="utf-8-sig").splitlines()[0] == "line,column,reason,name"


def test_without_rejected_rows_there_is_no_rejected_file(take: Import, tmp_path: Path) -> None:
    assert take([YAMADA]).rejected_file is None
    assert sorted(path.name for path in tmp_path.glob("*.csv*")) == ["people.csv"]


def test_a_value_that_speaks_of_a_sensitive_trait_refuses_its_row(sourced: Engine, take: Import) -> None:
    summary = take([("山田", "うつ病"), ("鈴木", "会員")], header=("name", "備考"))
    assert (summary.refused, names_in(sourced)) == (1, ["鈴木"])
    assert summary.rejected_file is not None
    assert "2,備考,sensitive_value" in summary.rejected_file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("header", "options", "code"),
    [
        (("name", "病歴"), {}, "sensitive_column"),
        (("x", "y"), {}, "no_known_column"),
        (("name", "phone"), {"list_name": "○○党党員名簿"}, "sensitive_list"),
        (("name", "phone"), {"list_name": " "}, "bad_list_name"),
    ],
)
def test_a_file_that_may_not_be_imported_leaves_nothing_behind(
    sourced: Engine, take: Import, tmp_path: Path, header: tuple[str, ...], options: dict[str, str], code: str
) -> None:
    with pytest.raises(GatewayError) as raised:
        take([("山田", "1")], header=header, **options)
    assert (raised.value.code, count_rows(sourced)) == (code, NOTHING)
    assert not list(tmp_path.glob("*rejected*"))


def test_a_file_without_rows_leaves_nothing_behind(sourced: Engine, take: Import) -> None:
    with pytest.raises(WrongUsage) as raised:
        take([])
    assert (raised.value.code, count_rows(sourced)) == ("empty_input", NOTHING)


def test_an_unknown_source_is_refused(sourced: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "people.csv", [("name",), ("山田",)])
    request = ImportRequest(path=path, list_name="main", source_id="nobody")
    with pytest.raises(WrongUsage) as raised:
        import_list(sourced, request, Manager([]), actor="tester", now=NOW)
    assert (raised.value.code, count_rows(sourced)) == ("unknown_source", NOTHING)


class Interrupted(BaseException):
    """Whatever may end an import in the middle."""


def test_an_import_that_ends_in_the_middle_leaves_nothing_behind(
    sourced: Engine, take: Import, tmp_path: Path
) -> None:
    def interrupt(_rows: int) -> None:
        raise Interrupted

    rows = [("1", f"山田{n}", f"東京都{n}", "") for n in range(3)]
    with pytest.raises(Interrupted):
        take([*rows, ("bad",)], progress=interrupt)
    assert count_rows(sourced) == NOTHING
    assert not [path for path in tmp_path.iterdir() if "rejected" in path.name]


def test_an_import_that_fails_leaves_the_list_as_it_was(sourced: Engine, take: Import) -> None:
    def interrupt(_rows: int) -> None:
        raise Interrupted

    take([YAMADA])
    before = count_rows(sourced)
    with pytest.raises(Interrupted):
        take([SUZUKI], progress=interrupt)
    assert (count_rows(sourced), names_in(sourced)) == (before, ["山田太郎"])


def test_records_are_invisible_until_the_import_ends(
    sourced: Engine, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.acquisition.storing.BATCH", 1)
    monkeypatch.setattr("gateway.acquisition.storing.PAGE_RECORDS", 1)
    seen: list[tuple[int, int]] = []

    def look(_rows: int) -> None:
        with reading(sourced) as connection:
            visible = sum(len(page.numbers) for page in record_pages(connection, 1))
            seen.append((visible, summarise_list(connection, "main").records))
        assert len(names_in(sourced)) == 2

    take([YAMADA, SUZUKI], progress=look)
    assert seen == [(0, 0)]


def test_what_a_killed_import_left_is_removed_by_the_next(
    sourced: Engine, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.acquisition.storing.BATCH", 1)
    monkeypatch.setattr("gateway.acquisition.storing.PAGE_RECORDS", 1)

    def interrupt(_rows: int) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr("gateway.acquisition.intake.abandon", lambda engine, list_id: None)
        with pytest.raises(Interrupted):
            take([YAMADA, SUZUKI], progress=interrupt)
    assert count_rows(sourced)["record"] == 2
    assert counts(take([SUZUKI, SATO])) == (2, 2, 0, 0, 0, 0)
    assert names_in(sourced) == ["鈴木花子", "佐藤 一郎"]


def test_a_second_import_into_the_same_list_is_refused_while_one_runs(sourced: Engine, take: Import) -> None:
    take([YAMADA])
    with reading(sourced) as connection:
        identifier = summarise_list(connection, "main").id
    with hold_lock(sourced, import_lock(identifier)), pytest.raises(Refused) as raised:
        take([SUZUKI])
    assert (raised.value.code, names_in(sourced)) == ("import_running", ["山田太郎"])


def test_somebody_who_opts_out_during_an_import_is_erased_from_it(sourced: Engine, take: Import) -> None:
    def opt_out(_rows: int) -> None:
        opt_out_person(sourced, as_person(YAMADA))

    summary = take([YAMADA, SATO], progress=opt_out)
    assert (summary.rows, names_in(sourced)) == (2, ["佐藤 一郎"])


def test_a_number_that_was_opted_out_is_taken_off_a_new_record(sourced: Engine, take: Import) -> None:
    opt_out_person(sourced, Person(phones=(YAMADA[3],)), scope="phone")
    take([YAMADA, SUZUKI])
    with reading(sourced) as connection:
        phones = connection.execute(select(contact.c.value)).scalars().all()
    assert (names_in(sourced), phones) == (["山田太郎", "鈴木花子"], [SUZUKI[3]])


SUPPRESSOR = """
    from gateway.api import Objection, Suppressor, hookimpl

    def judge(candidates, order):
        for candidate in candidates:
            assert order is None and candidate.keys
            if "鈴木" in candidate.name:
                yield Objection(ref=candidate.ref, verdict="suppress", rule="demo")
            if "佐藤" in candidate.name:
                yield Objection(ref=candidate.ref, verdict="review", rule="demo")
            if "高橋" in candidate.name:
                raise RuntimeError("broken")

    @hookimpl
    def gateway_register_suppressors():
        yield Suppressor(name="demo", summary="", judge=judge)
"""


def test_a_suppressor_is_asked_about_whoever_passed(sourced: Engine, take: Import, install: Install) -> None:
    install("demo-dist", "demo", SUPPRESSOR)
    opt_out_person(sourced, as_person(YAMADA))
    summary = take([YAMADA, SUZUKI, SATO], manager=Manager())
    assert counts(summary) == (3, 0, 2, 1, 0, 0)
    assert names_in(sourced) == ["佐藤 一郎"]


def test_a_suppressor_that_raises_stops_the_import(sourced: Engine, take: Import, install: Install) -> None:
    install("demo-dist", "demo", SUPPRESSOR)
    with pytest.raises(PluginFault):
        take([("1", "高橋", "東京都世田谷区北沢3-5-12", "")], manager=Manager())
    assert count_rows(sourced) == NOTHING


def test_a_missing_suppressor_stops_the_import(sourced: Engine, take: Import) -> None:
    with pytest.raises(Refused):
        take([YAMADA], manager=Manager([], required=["demo"]))
    assert count_rows(sourced) == NOTHING


def test_worker_processes_give_the_same_result(
    sourced: Engine, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    opt_out_person(sourced, as_person(YAMADA))
    rows = [
        YAMADA,
        SATO,
        *((f"n{n}", f"山田{n}", f"東京都世田谷区北沢{n}", "") for n in range(3000)),
        ("x",),
        SATO,
    ]
    alone = take(rows)
    monkeypatch.setattr(preparing, "BIG_FILE", 0)
    monkeypatch.setattr("gateway.people.reading_csv.PIECE", 20_000)
    together = take(rows, list_name="other", workers=2)
    assert counts(together) == counts(alone) == (3004, 3001, 1, 0, 1, 1)
    assert names_in(sourced, "other") == names_in(sourced)


def test_an_import_is_recorded_in_the_journal_without_a_name(sourced: Engine, take: Import) -> None:
    take([YAMADA])
    with reading(sourced) as connection:
        last = list(entries(connection))[-1]
        assert find_break(connection)[1] is None
        assert list_names(connection) == ["main"]
        assert summarise_list(connection, "main").acquisitions[0].imported == 1
    assert (last.kind, "山田" in last.content) == ("import", False)


def test_progress_is_told_every_row(take: Import) -> None:
    told: list[int] = []
    take([YAMADA, ("x",), SATO], progress=told.append)
    assert sum(told) == 3


cells = st.sampled_from(["", "山田", "鈴木", "090-1111-2222", "東京都港区芝1-1", "a", "\x00", "山　田"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, min_size=3, max_size=5), min_size=1, max_size=12), st.integers(0, 10**9))
def test_the_counts_always_add_up(sourced: Engine, take: Import, rows: list[list[str]], salt: int) -> None:
    summary = take([*rows, ["end", str(salt), "", ""]], list_name=f"list {salt}")
    total = astuple(summary)[:6]
    assert total[0] == sum(total[1:]) == len(rows) + 1
