"""What may be set for call files with ``--set`` and in ``[formats.calls]``."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from gateway.i18n import _
from gateway_calls.profile import XLSX_ROWS, Column, Profile, shipped_profiles

EARLIEST, LATEST = "08:00", "21:00"
"""Calls outside are called unsuitable by the ministry's circular on 特商法 Art. 22(1) no. 5 (Rules Art. 64)."""

_SOURCE_ID = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,49})?")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """Options of the format ``calls``.

    ``profile`` names the target; ``encoding`` and ``phone_style`` replace the profile's own. ``address`` and ``email``
    fill the columns that the profile has for them, which otherwise stay out: a caller does not need them. What the
    encoding lacks holds its line (``unencodable`` = ``hold``) or is replaced from a table and counted in the manifest
    (``substitute``). A line with toll-free or premium numbers alone is held; ``toll_free`` = ``allow`` is for lists of
    companies. ``call_from`` and ``call_until`` are the hours
    (JST) within which to call. ``rows_per_file`` cuts the output into parts, 0 means as many as the profile allows.
    ``list_id`` and ``source_id`` are VICIdial's. ``seller``, ``caller``, ``product`` fill in what has to be said at the
    start of a call. ``profiles`` are the vendor's own targets.
    """

    profile: str = "excel-ja"
    encoding: Literal["", "utf-8", "utf-8-sig", "cp932"] = ""
    phone_style: Literal["", "e164", "e164_noplus", "national_hyphen", "national_digits", "nsn"] = ""
    address: bool = False
    email: bool = False
    unencodable: Literal["hold", "substitute"] = "hold"
    toll_free: Literal["hold", "allow"] = "hold"
    call_from: str = "09:00"
    call_until: str = "20:00"
    rows_per_file: int = 0
    list_id: int = 101
    source_id: str = ""
    seller: str = ""
    caller: str = ""
    product: str = ""
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no target can take or no law allows; ``ValueError`` says what is wrong."""
        self.target()
        for name in ("call_from", "call_until"):
            if not _TIME.fullmatch(getattr(self, name)):
                raise ValueError(_("{name} must be a time such as 09:00").format(name=name))
        if not EARLIEST <= self.call_from < self.call_until <= LATEST:
            raise ValueError(
                _("calls are allowed between {earliest} and {latest} only").format(
                    earliest=EARLIEST, latest=LATEST
                )
            )
        if self.rows_per_file < 0:
            raise ValueError(_("rows_per_file must not be negative"))
        if not _SOURCE_ID.fullmatch(self.source_id):
            raise ValueError(
                _(
                    "source_id must be up to 50 letters, digits, dots, hyphens or underscores, the first no sign"
                )
            )
        if self.list_id < 100:
            raise ValueError(_("list_id must be 100 or more"))

    def target(self) -> Profile:
        """Return the profile as the options want it, with the columns that will be written."""
        known = {**shipped_profiles(), **self.profiles}
        profile = known.get(self.profile)
        if profile is None:
            near = get_close_matches(self.profile, known, n=1, cutoff=0.4)
            raise ValueError(
                _("there is no profile {name}; valid: {names}").format(
                    name=self.profile, names=", ".join(near or sorted(known))
                )
            )
        rows = [limit for limit in (profile.rows, self.rows_per_file) if limit]
        if profile.kind == "xlsx":
            rows.append(XLSX_ROWS)
        return dataclasses.replace(
            profile,
            columns=tuple(self._wanted(profile)),
            encoding=self.encoding or profile.encoding,
            phone_style=self.phone_style or profile.phone_style,
            rows=min(rows, default=0),
        )

    def _wanted(self, profile: Profile) -> list[Column]:
        """Blank or leave out the columns of an address or e-mail that is not asked for."""
        columns = []
        for column in profile.columns:
            left_out = (column.is_address and not self.address) or (
                column.value == "email" and not self.email
            )
            if not left_out:
                columns.append(column)
            elif profile.fixed:
                columns.append(Column(name=column.name))
        return columns


def items(options: CallOptions) -> AbstractSet[str]:
    """Return the items of personal data that the options' profile writes."""
    return frozenset(column.item for column in options.target().columns if column.item)
