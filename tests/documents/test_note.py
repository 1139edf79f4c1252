"""The delivery note: what the client needs for its record, any number of files and sources."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.config import Filing, Provider
from gateway.documents.data import Counts, DeliveredFile, DeliveryNote, Recipient, SourceAccount
from gateway.documents.note import write_delivery_note
from tests.documents.conftest import DELIVERY, NOW, Pages


def _digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def _files(count: int) -> tuple[DeliveredFile, ...]:
    return tuple(
        DeliveredFile(name=f"labels-{number:03d}.pdf", bytes=5_000_000 + number, sha256=_digest(number))
        for number in range(1, count + 1)
    )


def _sources(count: int, circumstances: str) -> tuple[SourceAccount, ...]:
    return tuple(
        SourceAccount(
            name=f"見本商事第{number}号",
            basis="published_directory",
            address="東京都新宿区西新宿2丁目8番1号",
            representative="例示太郎",
            acquired_on=date(2025, 6, number % 28 + 1),
            circumstances=circumstances,
        )
        for number in range(1, count + 1)
    )


@pytest.fixture(scope="module")
def note(provider: Provider, filing: Filing, client: Recipient) -> DeliveryNote:
    return DeliveryNote(
        delivery=DELIVERY,
        created_at=NOW,
        provider=provider,
        filing=filing,
        client=client,
        purpose="dm",
        legal_basis="optout_27_2",
        format="labels",
        method="printed_labels",
        items=("name", "address"),
        counts=Counts(requested=41667, suppressed=120, held=12, refused=3, delivered=41532),
        files=_files(2),
        sources=_sources(2, "公開された電話帳から入力した。"),
        pledge="確約書 2026年4月1日付（2027年3月31日まで有効）",
        intent_hash=_digest(0),
        reference="PO-2026-0042",
    )


@pytest.fixture
def write(read_pages: Callable[[Path], Pages], tmp_path: Path) -> Callable[[DeliveryNote], Pages]:
    def write_and_read(note: DeliveryNote) -> Pages:
        write_delivery_note(tmp_path / "delivery-note.pdf", note)
        return read_pages(tmp_path / "delivery-note.pdf")

    return write_and_read


@pytest.mark.parametrize(
    "words",
    [
        "見本名簿株式会社",
        "代表取締役見本一郎",
        "株式会社サンプル通販御中",
        "ダイレクトメールの発送",
        "41,532",
        "41,667",
        "5,000,001",
        _digest(0),
        _digest(2),
        "氏名、住所",
        "第2026-000123号",
        "公表日2026年4月1日",
        "公開された電話帳から入力した。",
        "第30条",
        "第27条第2項",
        "三つの手順",
        "03-0000-0002",
        "確約書2026年4月1日付",
        "PO-2026-0042",
    ],
)
def test_the_note_says(note: DeliveryNote, write: Callable[[DeliveryNote], Pages], words: str) -> None:
    assert words in write(note).text


def test_the_article_of_before_2022_is_not_cited(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages]
) -> None:
    assert "23条" not in write(note).text


def test_any_number_of_files_and_sources_flows_over_pages(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages]
) -> None:
    pages = write(replace(note, files=_files(130), sources=_sources(40, "買取りの契約書を確認した。")))
    assert all(_digest(number) in pages.text for number in range(1, 131))
    assert all(f"見本商事第{number}号" in pages.text for number in range(1, 41))
    assert all("SHA-256" in text for text in pages.texts[1:4])


def test_circumstances_longer_than_a_page_are_printed_whole(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages]
) -> None:
    circumstances = "".join(f"経緯その{number}。" for number in range(900))
    assert circumstances in _only_cells(write(replace(note, sources=_sources(1, circumstances))))


def _only_cells(pages: Pages) -> str:
    """Leave out what each page repeats between two parts of a cell."""
    lines = [line for text in pages.texts for line in text.splitlines()]
    repeated = ("納品", "取得元", "取得日", "取得の根拠")
    return "".join("".join(line.split()) for line in lines if not line.startswith(repeated))


def test_items_stand_in_the_usual_order(note: DeliveryNote, write: Callable[[DeliveryNote], Pages]) -> None:
    text = write(replace(note, items=("address", "hobby", "kana", "name"))).text
    assert "氏名、フリガナ、住所（郵便番号を含む）、hobby" in text


def test_pages_are_numbered(note: DeliveryNote, write: Callable[[DeliveryNote], Pages]) -> None:
    texts = write(note).texts
    assert all(f"{page} / {len(texts)} ページ" in text for page, text in enumerate(texts, start=1))


def test_each_page_gives_the_delivery_number_by_fax(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages]
) -> None:
    pages = write(note)
    assert all(pages.fax_codes(page) == [("Code 128", DELIVERY)] * 2 for page in range(len(pages.texts)))


def test_every_font_is_embedded(note: DeliveryNote, write: Callable[[DeliveryNote], Pages]) -> None:
    assert write(note).fonts_not_embedded() == set()


def test_callers_are_told_the_duties_of_callers(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages]
) -> None:
    assert "第16条・第17条" in write(replace(note, purpose="telemarketing")).text


def test_a_delivery_by_consent_does_not_rest_on_the_filing(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages]
) -> None:
    text = write(replace(note, legal_basis="consent_27_1")).text
    assert ("本人の同意を得ています" in text, "届出番号" in text) == (True, False)


def test_the_same_note_has_the_same_bytes(
    note: DeliveryNote, write: Callable[[DeliveryNote], Pages], tmp_path: Path
) -> None:
    first = write(note).path.read_bytes()
    write_delivery_note(tmp_path / "again.pdf", note)
    assert (tmp_path / "again.pdf").read_bytes() == first
