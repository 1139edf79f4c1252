"""Putting a package together: render into a fresh staging folder, take out whom the plugin left out, re-read, enclose, hash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine

from gateway.db.engine import reading, writing
from gateway.db.ledger import lock_ledger
from gateway.delivery.attempt import count_outcomes, drop_lines
from gateway.delivery.batch import BatchSource, DeliveryBatch
from gateway.delivery.enclosing import enclose, source_accounts
from gateway.delivery.recheck import vanished_lines
from gateway.delivery.release import Finished, Overtaken, Revisions
from gateway.delivery.rereading import require_same_lines
from gateway.delivery.staging import CORE_FILES, PackageFile, files_in, make_staging, seal
from gateway.delivery.under_way import UnderWay, nobody_left, totals
from gateway.delivery.workers import Workers, worker_engine
from gateway.documents.data import Counts, SourceAccount
from gateway.errors import Failed, Refused
from gateway.i18n import _
from gateway.log.line_code import LineCodes
from gateway.log.lines import leaves_of, root
from gateway.plugins import blame
from gateway.suppression.key_pages import line_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """The lines that are left after rendering, as they stood at one moment."""

    counts: Counts
    numbers: npt.NDArray[np.int64]
    accounts: list[SourceAccount]


def build(
    run: UnderWay, workers: Workers, *, fence: int, sources: Collection[str], asked: Revisions
) -> Finished:
    """Make everything of the package but the manifest.

    ``fence`` is the number up to which the lines have been checked, ``asked`` what the suppressors were asked at. Raises
    ``Overtaken`` when an erasure has taken a line that may be in the files.
    """
    folder = make_staging(run.workspace.outbox, run.attempt.id)
    with reading(run.engine) as connection:
        counts = count_outcomes(connection, run.attempt.serial)
        vanished = vanished_lines(connection, run.attempt.serial)
        codes = LineCodes.of(connection)
    if not counts["delivered"]:
        raise nobody_left(counts)
    batch = _render(run, workers, folder, codes, counts["delivered"])
    _leave_out(run, batch.tally.left_out, fence, vanished)
    left = _what_is_left(run, fence, sources, vanished)
    read_root = _start_reading_root(run, workers)
    names = [name for name in files_in(folder) if name not in CORE_FILES]
    with run.progress(_("re-reading"), left.counts.delivered) as advance:
        require_same_lines(run.accepted.format, folder, names, codes, run.attempt.serial, left.numbers)
        advance(left.counts.delivered)
    read_back = seal(folder, names)
    enclose(
        folder,
        run.manager,
        run.accepted,
        run.order,
        provider=run.workspace.config.provider,
        files=read_back,
        counts=left.counts,
        sources=left.accounts,
        intent_hash=run.attempt.intent_hash,
    )
    return Finished(
        fence=fence,
        folder=folder,
        files=_sealed(folder, read_back),
        counts=left.counts,
        root=read_root(),
        vanished=vanished,
        revisions=asked,
        state=batch.state.pending,
        reports=batch.tally.reports,
    )


def _render(run: UnderWay, workers: Workers, folder: Path, codes: LineCodes, count: int) -> DeliveryBatch:
    registered = run.accepted.format
    if registered.item.render is None:
        raise Failed("no_push", _("the format {name} cannot be rendered").format(name=registered.item.name))
    with run.progress(_("rendering"), count) as advance:
        batch = DeliveryBatch(
            run.engine,
            codes,
            BatchSource(
                serial=run.attempt.serial,
                fields=run.accepted.fields,
                # Who refused the client is for suppressors; a format gets nothing to look people up with.
                order=replace(run.order, client_lists=None),
                options=run.accepted.options,
            ),
            folder=folder,
            workers=workers,
            advance=advance,
        )
        with blame(registered.plugin, registered.item.name):
            registered.item.render(batch)
    return batch


def _leave_out(
    run: UnderWay, left_out: Mapping[int, tuple[str, str]], fence: int, vanished: frozenset[int]
) -> None:
    """Take out whom the plugin left out; start over when an erasure took a line that may be in the files."""
    with writing(run.engine) as connection:
        lock_ledger(connection)
        drop_lines(
            connection,
            run.attempt.serial,
            {number: (outcome, reason, None) for number, (outcome, reason) in left_out.items()},
        )
        if vanished_lines(connection, run.attempt.serial) != vanished:
            raise Overtaken(fence, {})


def _sealed(folder: Path, read_back: Sequence[PackageFile]) -> list[PackageFile]:
    """Hash everything; refuse what an enclosure has done to the files that were read back."""
    files = seal(folder, files_in(folder))
    for each in read_back:
        if each not in files:
            raise Refused(
                "file_changed",
                _("the file {name} was changed after it had been read back").format(name=each.name),
                hint=_("an enclosure of a plugin may only write its own file"),
            )
    return files


def _start_reading_root(run: UnderWay, workers: Workers) -> Callable[[], str]:
    """Read the root of the lines' leaves while the files are re-read.

    It may see an erasure that comes in meanwhile; then the release sees it too, and the package is built anew.
    """
    if workers.parallel:
        url = run.engine.url.render_as_string(hide_password=False)
        return workers.start(_read_root_elsewhere, (url, run.attempt.serial))
    return partial(_read_root, run.engine, run.attempt.serial)


def _read_root_elsewhere(asked: tuple[str, int]) -> str:
    url, serial = asked
    return _read_root(worker_engine(url), serial)


def _read_root(engine: Engine, serial: int) -> str:
    with reading(engine) as connection:
        return root(leaves_of(connection, serial))


def _what_is_left(run: UnderWay, fence: int, sources: Collection[str], vanished: frozenset[int]) -> _Left:
    with reading(run.engine) as connection:
        counts = count_outcomes(connection, run.attempt.serial)
        if not counts["delivered"]:
            raise nobody_left(counts)
        left = _Left(
            counts=totals(counts),
            numbers=line_numbers(connection, run.attempt.serial),
            accounts=source_accounts(connection, sources),
        )
        # Asked last: if no erasure has come in by now, what was read above fits together.
        if vanished_lines(connection, run.attempt.serial) != vanished:
            raise Overtaken(fence, {})
    return left
