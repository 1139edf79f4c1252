"""The opt-out request form: content, barcode by fax, fonts, sameness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from gateway.config import Desk, Filing, Provider
from gateway.documents.data import RequestForm
from gateway.documents.form import write_request_form
from gateway.documents.person_form import lay_person_page
from gateway.documents.sheet import BODY, Text
from gateway.errors import Refused
from tests.documents.conftest import DELIVERY, NOW, Pages


@pytest.fixture(scope="module")
def form(provider: Provider, filing: Filing) -> RequestForm:
    return RequestForm(
        delivery=DELIVERY,
        created_at=NOW,
        provider=provider,
        filing=filing,
        client_name="株式会社サンプル通販",
    )


@pytest.fixture(scope="module")
def pages(
    form: RequestForm, read_pages: Callable[[Path], Pages], tmp_path_factory: pytest.TempPathFactory
) -> Pages:
    path = tmp_path_factory.mktemp("form") / "optout-request-form.pdf"
    write_request_form(path, form)
    return read_pages(path)


def test_there_is_a_page_for_the_person_and_one_for_the_client(pages: Pages) -> None:
    assert ["ご本人用" in pages.texts[0], "クライアント（納品先）用" in pages.texts[1], len(pages.texts)] == [
        True,
        True,
        2,
    ]


@pytest.mark.parametrize(
    "words",
    [
        "オプトアウト依頼書",
        "第27条第2項",
        "03-0000-0001",
        "03-0000-0002",
        "optout@provider.example",
        "第2026-000123号",
    ],
)
def test_both_pages_say(pages: Pages, words: str) -> None:
    assert all(words in text for text in pages.texts)


@pytest.mark.parametrize(
    "words",
    [
        "提供の停止",
        "氏名",
        "フリガナ",
        "住所",
        "以前の住所",
        "電話番号",
        "管理番号",
        "本人確認書類",
        "事務処理欄",
        "法定代理人",
    ],
)
def test_the_person_s_page_asks_for(pages: Pages, words: str) -> None:
    assert words in pages.texts[0]


@pytest.mark.parametrize(
    "words", ["管理番号", "氏名", "住所", "電話", "申出日", "自社データ", "済", "未", "三つの手順"]
)
def test_the_client_s_page_asks_for(pages: Pages, words: str) -> None:
    assert words in pages.texts[1]


def test_the_client_s_page_has_eight_rows(pages: Pages) -> None:
    assert pages.texts[1].count("未") == 8


def test_the_article_of_before_2022_is_not_cited(pages: Pages) -> None:
    assert "23条" not in pages.text


def test_the_day_of_issue_is_the_day_in_japan(pages: Pages) -> None:
    assert "2026年11月24日" in pages.texts[0]


@pytest.mark.parametrize("page", [0, 1], ids=["person", "client"])
def test_a_fax_machine_s_copy_gives_the_delivery_number_at_top_and_bottom(pages: Pages, page: int) -> None:
    assert pages.fax_codes(page) == [("Code 128", DELIVERY)] * 2


@pytest.mark.parametrize("page", [0, 1], ids=["person", "client"])
def test_the_number_is_also_printed_at_top_and_bottom(pages: Pages, page: int) -> None:
    assert pages.texts[page].count(DELIVERY) == 2


def test_every_font_is_embedded(pages: Pages) -> None:
    assert pages.fonts_not_embedded() == set()


def test_no_text_is_smaller_than_a_fax_can_carry(form: RequestForm) -> None:
    sheet, _end = lay_person_page(form, 0.0)
    assert min(mark.size for mark in sheet.marks if isinstance(mark, Text)) >= BODY


def test_the_same_form_has_the_same_bytes(form: RequestForm, pages: Pages, tmp_path: Path) -> None:
    write_request_form(tmp_path / "again.pdf", form)
    assert (tmp_path / "again.pdf").read_bytes() == pages.path.read_bytes()


def test_the_metadata_name_the_document_and_its_time_only(pages: Pages) -> None:
    metadata = PdfReader(pages.path).metadata
    assert metadata is not None
    assert (metadata.title, metadata.author, metadata.creation_date) == (
        f"オプトアウト依頼書 {DELIVERY}",
        "delivery-gateway",
        NOW,
    )


def test_a_way_that_was_not_filed_is_not_printed(
    form: RequestForm, read_pages: Callable[[Path], Pages], tmp_path: Path
) -> None:
    desk = replace(form.filing.desk, fax="", email="")
    write_request_form(tmp_path / "form.pdf", replace(form, filing=replace(form.filing, desk=desk)))
    assert "optout@" not in read_pages(tmp_path / "form.pdf").text


def test_a_client_s_rare_name_is_searchable(
    form: RequestForm, read_pages: Callable[[Path], Pages], tmp_path: Path
) -> None:
    write_request_form(tmp_path / "form.pdf", replace(form, client_name="𠮷野髙島合同会社"))
    assert "𠮷野髙島合同会社" in read_pages(tmp_path / "form.pdf").text


def test_a_character_without_glyph_is_refused(form: RequestForm, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        write_request_form(tmp_path / "form.pdf", replace(form, client_name="㑹社"))
    assert refusal.value.code == "missing_glyph"


def test_a_desk_that_leaves_no_room_is_refused(form: RequestForm, tmp_path: Path) -> None:
    desk = Desk(name="窓口", address="とても長い住所" * 80)
    with pytest.raises(Refused) as refusal:
        write_request_form(tmp_path / "form.pdf", replace(form, filing=replace(form.filing, desk=desk)))
    assert refusal.value.code == "desk_too_long"
