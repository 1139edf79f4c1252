"""A text format for tests, as a third party would write it; tests may act while it renders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gateway.api import (
    Batch,
    Candidate,
    Enclosure,
    Objection,
    Order,
    OutputFormat,
    Refusal,
    Suppressor,
    hookimpl,
)

while_rendering: list[Callable[[], object]] = []
"""What a test wants done after the first line was handed out; emptied by doing it."""

while_enclosing: list[Callable[[Path], object]] = []
"""What a test wants done with the staging folder when the leaflet is written."""

refuse_names: set[str] = set()
hold_names: set[str] = set()
extra_text: list[str] = []
skip_names: set[str] = set()
vetoes: list[Refusal] = []
suppressed_names: set[str] = set()


def reset() -> None:
    """Forget what a test had asked for."""
    for each in (
        while_rendering,
        while_enclosing,
        refuse_names,
        hold_names,
        extra_text,
        skip_names,
        vetoes,
        suppressed_names,
    ):
        each.clear()


def render(batch: Batch) -> None:
    """Write one row a person: line code, name, phone."""
    with batch.open("people.csv") as out:
        for line in batch:
            while while_rendering:
                while_rendering.pop()()
            if line.name in refuse_names:
                batch.refuse(line, "test_reason")
                continue
            if line.name in hold_names:
                batch.hold(line, "test_doubt")
                continue
            if line.name not in skip_names:
                out.write(f"{line.code},{line.name},{line.phone}\n")
        out.writelines(extra_text)


def render_first_line(batch: Batch) -> None:
    """Stop early, as a faulty plugin does."""
    with batch.open("people.csv") as out:
        for line in batch:
            out.write(f"{line.code},{line.name}\n")
            break


def render_in_parts(batch: Batch) -> None:
    """Let other processes compose the rows."""
    with batch.open("people.csv") as out:
        for rows in batch.map(compose, 3):
            out.writelines(rows)


def compose(part: Batch) -> list[str]:
    """Compose the rows of a part; refuse and count as in the whole."""
    rows = []
    for line in part:
        if line.name.endswith("葵"):
            part.refuse(line, "test_reason")
        else:
            rows.append(f"{line.code},{line.name},{line.phone}\n")
        part.report("seen")
    return rows


def write_in_part(part: Batch) -> None:
    """Try to write a file from a part."""
    part.path("people.csv")


def render_writing_parts(batch: Batch) -> None:
    """Let parts write files, which they may not."""
    list(batch.map(write_in_part, 3))


def die_in_part(_part: Batch) -> None:
    """End the process, as one does that runs out of memory."""
    os._exit(1)


def render_dying_parts(batch: Batch) -> None:
    """Let parts end their processes."""
    list(batch.map(die_in_part, 3))


def render_binary(batch: Batch) -> None:
    """Write what cannot be scanned."""
    with batch.open_binary("people.bin") as out:
        out.writelines(b"\0" + line.code.encode() for line in batch)


def read_binary(folder: Path) -> Iterator[str]:
    """Read every code back twice."""
    codes = [part.decode() for part in (folder / "people.bin").read_bytes().split(b"\0")[1:]]
    return iter(codes + codes)


def render_outside(batch: Batch) -> None:
    """Try to leave the staging folder."""
    list(batch)
    with batch.open("../people.csv") as out:
        out.write("outside")


def render_failing(batch: Batch) -> None:
    """Fail with a person's name in the message."""
    for line in batch:
        raise ValueError(line.name)


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the formats of the tests."""

    def letters(
        name: str, write: Callable[[Batch], None], **more: Callable[[Path], Iterator[str]]
    ) -> OutputFormat:
        return OutputFormat(
            name=name,
            summary=name,
            purposes={"dm"},
            method="file",
            fields={"name", "address"},
            render=write,
            read_back=more.get("read_back"),
        )

    yield letters("plain", render)
    yield letters("binary", render_binary)
    yield letters("twice", render_binary, read_back=read_binary)
    yield letters("outside", render_outside)
    yield letters("failing", render_failing)
    yield letters("lazy", render_first_line)
    yield letters("parts", render_in_parts)
    yield letters("writing-parts", render_writing_parts)
    yield letters("dying-parts", render_dying_parts)
    yield OutputFormat(
        name="calls",
        summary="calls",
        purposes={"telemarketing"},
        method="file",
        fields={"name", "phone"},
        render=render,
    )


@hookimpl
def gateway_veto_delivery(order: Order) -> Iterable[Refusal]:
    """Refuse when a test says so."""
    return list(vetoes)


def judge(candidates: Iterable[Candidate], order: Order | None) -> Iterator[Objection]:
    """Object to the names that a test has given."""
    for candidate in candidates:
        if candidate.name in suppressed_names:
            yield Objection(ref=candidate.ref, verdict="suppress", rule="test_list")


@hookimpl
def gateway_register_suppressors() -> Iterable[Suppressor]:
    """Provide a suppressor that cannot tell its revision."""
    yield Suppressor(name="test-list", summary="Names of the test", judge=judge)


@hookimpl
def gateway_register_enclosures() -> Iterable[Enclosure]:
    """Provide a leaflet."""
    yield Enclosure(name="leaflet.txt", summary="Leaflet", write=_write_leaflet)


def _write_leaflet(order: Order, path: Path) -> None:
    path.write_text(order.delivery, encoding="utf-8")
    while while_enclosing:
        while_enclosing.pop()(path.parent)
