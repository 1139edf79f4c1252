"""A client's refusals during a push: their revision is looked up only when something has been recorded at all."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.api import Candidate, ClientLists, Objection


class SteadyLists:
    """Lists (``gateway.api.ClientLists``) that remember their revision until they are told of a new ledger number.

    Every refusal and every lifting of one takes a ledger number, so without one nothing can have changed.
    """

    def __init__(self, lists: ClientLists) -> None:
        self._lists = lists
        self._revision: str | None = None

    def forget(self) -> None:
        """Look up anew what is asked next: something has been recorded."""
        self._revision = None

    def revision(self) -> str:
        """Return the lists' revision."""
        if self._revision is None:
            self._revision = self._lists.revision()
        return self._revision

    def objections(self, candidates: Sequence[Candidate]) -> Sequence[Objection]:
        """Judge candidates by the lists."""
        return self._lists.objections(candidates)
