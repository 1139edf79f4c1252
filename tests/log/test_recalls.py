"""Recalls: each client is told once, by line codes only, and its answer is kept."""

from __future__ import annotations

import csv
import shutil
import stat
from datetime import date
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import func, select, update

from gateway.db.engine import reading, writing
from gateway.db.tables import journal, recall
from gateway.delivery.clients import Client, add_client, add_pledge
from gateway.documents.data import RecallNotice
from gateway.errors import Failed, WrongUsage
from gateway.log.deliveries import all_deliveries
from gateway.log.recalls import Notice, Recall, Status, all_recalls, answer, write_notices
from gateway.suppression.recall_search import recalled_deliveries
from gateway.suppression.register import OptOutId
from tests.delivery.shop import NOW, Shop, person

PEOPLE = [person(number) for number in range(4)]


def recalls(shop: Shop) -> list[Recall]:
    with reading(shop.engine) as connection:
        return list(all_recalls(connection))


def write(shop: Shop) -> list[Notice]:
    config = shop.workspace.config
    folder = shop.workspace.root / "recalls"
    return write_notices(
        shop.engine, folder, provider=config.provider, filing=config.filing, actor="tester", now=NOW
    )


def settle(shop: Shop, identifier: str, status: Status = "deleted") -> int:
    return answer(shop.engine, identifier, status, actor="tester", now=NOW)


def entries(shop: Shop) -> int:
    with reading(shop.engine) as connection:
        return connection.execute(select(func.count()).select_from(journal)).scalar_one()


@pytest.fixture
def recalled(shop: Shop) -> Shop:
    """A shop that has delivered four people to two clients, two of whom have opted out since."""
    add_client(shop.engine, Client(id="second", name="第二商事"), actor="tester", now=NOW)
    pledge = shop.workspace.root / "pledge.txt"
    add_pledge(
        shop.engine,
        "second",
        pledge,
        purposes=("dm",),
        signed_on=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        actor="tester",
        now=NOW,
    )
    shop.import_people(PEOPLE)
    shop.deliver()
    shop.deliver(client="second")
    shop.opt_out(PEOPLE[1])
    shop.opt_out(PEOPLE[2])
    return shop


def test_each_client_gets_one_notice_with_all_its_lines(recalled: Shop) -> None:
    notices = write(recalled)
    assert [(notice.client, notice.lines) for notice in notices] == [("client", 2), ("second", 2)]
    assert len({notice.id for notice in notices}) == 2
    assert all(found.notice for found in recalls(recalled))


def test_a_notice_holds_line_codes_and_nobody(recalled: Shop) -> None:
    expected = {found.line_code for found in recalls(recalled) if found.client == "client"}
    (notice, _second) = write(recalled)
    with (notice.folder / "lines.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["line_code"] for row in rows} == expected
    written = "".join(
        page.extract_text() for page in pypdf.PdfReader(notice.folder / "recall-notice.pdf").pages
    )
    written += (notice.folder / "lines.csv").read_text(encoding="utf-8")
    assert all(code in written for code in expected)
    assert not any(text in written for one in PEOPLE for text in (one.name, one.address, one.phones[0]))


def test_the_deliveries_of_an_opt_out_are_named_in_their_order(recalled: Shop) -> None:
    with reading(recalled.engine) as connection:
        owners = [OptOutId(each.opt_out_id) for each in all_recalls(connection)]
        ids = [each.id for each in all_deliveries(connection)]
    assert recalled_deliveries(recalled.engine, owners) == dict.fromkeys(owners, ids)


def test_a_notice_is_private(recalled: Shop) -> None:
    folder = write(recalled)[0].folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_client_is_told_once_and_nothing_is_recorded_for_nobody(recalled: Shop) -> None:
    write(recalled)
    before = entries(recalled)
    assert write(recalled) == []
    assert entries(recalled) == before


def test_a_later_opt_out_makes_a_notice_of_its_own(recalled: Shop) -> None:
    write(recalled)
    recalled.opt_out(PEOPLE[3])
    assert [(notice.client, notice.lines) for notice in write(recalled)] == [("client", 1), ("second", 1)]


def test_a_notice_that_cannot_be_written_leaves_nothing_behind(recalled: Shop) -> None:
    blocked = recalled.workspace.root / "recalls"
    blocked.write_text("", encoding="utf-8")
    before = entries(recalled)
    with pytest.raises(Failed) as caught:
        write(recalled)
    assert caught.value.code == "unwritable_recalls"
    assert entries(recalled) == before
    blocked.unlink()
    assert len(write(recalled)) == 2


def test_a_second_notice_that_fails_takes_the_first_back(
    recalled: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.log import recalls as module

    real = module._write_files

    def failing(folder: Path, notice: RecallNotice) -> None:
        if folder.name.endswith("-2"):
            raise Failed("unwritable_recalls", "no space")
        real(folder, notice)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_write_files", failing)
        with pytest.raises(Failed):
            write(recalled)
    assert list((recalled.workspace.root / "recalls").iterdir()) == []
    assert [found.notice for found in recalls(recalled)] == [""] * 4
    assert len(write(recalled)) == 2


def test_what_a_killed_attempt_left_behind_is_replaced(recalled: Shop, tmp_path: Path) -> None:
    first, second = write(recalled)
    kept = tmp_path / "kept"
    shutil.copytree(first.folder, kept)
    recalled.opt_out(PEOPLE[3])
    upcoming = entries(recalled) + 1
    stale = recalled.workspace.root / "recalls" / f"R{upcoming:06d}-1"
    stale.mkdir()
    (stale / "recall-notice.pdf").write_bytes(b"half a notice")
    notices = write(recalled)
    assert notices[0].folder == stale
    assert (stale / "recall-notice.pdf").read_bytes().startswith(b"%PDF")
    assert first.folder.is_dir()
    assert second.folder.is_dir()


@pytest.mark.parametrize("status", ["deleted", "opted_out", "not_found", "exempted"])
def test_an_answer_settles_a_whole_notice(recalled: Shop, status: Status) -> None:
    (notice, _second) = write(recalled)
    assert settle(recalled, notice.id.lower(), status) == 2
    assert {found.status for found in recalls(recalled) if found.client == "client"} == {status}
    assert {found.status for found in recalls(recalled) if found.client == "second"} == {""}


def test_an_answer_settles_one_line(recalled: Shop) -> None:
    write(recalled)
    one = recalls(recalled)[0]
    assert settle(recalled, str(one.id)) == 1
    assert [found.status for found in recalls(recalled)].count("deleted") == 1


@pytest.mark.parametrize("identifier", ["", " ", "R000001-9", "0", "99999999999999999999", "x"])
def test_an_answer_to_nothing_settles_nothing(recalled: Shop, identifier: str) -> None:
    before = entries(recalled)
    with pytest.raises(WrongUsage) as caught:
        settle(recalled, identifier)
    assert caught.value.code == "unknown_recall"
    assert {found.status for found in recalls(recalled)} == {""}
    assert entries(recalled) == before


def test_a_search_that_was_interrupted_is_made_up_for(recalled: Shop) -> None:
    from gateway.db.tables import opt_out
    from gateway.suppression.recall_search import search_recalls

    known = len(recalls(recalled))
    with writing(recalled.engine) as connection:
        connection.execute(recall.delete())
        connection.execute(update(opt_out).values(recalled_at=None))
    search_recalls(recalled.engine, now=NOW)
    assert len(recalls(recalled)) == known
