"""Formats for tests that sort their lines and remember from delivery to delivery."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import Batch, Line, OutputFormat, hookimpl


def by_name(line: Line) -> str:
    """Sort by the name, backwards by its characters' numbers would be as good."""
    return line.name


def render(batch: Batch) -> None:
    """Write the names in order, in parts, and count the deliveries of the client."""
    before = batch.state.get("deliveries")
    batch.state.set("deliveries", f"{before}I")
    with batch.open("people.csv") as out:
        out.write(f"before={before}\n")
        for rows in batch.ordered(by_name).map(compose, 7):
            out.writelines(rows)


def compose(part: Batch) -> list[str]:
    """Compose a part's rows, refusing some."""
    rows = []
    for line in part:
        if line.name.endswith("葵"):
            part.refuse(line, "test_reason")
        else:
            rows.append(f"{line.code},{line.name}\n")
    return rows


def render_too_much(batch: Batch) -> None:
    """Try to keep more than is allowed."""
    batch.state.set("all", "x" * 1001)


def state_of_part(part: Batch) -> str:
    """Ask for the state where there is none."""
    return part.state.get("deliveries")


def render_state_in_parts(batch: Batch) -> None:
    """Ask for the state in parts."""
    list(batch.map(state_of_part, 3))


@hookimpl
def gateway_register_formats() -> Iterable[OutputFormat]:
    """Provide the formats."""
    for name, write in {
        "sorted": render,
        "hoarding": render_too_much,
        "state-in-parts": render_state_in_parts,
    }.items():
        yield OutputFormat(
            name=name,
            summary=name,
            purposes={"dm"},
            method="file",
            fields={"name", "address"},
            render=write,
        )
