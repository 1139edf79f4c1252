"""Fax numbers among phone numbers: advertising by fax needs a consent (特商法 Art. 12-5), so they are no numbers to dial."""

from __future__ import annotations

import re

from gateway.people.folding import fold_width

_PLAIN = re.compile(r"[\d\s()+./-]*", re.ASCII)
_NAME = r"(?:fax|ファックス|ファクス|ファクシミリ)"
_NUMBER = r"[+0-9(][0-9()\s./ー-]{7,}[0-9]"
# A number for both is a phone number: TEL/FAX, 電話・FAX共通, FAX兼用.
_SHARED = re.compile(
    rf"(?:tel|電話)\W{{0,2}}{_NAME}(?:\s*(?:兼用|共通|共用))?|{_NAME}\s*(?:兼用|共通|共用)", re.IGNORECASE
)
_NAMED_BEFORE = re.compile(rf"{_NAME}(?:番号)?[^0-9+]{{0,4}}{_NUMBER}", re.IGNORECASE)
_NAMED_AFTER = re.compile(rf"{_NUMBER}\s*[(\[]?\s*{_NAME}", re.IGNORECASE)


def without_fax(field: str) -> str:
    """Return a field of phone numbers without those that are named as fax numbers, before or after; others stand."""
    if _PLAIN.fullmatch(field):
        return field
    lines = []
    for line in field.splitlines():
        text = _SHARED.sub("", fold_width(line))
        lines.append(_NAMED_AFTER.sub("", _NAMED_BEFORE.sub("", text)))
    return "\n".join(lines)
