"""The head of a letter from the provider to a client: title, addressee, sender, date."""

from __future__ import annotations

from datetime import datetime

from gateway.config import Provider
from gateway.documents.data import Recipient
from gateway.documents.flow import Flow
from gateway.documents.frame import MARGIN
from gateway.documents.sheet import BODY, PAGE_WIDTH, leading_of, lines_of
from gateway.documents.words import japanese_date

_COLUMN = 84.0


def put_letter_head(
    flow: Flow, title: str, client: Recipient, provider: Provider, created_at: datetime
) -> None:
    """Put title and date, then the client on the left and the provider on the right."""
    sheet = flow.sheet
    sheet.text(PAGE_WIDTH / 2, flow.y + 9, title, 20, bold=True, align="centre")
    sheet.text(PAGE_WIDTH - MARGIN, flow.y + 16, japanese_date(created_at), BODY, align="right")
    top = flow.y + 24
    to = _block(flow, MARGIN, top, f"{client.name}　御中", (client.address, client.representative), 12)
    sender = (provider.address, provider.representative)
    by = _block(flow, PAGE_WIDTH - MARGIN - _COLUMN, top, provider.name, sender, 11)
    flow.y = max(to, by) + 1


def _block(flow: Flow, x: float, y: float, name: str, details: tuple[str, ...], size: float) -> float:
    for line in lines_of(name, _COLUMN, size):
        flow.sheet.text(x, y, line, size, bold=True)
        y += leading_of(size)
    for detail in filter(None, details):
        y = flow.sheet.paragraph(x, y, _COLUMN, detail, BODY)
    return y
