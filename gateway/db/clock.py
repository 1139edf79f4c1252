"""Time as it is stored: UTC text for moments, Asia/Tokyo dates for the law."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def stamp(moment: datetime) -> str:
    """Write an aware moment as ``2026-11-24T05:29:37.123456Z``; such texts sort by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Read what ``stamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def legal_date(now: datetime) -> date:
    """Return the date in Japan, which deadlines and validities go by."""
    return now.astimezone(TOKYO).date()
