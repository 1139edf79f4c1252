"""Messages in the operator's language: English in the source, Japanese from the catalogue.

The language is ``GATEWAY_LANG`` when set, else the locale's (``LC_ALL``, ``LC_MESSAGES``, ``LANG``).
A message is looked up when it is made, so mark it where it is raised: ``_("no list named {name}").format(...)``.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

DOMAIN = "gateway"
LOCALE_DIR = Path(__file__).parent / "locale"


def language() -> str:
    """Return ``ja`` or ``en``, whichever the operator asked for."""
    for variable in ("GATEWAY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[code], fallback=True)


def _(message: str) -> str:
    """Translate one message."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a message that counts something."""
    return _catalogue(language()).ngettext(singular, plural, n)
