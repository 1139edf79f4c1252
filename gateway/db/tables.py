"""The tables (SQLAlchemy Core). What each is for stands above it; migrations create them.

Timestamps are UTC text (``2026-11-24T05:29:37.123456Z``), legal dates are text in Asia/Tokyo (``2026-11-24``): both sort,
travel unchanged between the two databases, and go into hashes as they are. JSON is canonical text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The lock and the counter of the ledger (design: "what makes the promise exact"). Exactly one row.
ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# Append-only (triggers refuse UPDATE and DELETE): one entry for each ledger number, hash-chained.
journal = Table(
    "journal",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("entry_hash", Text, nullable=False),
)

# Secrets and versions that belong to the data: line code key, digest salt, the version of the filing in force, hash keys.
setting = Table(
    "setting", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False)
)

# Where data was acquired, with its lawful basis (取得元).
source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("representative", Text, nullable=False),
    Column("acquired_on", Text, nullable=False),
    Column("circumstances", Text, nullable=False),
    Column("document_name", Text, nullable=False),
    Column("document_sha256", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
)

# A named set of records (名簿). `next_number` is the next record number; numbers are never used again.
list_ = Table(
    "list",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("next_number", BigInteger, nullable=False),
    Column("normaliser_version", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
)

# One import of one file. While `finished_at` is null its records are invisible: readers go through `key_page` joined
# to finished acquisitions. The import writes in short transactions and finishes in one under the ledger's lock.
acquisition = Table(
    "acquisition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("list_id", ForeignKey("list.id"), nullable=False, index=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("rows", BigInteger, nullable=False, default=0),
    Column("imported", BigInteger, nullable=False, default=0),
    Column("suppressed", BigInteger, nullable=False, default=0),
    Column("held", BigInteger, nullable=False, default=0),
    Column("refused", BigInteger, nullable=False, default=0),
    Column("duplicates", BigInteger, nullable=False, default=0),
    Column("started_at", Text, nullable=False),
    Column("finished_at", Text),
)

# One person's or company's entry in a list. `attributes` is a JSON object or empty. `id` is the file's own id.
record = Table(
    "record",
    metadata,
    Column("list_id", ForeignKey("list.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("acquisition_id", Integer, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("building", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("joint_names", Text, nullable=False),
    Column("honorific", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Phones and e-mails, each with its own source and consent (特商法 Art. 12-3, 12-5); `kind` is phone or email. `e164` and
# `phone_kind` are what `gateway.people.dialling` made of a phone (blanks between several numbers of one field); an empty
# `phone_kind` was not judged yet.
contact = Table(
    "contact",
    metadata,
    Column("list_id", ForeignKey("list.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("acquisition_id", Integer, nullable=False),
    Column("consent", Text, nullable=False, default=""),
    Column("e164", Text, nullable=False, server_default=""),
    Column("phone_kind", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

# Match keys of up to 4,096 consecutive records (little-endian blobs). `numbers` holds the record numbers as int64,
# `counts` how many keys each has as uint8, `match_keys` all keys as int64. Erasing a record rewrites its page without it.
key_page = Table(
    "key_page",
    metadata,
    Column("list_id", ForeignKey("list.id"), primary_key=True),
    Column("first_number", BigInteger, primary_key=True, autoincrement=False),
    Column("acquisition_id", Integer, nullable=False, index=True),
    Column("numbers", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("match_keys", LargeBinary, nullable=False),
)

# A person's request to stop (オプトアウト): never deleted, can be lifted. `number` is its ledger number. `phones` and
# `emails` are JSON arrays. `erased_at` is null until the person has been erased from every list, `recalled_at` until
# earlier deliveries have been searched for the person.
opt_out = Table(
    "opt_out",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", BigInteger, nullable=False, index=True),
    Column("scope", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("received_on", Text, nullable=False),
    Column("line_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("building", Text, nullable=False),
    Column("phones", Text, nullable=False),
    Column("emails", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("erased_at", Text),
    Column("recalled_at", Text),
    Column("lifted_number", BigInteger),
    Column("lifted_at", Text),
    Column("lifted_why", Text, nullable=False, default=""),
)
# Only of those that are lifted: an index of all would draw the planner to the many that are not.
Index(
    "ix_opt_out_lifted",
    opt_out.c.lifted_number,
    sqlite_where=opt_out.c.lifted_number.is_not(None),
    postgresql_where=opt_out.c.lifted_number.is_not(None),
)
Index(
    "ix_opt_out_pending",
    opt_out.c.id,
    sqlite_where=opt_out.c.erased_at.is_(None),
    postgresql_where=opt_out.c.erased_at.is_(None),
)
Index(
    "ix_opt_out_not_searched",
    opt_out.c.id,
    sqlite_where=opt_out.c.recalled_at.is_(None),
    postgresql_where=opt_out.c.recalled_at.is_(None),
)

# The register's match keys, laid out as `key_page` has those of records; `numbers` holds the opt-outs' ids. A page of
# another version than the software's is made anew before anything is screened.
opt_out_page = Table(
    "opt_out_page",
    metadata,
    Column("first_number", BigInteger, primary_key=True, autoincrement=False),
    Column("normaliser_version", Integer, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("match_keys", LargeBinary, nullable=False),
)

# A record held back for a person to decide: `review` for the pair (opt-out, fingerprint of the normalised record).
# `normaliser_version` says which version made the fingerprint.
hold = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("opt_out_id", ForeignKey("opt_out.id"), nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("list_id", ForeignKey("list.id", ondelete="SET NULL")),
    Column("record_number", BigInteger),
    Column("record_id", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("normaliser_version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("opt_out_id", "fingerprint"),
)

# What was decided about a pair; the latest number counts, and only while the fingerprint stays the same.
decision = Table(
    "decision",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("opt_out_id", ForeignKey("opt_out.id"), nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("normaliser_version", Integer, nullable=False, server_default="1"),
    Index("ix_decision_pair", "opt_out_id", "fingerprint"),
)

# The company that receives deliveries (クライアント) and its written undertakings (確約書).
client = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("representative", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
)
pledge = Table(
    "pledge",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("client.id"), nullable=False, index=True),
    Column("purposes", Text, nullable=False),
    Column("signed_on", Text, nullable=False),
    Column("valid_until", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
)

# Persons who refused one client (特商法 Art. 17), for one product or all (empty). `phones` is a JSON array.
client_refusal = Table(
    "client_refusal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("client.id"), nullable=False, index=True),
    Column("product", Text, nullable=False),
    Column("number", BigInteger, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("building", Text, nullable=False),
    Column("phones", Text, nullable=False),
    Column("emails", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
)
# Their match keys, as `opt_out_page` has those of the register; `numbers` holds the refusals' ids.
client_refusal_page = Table(
    "client_refusal_page",
    metadata,
    Column("client_id", ForeignKey("client.id"), primary_key=True),
    Column("first_number", BigInteger, primary_key=True, autoincrement=False),
    Column("normaliser_version", Integer, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("match_keys", LargeBinary, nullable=False),
)
# Refusals that a client has given as keyed hashes of 32 bytes, without saying who they are (docs/hashed-lists.md).
client_refusal_hash = Table(
    "client_refusal_hash",
    metadata,
    Column("client_id", ForeignKey("client.id"), primary_key=True),
    Column("product", Text, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("number", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# The filing as it stood (届出); the configuration file seeds a new version whenever it changes.
filing = Table(
    "filing",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("content", Text, nullable=False),
    Column("content_sha256", Text, nullable=False, unique=True),
    Column("recorded_at", Text, nullable=False),
)

# One order's execution. `client_snapshot` and `items` are what APPI Art. 29 asks for besides the person and the date.
delivery = Table(
    "delivery",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, index=True),
    Column("client_id", ForeignKey("client.id"), nullable=False, index=True),
    Column("client_snapshot", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("product", Text, nullable=False, server_default=""),
    Column("reference", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("filing_version", ForeignKey("filing.version"), nullable=False),
    Column("pledge_id", ForeignKey("pledge.id"), nullable=False),
    Column("intent_number", BigInteger, nullable=False),
    Column("fence", BigInteger),
    Column("release_number", BigInteger),
    Column("requested", BigInteger, nullable=False, default=0),
    Column("suppressed", BigInteger, nullable=False, default=0),
    Column("held", BigInteger, nullable=False, default=0),
    Column("refused", BigInteger, nullable=False, default=0),
    Column("delivered", BigInteger, nullable=False, default=0),
    Column("manifest_sha256", Text, nullable=False, default=""),
    Column("outcome", Text, nullable=False, default=""),
    Column("created_at", Text, nullable=False),
    Column("released_at", Text),
)

# One record in one delivery, with the person as delivered (declared fields only, canonical JSON). Once the delivery is
# released this is the provision record of APPI Art. 29: triggers refuse UPDATE, and DELETE except under a purge.
line = Table(
    "line",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("list_id", Integer, nullable=False),
    Column("record_number", BigInteger, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("acquisition_id", Integer, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("ix_line_record", "list_id", "record_number"),
    sqlite_with_rowid=False,
)

# Match keys of lines, as `key_page` has those of records, so that a later opt-out finds what was delivered.
line_key_page = Table(
    "line_key_page",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("first_number", BigInteger, primary_key=True, autoincrement=False),
    Column("normaliser_version", Integer, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("match_keys", LargeBinary, nullable=False),
)

# Unreleased lines whose record was erased meanwhile: the release drops them.
vanished_line = Table(
    "vanished_line",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
)

# A line of a push on its way: `state` is pending, in_doubt (handed out, no answer yet), accepted, rejected or suppressed;
# `fence` is the ledger number up to which it has been checked. `key` is what the destination knows the record by; the
# row outlives the line's, so that it can be withdrawn by `remote_id`. `withdrawal` is deleted, flagged or absent.
push_line = Table(
    "push_line",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("remote_id", Text, nullable=False, server_default=""),
    Column("operation", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("withdrawal", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

# Documents of a package that the destination of a push has taken.
push_document = Table(
    "push_document",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("remote_id", Text, nullable=False),
)

# Numbers at which a caller reached somebody else: hashes of name and number (`gateway.log.wrong_numbers`).
wrong_number = Table(
    "wrong_number",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("reported_on", Text, nullable=False),
)

# What did not leave, and why: suppressed, held or refused. Ids and codes only.
left_out = Table(
    "left_out",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("list_id", Integer, primary_key=True, autoincrement=False),
    Column("record_number", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("opt_out_id", Integer),
    Column("rule", Text, nullable=False),
    sqlite_with_rowid=False,
)

# The files of a released package.
delivery_file = Table(
    "delivery_file",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
)

# The licence to delete the provision records of a delivery whose three years are over; written with a journal entry.
purge = Table(
    "purge",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)

# A delivered line whose person has since opted out (回収通知); `notice` names the written notice.
recall = Table(
    "recall",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery", ForeignKey("delivery.serial"), nullable=False),
    Column("line_number", BigInteger, nullable=False),
    Column("client_id", ForeignKey("client.id"), nullable=False, index=True),
    Column("opt_out_id", ForeignKey("opt_out.id"), nullable=False),
    Column("found_at", Text, nullable=False),
    Column("notice", Text, nullable=False, default=""),
    Column("status", Text, nullable=False, default=""),
    Column("answered_at", Text),
    UniqueConstraint("delivery", "line_number"),
)

# What a client reported about a delivered line: refused, wrong_number or reached; `number` is its ledger number.
outcome = Table(
    "outcome",
    metadata,
    Column("delivery", ForeignKey("delivery.serial"), primary_key=True, autoincrement=False),
    Column("line_number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("reported_on", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
)

# Small texts that a format keeps from one delivery of a client to the next; no personal data.
plugin_state = Table(
    "plugin_state",
    metadata,
    Column("format", Text, primary_key=True),
    Column("client_id", ForeignKey("client.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("delivery", ForeignKey("delivery.serial"), nullable=False),
)
