"""Lists (名簿): named sets of records, what was taken into them and from where, and dropping them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.locks import hold_lock
from gateway.db.tables import (
    acquisition,
    contact,
    delivery,
    hold,
    key_page,
    line,
    list_,
    record,
    vanished_line,
)
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append
from gateway.log.lines import not_left
from gateway.people.dialling import count_kinds
from gateway.suppression.key_pages import remove_lines

ListId = NewType("ListId", int)

# A dropped list keeps its row, because what was acquired must stay on record for three years (APPI Art. 30(4)); it gives
# up its name by this mark, which no new list's name may hold.
_DROPPED = "#"
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """One finished import of one file."""

    id: int
    source: str
    file_name: str
    file_sha256: str
    rows: int
    imported: int
    suppressed: int
    held: int
    refused: int
    duplicates: int
    finished_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """A list with its present count of records and everything that was imported into it."""

    id: ListId
    name: str
    records: int
    created_at: str
    acquisitions: tuple[Acquisition, ...]


def count_numbers(connection: Connection, list_id: ListId) -> Counter[str]:
    """Count a list's phone numbers by kind (``gateway.people.dialling.dial``); a field may hold several numbers."""
    rows = connection.execute(
        select(contact.c.phone_kind, func.count())
        .join_from(contact, acquisition, contact.c.acquisition_id == acquisition.c.id)
        .where(
            contact.c.list_id == list_id, contact.c.kind == "phone", acquisition.c.finished_at.is_not(None)
        )
        .group_by(contact.c.phone_kind)
    )
    return count_kinds((row[0], row[1]) for row in rows)


def check_list_name(name: str) -> None:
    """Raise ``WrongUsage`` ``bad_list_name`` for a name that cannot be a list's."""
    if (
        name != name.strip()
        or not name
        or len(name) > _LONGEST_NAME
        or not name.isprintable()
        or _DROPPED in name
    ):
        raise WrongUsage(
            "bad_list_name",
            _("{name} cannot be the name of a list").format(name=repr(name[:_LONGEST_NAME])),
            hint=_("use up to {longest} printable characters without {mark}").format(
                longest=_LONGEST_NAME, mark=_DROPPED
            ),
        )


def find_list(connection: Connection, name: str) -> ListId:
    """Return a list's id; ``WrongUsage`` ``unknown_list`` when there is none of that name."""
    found = connection.execute(select(list_.c.id).where(list_.c.name == name)).scalar_one_or_none()
    if found is None or _DROPPED in name:
        raise WrongUsage(
            "unknown_list",
            _("there is no list named {name}").format(name=name),
            hint=_("see: gateway list show"),
        )
    return ListId(found)


def summarise_list(connection: Connection, name: str) -> ListSummary:
    """Describe one list; ``WrongUsage`` when there is none of that name."""
    identifier = find_list(connection, name)
    row = connection.execute(select(list_).where(list_.c.id == identifier)).one()
    # Records of an import that is still running have numbers from `next_number` on.
    records = connection.execute(
        select(func.count())
        .select_from(record)
        .where(record.c.list_id == identifier, record.c.number < row.next_number)
    ).scalar_one()
    acquisitions = connection.execute(
        select(acquisition)
        .where(acquisition.c.list_id == identifier, acquisition.c.finished_at.is_not(None))
        .order_by(acquisition.c.id)
    )
    return ListSummary(
        id=identifier,
        name=name,
        records=records,
        created_at=row.created_at,
        acquisitions=tuple(
            Acquisition(
                id=each.id,
                source=each.source_id,
                file_name=each.file_name,
                file_sha256=each.file_sha256,
                rows=each.rows,
                imported=each.imported,
                suppressed=each.suppressed,
                held=each.held,
                refused=each.refused,
                duplicates=each.duplicates,
                finished_at=each.finished_at,
            )
            for each in acquisitions
        ),
    )


def list_names(connection: Connection) -> list[str]:
    """Return the names of all lists, sorted."""
    names = connection.execute(select(list_.c.name).order_by(list_.c.name)).scalars()
    return [name for name in names if _DROPPED not in name]


def drop_list(engine: Engine, name: str, *, actor: str, now: datetime) -> int:
    """Remove a list with its records, keys and unreleased lines; return how many records it had.

    What was released stays on record, and so does what was acquired. ``Refused`` while an import into it is running.
    """
    with reading(engine) as connection:
        identifier = find_list(connection, name)
    with hold_lock(engine, import_lock(identifier)) as taken:
        if not taken:
            raise import_running(name)
        with writing(engine) as connection:
            number = take_number(connection)
            find_list(connection, name)
            _remove_unreleased_lines(connection, identifier)
            count = erase_from(connection, identifier, first_number=0)
            connection.execute(
                update(hold).where(hold.c.list_id == identifier).values(list_id=None, record_number=None)
            )
            connection.execute(
                update(list_).where(list_.c.id == identifier).values(name=f"{name}{_DROPPED}{number}")
            )
            content: dict[str, object] = {"list": name, "list_id": identifier, "records": count}
            append(connection, number, "list_dropped", content, actor=actor, now=now)
    return count


def erase_from(connection: Connection, list_id: ListId, *, first_number: int) -> int:
    """Delete the records of a list from a number on, with contacts and key pages; return how many there were."""
    count = connection.execute(
        delete(record).where(record.c.list_id == list_id, record.c.number >= first_number)
    ).rowcount
    connection.execute(delete(contact).where(contact.c.list_id == list_id, contact.c.number >= first_number))
    connection.execute(
        delete(key_page).where(key_page.c.list_id == list_id, key_page.c.first_number >= first_number)
    )
    return count


def import_lock(list_id: ListId) -> str:
    """Name the lock that whoever imports into a list, or drops it, holds meanwhile."""
    return f"import-{list_id}"


def import_running(name: str) -> Refused:
    """Make the error for a list that is being imported into."""
    return Refused(
        "import_running",
        _("an import into the list {name} is running").format(name=name),
        hint=_("wait for it to end and try again"),
    )


def _remove_unreleased_lines(connection: Connection, list_id: ListId) -> None:
    """Remove the list's lines from deliveries that are still being made, and leave word for their release."""
    rows = connection.execute(
        select(line.c.delivery, line.c.number)
        .join_from(line, delivery)
        .where(line.c.list_id == list_id, not_left())
    )
    by_delivery: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_delivery[row.delivery].append(row.number)
    for serial, numbers in by_delivery.items():
        connection.execute(
            insert(vanished_line), [{"delivery": serial, "number": number} for number in numbers]
        )
        for start in range(0, len(numbers), 500):
            these = line.c.number.in_(numbers[start : start + 500])
            connection.execute(delete(line).where(line.c.delivery == serial, these))
        remove_lines(connection, serial, numbers)
