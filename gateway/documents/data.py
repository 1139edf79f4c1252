"""What the documents say, as plain data: no database, no person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.api import Method, Purpose
from gateway.config import Filing, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """The form with which a person, or a client for several people, asks for a stop (オプトアウト依頼書).

    ``delivery`` is the delivery number with its check character, ``created_at`` an aware time of issue. The desk is
    the filing's: a form never names another one than the regulator was told.
    """

    delivery: str
    created_at: datetime
    provider: Provider
    filing: Filing
    client_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The client that receives a document (APPI Rules Art. 20(1)1 ロ: name, address, representative)."""

    name: str
    address: str = ""
    representative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many records of an order went where; ``requested`` is the sum of the others."""

    requested: int
    suppressed: int
    held: int
    refused: int
    delivered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredFile:
    """A file of the format, as the client can verify it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAccount:
    """How the provider acquired a part of the data (APPI Art. 30(1)2), told once per source."""

    name: str
    basis: str
    address: str = ""
    representative: str = ""
    acquired_on: date | None = None
    circumstances: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNote:
    """What goes with every delivery (納品書): enough for the client's own record on receipt (APPI Art. 30).

    ``items`` are the field names of ``gateway.api.OutputFormat.fields``; ``pledge`` refers to the client's written
    undertaking; ``intent_hash`` is the hash of the delivery's intent entry in the journal. ``remarks`` are paragraphs of
    the format, such as what has to be said at the start of a call.
    """

    delivery: str
    created_at: datetime
    provider: Provider
    filing: Filing
    client: Recipient
    purpose: Purpose
    legal_basis: str
    format: str
    method: Method
    items: tuple[str, ...]
    counts: Counts
    files: tuple[DeliveredFile, ...]
    sources: tuple[SourceAccount, ...]
    pledge: str
    intent_hash: str
    reference: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledLine:
    """One delivered record whose person has since opted out: two codes and no personal data."""

    delivery: str
    line_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNotice:
    """The notice to one client that delivered people have since opted out (回収通知)."""

    number: str
    created_at: datetime
    provider: Provider
    filing: Filing
    client: Recipient
    lines: tuple[RecalledLine, ...]
    answer_by: date | None = None
