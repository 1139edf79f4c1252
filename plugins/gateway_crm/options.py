"""What ``[formats.NAME.clients.CLIENT]`` says of a client's system. Credentials are references, never texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.api import Secret, require_safe_url
from gateway.i18n import _
from gateway_crm.mapping import require_sources

_STREET_PARTS = frozenset(
    f"addresses.{name}"
    for name in (
        "street_name", "building_name", "building_number", "unit_number", "floor_number", "room_number",
        "post_box", "private_bag", "post_office",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmOptions:
    """What every system has: its URL, the mapping (field → item), how long and how often it may be called.

    ``workers`` calls are under way at a time; ``timeout`` is in seconds.
    """

    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    workers: int = 4
    timeout: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what nothing could be sent with; ``ValueError`` says what is wrong."""
        require_sources(self.fields)
        require_safe_url(self.url)
        if not 1 <= self.workers <= 16:
            raise ValueError(_("workers must be 1 to 16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOptions(CrmOptions):
    """A client's own receiver; ``secret`` signs each batch."""

    secret: Secret
    batch: int = 500

    def __post_init__(self) -> None:
        """Refuse what nothing could be sent with; ``ValueError`` says what is wrong."""
        CrmOptions.__post_init__(self)
        if not 1 <= self.batch <= 10_000:
            raise ValueError(_("batch must be 1 to 10000"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KintoneOptions(CrmOptions):
    """A kintone app; ``key_field`` is a text field of one line without duplicates (文字列(1行)、重複禁止).

    ``guest_space`` is the id of a guest space. Documents go to a record of ``documents_app`` (the same app if 0): into
    ``documents_field`` (添付ファイル), under the name in ``documents_name_field``.
    """

    token: Secret
    app: int
    key_field: str
    guest_space: int = 0
    documents_app: int = 0
    documents_field: str = ""
    documents_name_field: str = ""

    def __post_init__(self) -> None:
        """Refuse what nothing could be sent with; ``ValueError`` says what is wrong."""
        CrmOptions.__post_init__(self)
        if self.documents_field and not self.documents_name_field:
            raise ValueError(
                _("documents_field needs documents_name_field, by which documents are found again")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceOptions(CrmOptions):
    """An object of a Salesforce org; ``key_field`` is an external id field, unique.

    With ``client_secret`` the client credentials flow is used, with ``private_key`` (PEM) and ``username`` the JWT
    bearer flow. ``api`` is ``auto``: collections up to 50,000 lines, Bulk API 2.0 beyond. ``library`` is the id of the
    library (ContentWorkspace) for documents.
    """

    client_id: str
    key_field: str
    object: str = "Lead"
    client_secret: Secret | None = None
    private_key: Secret | None = None
    username: str = ""
    version: str = "62.0"
    api: Literal["auto", "collections", "bulk"] = "auto"
    library: str = ""
    documents: bool = True

    def __post_init__(self) -> None:
        """Refuse what nothing could be sent with; ``ValueError`` says what is wrong."""
        CrmOptions.__post_init__(self)
        if (self.client_secret is None) == (self.private_key is None):
            raise ValueError(_("give either client_secret, or private_key and username"))
        if self.private_key is not None and not self.username:
            raise ValueError(_("private_key needs username"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotOptions(CrmOptions):
    """Contacts of a HubSpot account; ``key_field`` is a property of its own with unique values.

    ``calls`` is how many calls the account may make in ten seconds. ``erase`` deletes for good instead of archiving.
    """

    token: Secret
    key_field: str
    url: str = "https://api.hubapi.com"
    calls: int = 100
    erase: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonOptions(CrmOptions):
    """Parties of a Tryton database; the key is the party's code, which is unique there.

    Fields are those of ``party.party``, and ``addresses.FIELD``, ``contact_mechanisms.TYPE``, ``identifiers.TYPE``;
    ``identifiers.code`` is an identifier without a type, which suits the line code. ``addresses.street`` is the street as
    a whole: Tryton empties its parts when it is written.
    """

    database: str
    user: str
    password: Secret
    batch: int = 100
    documents: bool = True

    def __post_init__(self) -> None:
        """Refuse what nothing could be sent with, or would be lost; ``ValueError`` says what is wrong."""
        CrmOptions.__post_init__(self)
        emptied = sorted(self.fields.keys() & _STREET_PARTS)
        if "addresses.street" in self.fields and emptied:
            raise ValueError(
                _(
                    "fields: Tryton empties {names} when addresses.street is written; use addresses.street_name"
                ).format(names=", ".join(emptied))
            )
