"""Encode postal code and address display number as the 67 bars of a customer barcode (manual p12, p20, p21)."""

from __future__ import annotations

import re
from dataclasses import dataclass

ALPHABET = "0123456789-abcdefgh"
"""The 19 characters in the order of their check values; ``a`` to ``h`` stand for CC1 to CC8."""

_PATTERNS = (
    *("FTT", "FFT", "FDA", "DFA", "FAD", "FTF", "DAF", "AFD", "ADF", "TFF", "TFT"),
    *("DAT", "DTA", "ADT", "TDA", "ATD", "TAD", "TTF", "FFF"),
)
"""Their bars, in the same order (rule Y2)."""

START, STOP, FILLER = "[", "]", "d"

_BARS = str.maketrans({**dict(zip(ALPHABET, _PATTERNS, strict=True)), START: "FD", STOP: "DF"})
_VALUES = bytes.maketrans(ALPHABET.encode("ascii"), bytes(range(19)))
_CHECK_DIGITS = "".join(ALPHABET[-total % 19] for total in range(20 * 18 + 1))
LETTERS = str.maketrans({chr(ord("A") + place): "abc"[place // 10] + str(place % 10) for place in range(26)})
_NOTATION = {own: own if own in "0123456789-" else f"CC{ALPHABET.index(own) - 10}" for own in ALPHABET}

_PLAIN = re.compile(r"[0-9-]*")
_NUMBER = re.compile(r"[0-9A-Z-]*")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A customer barcode as its 23 characters, one ASCII character each, in the order of printing.

    ``[`` is the start code and ``]`` the stop code, between them stand 20 payload places and the check digit:
    digits, ``-`` and ``a`` to ``h`` for CC1 to CC8. The other forms are derived when they are asked for, because the
    label writer needs none of them.
    """

    characters: str

    @property
    def payload(self) -> tuple[str, ...]:
        """The 20 places without start, stop and check digit, such as ``("1", "-", "CC4", …)``."""
        return tuple(_NOTATION[character] for character in self.characters[1:21])

    @property
    def check_digit(self) -> str:
        """The check digit: ``0`` to ``9``, ``-`` or ``CC1`` to ``CC8``."""
        return _NOTATION[self.characters[21]]

    @property
    def bars(self) -> str:
        """The 67 bars: F long, A long upwards, D long downwards, T timing."""
        return self.characters.translate(_BARS)


def symbol(postal_code: str, number: str) -> Symbol:
    """Encode seven digits and an address display number of digits, hyphens and capital letters.

    A letter takes two places; what exceeds 13 places is cut, be it in the middle of a letter, and missing places are
    filled with CC4 (manual p12, p20). Nothing is looked up: whether a code may carry a barcode is decided above.
    Raise ``ValueError`` for other characters.
    """
    if len(postal_code) != 7 or not (postal_code.isascii() and postal_code.isdigit()):
        raise ValueError("a postal code has seven digits")
    return raw_symbol(postal_code + number)


def raw_symbol(data: str) -> Symbol:
    """Encode up to 20 places of digits, hyphens and capital letters as they stand; raise ``ValueError`` for others."""
    if _PLAIN.fullmatch(data) is None:
        if _NUMBER.fullmatch(data) is None:
            raise ValueError("only digits, hyphens and capital letters can be encoded")
        data = data.translate(LETTERS)
    payload = data[:20].ljust(20, FILLER)
    total = sum(payload.encode("ascii").translate(_VALUES))
    return Symbol(f"[{payload}{_CHECK_DIGITS[total]}]")
