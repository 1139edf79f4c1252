"""The recall notice: codes only, any number of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gateway.config import Filing, Provider
from gateway.documents.data import RecalledLine, RecallNotice, Recipient
from gateway.documents.recall import ANSWERS, write_recall_notice
from tests.documents.conftest import DELIVERY, NOW, Pages

CODES = [f"G{number:010d}X" for number in range(70)]


@pytest.fixture(scope="module")
def pages(
    provider: Provider,
    filing: Filing,
    client: Recipient,
    read_pages: Callable[[Path], Pages],
    tmp_path_factory: pytest.TempPathFactory,
) -> Pages:
    path = tmp_path_factory.mktemp("recall") / "recall.pdf"
    notice = RecallNotice(
        number="R000007X",
        created_at=NOW,
        provider=provider,
        filing=filing,
        client=client,
        lines=tuple(RecalledLine(delivery=DELIVERY, line_code=code) for code in CODES),
        answer_by=date(2026, 12, 24),
    )
    write_recall_notice(path, notice)
    return read_pages(path)


def test_every_line_code_is_listed(pages: Pages) -> None:
    assert all(code in pages.text for code in CODES)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_line_can_be_answered(pages: Pages, answer: str) -> None:
    assert pages.text.count(answer) >= len(CODES)


@pytest.mark.parametrize(
    "words", ["回収通知", "70件", "2026年12月24日", "03-0000-0002", "消去する", "第27条第2項"]
)
def test_the_notice_says(pages: Pages, words: str) -> None:
    assert words in pages.text


def test_the_article_of_before_2022_is_not_cited(pages: Pages) -> None:
    assert "23条" not in pages.text


def test_the_table_s_header_is_on_each_page(pages: Pages) -> None:
    assert all("管理番号" in text for text in pages.texts)


def test_each_page_gives_the_notice_s_number_by_fax(pages: Pages) -> None:
    assert pages.fax_codes(0) == [("Code 128", "R000007X")] * 2


def test_every_font_is_embedded(pages: Pages) -> None:
    assert pages.fonts_not_embedded() == set()
