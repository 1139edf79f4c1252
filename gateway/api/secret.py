"""A credential among the options of a format."""

from __future__ import annotations


class Secret(str):
    """A credential that was given by reference (``{ env = "NAME" }``, ``{ file = "path" }``); its repr is ``***``.

    An option of this type takes nothing but such a reference: never a text in gateway.toml, never ``--set``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"
