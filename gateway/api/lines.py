"""Somebody in a delivery, as a format sees them: a line, its code, its split address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType

Purpose = Literal["dm", "telemarketing"]
"""What a client may use a delivery for (利用目的)."""

Method = Literal["printed_labels", "file", "api_push"]
"""How personal data is provided, as filed with the regulator (APPI Art. 27(2) no. 5)."""

PostalKind = Literal["town", "representative", "office", "pobox", "unknown"]
"""What a postal code stands for in Japan Post's tables."""

LineCode = NewType("LineCode", str)
"""12 characters that stand for one record in one delivery; no personal data (管理番号)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address, already split, so that no plugin parses addresses again.

    ``postal_code`` is seven digits or empty. ``text`` is the address as held, without building.
    ``after_town`` is what follows the town (住所B of the postal code manual, p17), empty when the town was not found;
    ``town`` is empty then too.
    """

    postal_code: str
    postal_kind: PostalKind
    text: str
    prefecture: str = ""
    city: str = ""
    town: str = ""
    after_town: str = ""
    building: str = ""

    def __repr__(self) -> str:
        return "Address(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cleared record in one delivery, holding the declared fields and nothing else (明細).

    ``phones`` are in E.164, such as ``+81312345678``; one that the numbering plan does not know stands as it was given.
    ``emails`` are those whose owner has consented to advertising by e-mail (特商法 Art. 12-3).
    """

    code: LineCode
    name: str = ""
    kana: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: Address | None = None
    company: str = ""
    department: str = ""
    title: str = ""
    joint_names: str = ""
    honorific: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def phone(self) -> str:
        """The first phone number, or an empty string."""
        return self.phones[0] if self.phones else ""

    @property
    def email(self) -> str:
        """The first e-mail address, or an empty string."""
        return self.emails[0] if self.emails else ""

    def __repr__(self) -> str:
        return f"Line(code={self.code!r})"
