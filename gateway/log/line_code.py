"""Line codes (管理番号) and delivery numbers: short, opaque, with a check character.

A line code is ``G``, ten Crockford base-32 characters that stand for delivery and line, and an ISO 7064 mod 37,36 check
character. The fifty bits are enciphered with the workspace's key (a Feistel network over two halves of 25 bits), so
that neither the next line's nor another delivery's code can be guessed from a printed one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from gateway.api import LineCode
from gateway.db.ids import read_id
from gateway.db.tables import setting
from gateway.errors import WrongUsage
from gateway.i18n import _

LINE_BITS = 28
DELIVERY_BITS = 22
MAX_LINES = 1 << LINE_BITS
MAX_DELIVERIES = 1 << DELIVERY_BITS
CODE_LENGTH = 12

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = frozenset(_CROCKFORD)
_CHECK = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _values_of(alphabet: str) -> npt.NDArray[np.uint8]:
    """Return a table from ASCII codes to places in an alphabet; 255 for characters that are not in it."""
    values = np.full(256, 255, dtype=np.uint8)
    values[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = np.arange(len(alphabet), dtype=np.uint8)
    return values


_READ_AS = str.maketrans("ILO", "110", " -")
_LETTER_CODES = np.frombuffer(_CROCKFORD.encode(), dtype=np.uint8)
_CHECK_CODES = np.frombuffer(_CHECK.encode(), dtype=np.uint8)
_LETTER_VALUES = _values_of(_CROCKFORD)
_CHECK_WORTH = np.minimum(_values_of(_CHECK), len(_CHECK) - 1)
"""What a character counts in the check; what is none counts as any, for it is refused anyway."""
# ISO/IEC 7064:2003, hybrid system mod 37,36, as tables: the next check value by the one before and the next character.
_CHECK_START = 18
_DOUBLED = np.array([(value or 36) * 2 % 37 for value in range(36)])
_CHECK_STEPS = ((_DOUBLED[:, None] + np.arange(36)) % 36).astype(np.uint8)
_CHECK_ENDS = ((1 - _DOUBLED) % 36).astype(np.uint8)

_HALF_BITS = 25
_HALF_MASK = (1 << _HALF_BITS) - 1
_HALF = np.uint64(_HALF_MASK)
_WORD_MASK = (1 << 64) - 1
_ROUNDS = 8

_NO_VALUE = np.uint64(_WORD_MASK)

_Words = npt.NDArray[np.uint64]
Int64s = npt.NDArray[np.int64]


class LineCodes:
    """Makes and reads the line codes of one workspace."""

    def __init__(self, key: bytes) -> None:
        """Derive the round keys from the workspace's key (32 bytes)."""
        self.key = key
        self._round_keys = [
            np.uint64(int.from_bytes(hashlib.blake2b(bytes([i]), key=key, digest_size=8).digest(), "big"))
            for i in range(_ROUNDS)
        ]

    @classmethod
    def of(cls, connection: Connection) -> LineCodes:
        """Use the key stored in the database."""
        key = connection.execute(select(setting.c.value).where(setting.c.key == "line_code_key")).scalar_one()
        return cls(bytes.fromhex(key))

    def encode(self, delivery: int, lines: Sequence[int] | Int64s) -> list[LineCode]:
        """Make the codes of many lines of one delivery, by their serial and numbers (from 0)."""
        numbers = np.asarray(lines, dtype=np.uint64)
        values = (np.uint64(delivery) << np.uint64(LINE_BITS)) | numbers
        left, right = values >> np.uint64(_HALF_BITS), values & _HALF
        for key in self._round_keys:
            left, right = right, left ^ self._mix(right, key)
        return _write((left << np.uint64(_HALF_BITS)) | right)

    def decode(self, code: str) -> tuple[int, int]:
        """Return delivery serial and line number; ``WrongUsage`` when the check character does not fit."""
        value = _read(code)
        left, right = value >> _HALF_BITS, value & _HALF_MASK
        for key in reversed(self._round_keys):
            left, right = right ^ _mix_one(left, int(key)), left
        whole = left << _HALF_BITS | right
        return whole >> LINE_BITS, whole & (MAX_LINES - 1)

    def decode_many(self, codes: Sequence[str]) -> tuple[Int64s, Int64s]:
        """Return delivery serials and line numbers, -1 for a text that is no code exactly as it is issued."""
        text = "".join([code if len(code) == CODE_LENGTH else " " * CODE_LENGTH for code in codes])
        places = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8).reshape(-1, CODE_LENGTH)
        values = _read_many(places)
        none = values == _NO_VALUE
        left, right = values >> np.uint64(_HALF_BITS) & _HALF, values & _HALF
        for key in reversed(self._round_keys):
            left, right = right ^ self._mix(left, key), left
        whole = (left << np.uint64(_HALF_BITS) | right).astype(np.int64)
        whole[none] = -1
        return whole >> LINE_BITS, np.where(none, -1, whole & (MAX_LINES - 1))

    @staticmethod
    def _mix(half: _Words, key: np.uint64) -> _Words:
        """Mix 25 bits with a round key (the finaliser of MurmurHash3)."""
        word = half + key
        word ^= word >> np.uint64(33)
        word *= np.uint64(0xFF51AFD7ED558CCD)
        word ^= word >> np.uint64(33)
        word *= np.uint64(0xC4CEB9FE1A85EC53)
        word ^= word >> np.uint64(33)
        return word & _HALF


def _mix_one(half: int, key: int) -> int:
    """Mix one half as ``LineCodes._mix`` does many: numpy takes thirty times as long for a single number."""
    word = (half + key) & _WORD_MASK
    word ^= word >> 33
    word = word * 0xFF51AFD7ED558CCD & _WORD_MASK
    word ^= word >> 33
    word = word * 0xC4CEB9FE1A85EC53 & _WORD_MASK
    word ^= word >> 33
    return word & _HALF_MASK


def normal_form(code: str) -> LineCode:
    """Return a code as it was issued, whatever width, case, blanks or look-alikes (I L O) it was typed with."""
    return LineCode(_letters(code))


def delivery_id(serial: int) -> str:
    """Return the delivery number: ``D``, six digits or more, check character."""
    body = f"D{serial:06d}"
    return body + str(mod_37_36.calc_check_digit(body))


def delivery_serial(identifier: str) -> int:
    """Return the serial of a delivery number; ``WrongUsage`` when its check character does not fit."""
    text = identifier.strip().upper()
    try:
        mod_37_36.validate(text)
        serial = read_id(text[:-1], "D")
    except ValidationError:
        serial = None
    if serial is None:
        raise WrongUsage(
            "unknown_delivery",
            _("there is no delivery {id}").format(id=identifier),
            hint=_("see: gateway log list"),
        )
    return serial


def _write(values: _Words) -> list[LineCode]:
    """Write 50-bit values as codes, all at once."""
    places = np.empty((len(values), CODE_LENGTH), dtype=np.uint8)
    places[:, 0] = ord("G")
    for place in range(10):
        digits = (values >> np.uint64(5 * (9 - place))) & np.uint64(31)
        places[:, place + 1] = _LETTER_CODES[digits.astype(np.intp)]
    places[:, -1] = _CHECK_CODES[_check_values(places)]
    text = places.tobytes().decode("ascii")
    return [LineCode(text[start : start + CODE_LENGTH]) for start in range(0, len(text), CODE_LENGTH)]


def _read_many(places: npt.NDArray[np.uint8]) -> _Words:
    """Read the values of codes given as ASCII characters, uint8[n, 12]; ``_NO_VALUE`` for what is no code."""
    values = np.zeros(len(places), dtype=np.uint64)
    sound = places[:, 0] == ord("G")
    for place in range(10):
        digits = _LETTER_VALUES[places[:, place + 1]]
        sound &= digits < len(_CROCKFORD)
        values = values << np.uint64(5) | digits
    sound &= _CHECK_CODES[_check_values(places)] == places[:, -1]
    values[~sound] = _NO_VALUE
    return values


def _check_values(places: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Compute the check values of codes given as ASCII characters, uint8[n, 12]; the last place is not looked at."""
    check = np.full(len(places), _CHECK_START, dtype=np.uint8)
    for place in range(CODE_LENGTH - 1):
        check = _CHECK_STEPS[check, _CHECK_WORTH[places[:, place]]]
    return _CHECK_ENDS[check]


def _letters(code: str) -> str:
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in code).upper()
    folded = folded.replace("-", "").replace(" ", "").replace("\u3000", "")
    # The check character may be any letter: only the ten in the middle are Crockford's, where I and L read as 1, O as 0.
    return folded[:1] + folded[1:11].translate(_READ_AS) + folded[11:]


def _read(code: str) -> int:
    text = _letters(code)
    if len(text) != CODE_LENGTH or text[0] != "G" or not _LETTERS.issuperset(text[1:11]):
        raise WrongUsage(
            "bad_line_code",
            _("this is not a line code"),
            hint=_("a line code has 12 characters and begins with G"),
        )
    if not mod_37_36.is_valid(text):
        raise WrongUsage(
            "bad_line_code",
            _("the line code's check character does not fit"),
            hint=_("compare it with the label once more"),
        )
    value = 0
    for letter in text[1:11]:
        value = value * 32 + _CROCKFORD.index(letter)
    return value
