"""A further source of suppression, and what most of them need: one notation for numbers, a token for a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.api.judging import Candidate, Objection
from gateway.api.orders import Order

_COUNTRY = re.compile(r"^(?:010|00)?81(?=[1-9][0-9]{8,9}$|0[0-9]{9,10}$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressor:
    """A further source of suppression; it can add to the core's check and never subtract from it.

    ``judge(candidates, order)`` returns objections; ``order`` is ``None`` at imports and checks. ``revision(order)``
    returns a token that changes whenever an answer could: while it stays the same, lines are not asked again at
    release; without it they always are. ``concerns(order)`` may tell that nobody needs to be asked about at all, so
    that people need not be shown; where it answers no, ``revision`` has to change once that is no longer so.
    """

    name: str
    summary: str
    judge: Callable[[Sequence[Candidate], Order | None], Iterable[Objection]]
    revision: Callable[[Order | None], str] | None = None
    concerns: Callable[[Order | None], bool] | None = None


def national_digits(phone: str) -> str:
    """Return a Japanese number as digits with the leading 0, whatever its notation; empty where there are none.

    ``+81 3-1460-0001``, ``０３（１４６０）０００１`` and ``03-1460-0001`` are ``0314600001``. Numbers of other countries
    keep their country code.
    """
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", phone))
    found = _COUNTRY.match(digits)
    return f"0{digits[found.end() :].lstrip('0')}" if found else digits


def file_revision(path: Path) -> str:
    """Return a token that changes with the content of a file, for ``Suppressor.revision``."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
