"""A format, as a plugin describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from gateway.api.batches import Batch, Options
from gateway.api.destinations import Destination
from gateway.api.lines import Method, Purpose
from gateway.api.orders import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat(Generic[Options]):
    """A format that ``gateway deliver --format NAME`` offers (形式).

    ``method`` is a filed way of provision. ``fields`` names the items a line carries, or computes them from the
    options: ``name kana address phone email company department title joint_names honorific`` or the name of an
    attribute. Exactly one of ``render`` and ``push`` is given; ``push(options, order)`` opens the destination that
    belongs to the order's client, with the options of ``[formats.NAME.clients.CLIENT]``. ``options`` is a frozen
    dataclass type into which ``--set`` and ``[formats.NAME]`` are read. ``read_back`` yields the line codes found in the
    finished files.
    ``remarks`` yields paragraphs (Japanese) that the delivery note tells the client, such as what to say on the phone.
    """

    name: str
    summary: str
    purposes: AbstractSet[Purpose]
    method: Method
    fields: AbstractSet[str] | Callable[[Options], AbstractSet[str]]
    render: Callable[[Batch[Options]], None] | None = None
    push: Callable[[Options, Order], Destination] | None = None
    options: type[Options] | None = None
    aliases: tuple[str, ...] = ()
    read_back: Callable[[Path], Iterable[str]] | None = None
    remarks: Callable[[Options], Iterable[str]] | None = None

    def __post_init__(self) -> None:
        if (self.render is None) == (self.push is None):
            raise ValueError(f"format {self.name!r} needs exactly one of render and push")
