"""A person (or company) as one row of a list, an opt-out or a file to check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXT_FIELDS = (
    "id",
    "name",
    "kana",
    "postal_code",
    "address",
    "building",
    "company",
    "department",
    "title",
    "joint_names",
    "honorific",
)
"""The fields of a person that are one text each, in the order of tables and files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Raw values as they were given, never normalised; an absent value is the empty string or tuple.

    ``repr`` shows the id alone, so that a person never reaches a log or a traceback by accident.
    """

    id: str = ""
    name: str = ""
    kana: str = ""
    postal_code: str = ""
    address: str = ""
    building: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    company: str = ""
    department: str = ""
    title: str = ""
    joint_names: str = ""
    honorific: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Person(id={self.id!r})"
