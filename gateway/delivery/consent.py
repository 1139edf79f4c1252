"""Advertising by fax and e-mail needs a recorded consent (特商法 Art. 12-3, 12-5): what has none never leaves."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from gateway.errors import Refused
from gateway.i18n import _
from gateway.people.columns import fold_header

_FAX = ("fax", "ファックス", "ファクス", "ファクシミリ")


def require_no_fax(fields: AbstractSet[str]) -> None:
    """Refuse an order that asks for a list's own column of fax numbers; lists record no consent to fax.

    E-mail addresses are sorted out one by one where lines are made (``Contacts.emails_to_deliver``).
    """
    for name in sorted(fields):
        if any(word in fold_header(name) for word in _FAX):
            raise Refused(
                "no_fax_consent",
                _(
                    "the format asks for fax numbers ({name}), and no consent to advertising by fax is recorded"
                ).format(name=name),
                hint=_(
                    "take the column out of the format's settings (Act on Specified Commercial Transactions, Art. 12-5)"
                ),
            )
