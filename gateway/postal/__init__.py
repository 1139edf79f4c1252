"""Japan Post's tables: towns and kinds of postal codes, and addresses cut at their town. No personal data."""

from __future__ import annotations

from gateway.postal.areas import mail_area
from gateway.postal.cache import derived_cache
from gateway.postal.numerals import KANJI_NUMERALS, read_numeral
from gateway.postal.source import data_version
from gateway.postal.split import postal_digits, split_address
from gateway.postal.towns import Town, all_towns, kind_of_code, towns_of_code

__all__ = [
    "KANJI_NUMERALS",
    "Town",
    "all_towns",
    "data_version",
    "derived_cache",
    "kind_of_code",
    "mail_area",
    "postal_digits",
    "read_numeral",
    "split_address",
    "towns_of_code",
]
