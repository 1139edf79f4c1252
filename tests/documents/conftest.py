"""Synthetic companies and one reader of finished documents, shared by the tests of all three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from gateway.config import Desk, Filing, Provider
from gateway.documents.data import Recipient

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
"""Already the 24th in Japan."""
DELIVERY = "D000123G"
FAX = (203, 98)
"""Standard fax: dots an inch across, lines an inch down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A finished document as other programs see it."""

    path: Path
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return all pages' text without line ends and blanks, which depend on where lines break."""
        return "".join("".join(self.texts).split())

    def fonts_not_embedded(self) -> set[str]:
        """Name the fonts that the file uses without holding them."""
        missing: set[str] = set()
        for page in PdfReader(self.path).pages:
            resources = cast(DictionaryObject, page["/Resources"])
            for font in cast(DictionaryObject, resources["/Font"]).values():
                loaded = cast(DictionaryObject, font.get_object())
                if "/FontFile2" not in cast(DictionaryObject, loaded["/FontDescriptor"]):
                    missing.add(str(loaded["/BaseFont"]))
        return missing

    def fax_codes(self, page: int) -> list[tuple[str, str]]:
        """Read the barcodes of a page as a standard fax would deliver it: 203 × 98 dpi, black and white."""
        sheet = pypdfium2.PdfDocument(self.path)[page]
        width, height = (side / 72 for side in sheet.get_size())
        fine = sheet.render(scale=609 / 72, grayscale=True).to_pil()
        fax = fine.resize((round(width * FAX[0]), round(height * FAX[1])), Image.Resampling.BOX)
        bits = fax.point(lambda value: 255 if value > 128 else 0)
        return [(str(found.format), found.text) for found in zxingcpp.read_barcodes(bits)]


@pytest.fixture(scope="session")
def read_pages() -> Callable[[Path], Pages]:
    """Open a PDF with pdfium."""

    def read(path: Path) -> Pages:
        document = pypdfium2.PdfDocument(path)
        texts = tuple(page.get_textpage().get_text_bounded() for page in document)
        return Pages(path=path, texts=texts)

    return read


@pytest.fixture(scope="session")
def provider() -> Provider:
    """Return a synthetic list vendor."""
    return Provider(
        name="見本名簿株式会社",
        address="東京都千代田区丸の内1丁目9番地の1　見本ビルディング12階",
        representative="代表取締役　見本一郎",
    )


@pytest.fixture(scope="session")
def filing() -> Filing:
    """Return a filing with a desk that is reached in every way."""
    desk = Desk(
        name="個人情報お問い合わせ窓口",
        postal_code="100-0005",
        address="東京都千代田区丸の内1丁目9番地の1",
        phone="03-0000-0001",
        fax="03-0000-0002",
        email="optout@provider.example",
        hours="平日 9:00〜17:30",
    )
    return Filing(number="第2026-000123号", published_on=date(2026, 4, 1), desk=desk)


@pytest.fixture(scope="session")
def client() -> Recipient:
    """Return a synthetic client."""
    return Recipient(
        name="株式会社サンプル通販", address="大阪市北区梅田3丁目1番3号", representative="例示花子"
    )
