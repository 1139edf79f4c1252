"""Fold e-mail addresses: case, width, tags, the dots that Gmail ignores; placeholders are missing."""

from __future__ import annotations

import re

from gateway.people.folding import fold_width

_SEPARATORS = re.compile(r"[/、,;|\s]+|または|又は|及び|および")
_AT = re.compile(r"\s*(?:@|\[at\]|\(at\))\s*")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"([^@<>()\[\]\"]+)@([^@<>()\[\]\"]*[^@<>()\[\]\".])\.*")
_GMAIL = {"gmail.com", "googlemail.com"}
_EMPTY_WORDS = {
    "none", "no", "na", "n", "null", "nil", "nashi", "nasi", "nomail", "no-mail", "noemail", "unknown", "dummy", "test",
    "sample", "example", "mail", "email", "a", "aa", "aaa", "x", "xx", "xxx", "xxxx", "abc", "hoge", "foo", "z", "zzz",
}  # fmt: skip
_NOBODY = {"noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "nobody"}


def fold_emails(text: str) -> tuple[str, ...]:
    """Return the addresses of one field in their order, folded, without placeholders and repeats."""
    folded = _AT.sub("@", fold_width(text).lower().replace("mailto:", ""))
    parts = _IN_BRACKETS.findall(folded) if "<" in folded else _SEPARATORS.split(folded)
    found = (_fold(part.strip(" .'\"()[]")) for part in parts)
    return tuple(dict.fromkeys(address for address in found if address))


def _fold(part: str) -> str:
    found = _ADDRESS.fullmatch(part)
    if found is None:
        return ""
    local, domain = found[1].partition("+")[0], found[2]
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    first = domain.partition(".")[0]
    if not local.strip(".-_") or local in _NOBODY or (local in _EMPTY_WORDS and first in _EMPTY_WORDS):
        return ""
    return f"{local}@{domain}"
