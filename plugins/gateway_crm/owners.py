"""Whose a record of the client's system is: theirs who were given its id, or whose key it bears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.api import Sent


def ids_by_key(found: Iterable[tuple[str, str]], sent: Sequence[Sent]) -> Mapping[str, Sequence[str]]:
    """Return key → record ids of those who are there; ``found`` are pairs of record id and key.

    A person has two records when the client has taken the key off the first, and a later delivery inserted a second.
    """
    owners = {each.remote_id: each.key for each in sent if each.remote_id}
    keys = {each.key for each in sent}
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for identifier, key in dict.fromkeys(found):
        owner = owners.get(identifier, key)
        if owner in keys:
            ids[owner].append(identifier)
    return ids


def parts(sent: Sequence[Sent], size: int) -> Iterator[Sequence[Sent]]:
    """Cut people into parts of at most ``size``."""
    for start in range(0, len(sent), size):
        yield sent[start : start + size]
