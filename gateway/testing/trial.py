"""One format on trial: a workspace of its own in which it delivers under watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway.api import Line, Order, Purpose
from gateway.config import read_options
from gateway.delivery.deliver import DeliveryResult
from gateway.errors import GatewayError
from gateway.people.person import Person
from gateway.plugins import Format, Registered
from gateway.testing.batch import ORDER, MemoryBatch
from gateway.testing.rendering_again import Task, render_elsewhere
from gateway.testing.requirements import Violation
from gateway.testing.surroundings import watched_surroundings
from gateway.testing.watching import Watch, WatchingManager
from gateway.testing.workspace import Vendor, open_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A delivery of the format on trial: its package, and what was seen while it was made."""

    result: DeliveryResult
    package: Path
    watch: Watch

    def files(self) -> list[Path]:
        """Return the format's own files."""
        return sorted(path for name in self.watch.named if (path := self.package / name).is_file())


class Trial:
    """A workspace with one format; close it after use."""

    def __init__(
        self,
        format_name: str,
        *,
        options: Mapping[str, str],
        purpose: Purpose | None,
        formats: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Make an empty workspace in a temporary folder, with the installed plugins."""
        self.manager = WatchingManager()
        self.registered: Registered[Format] = self.manager.format(format_name)
        self.format: Format = self.registered.item
        self.sets = dict(options)
        self.purpose: Purpose = purpose or min(self.format.purposes)
        self.options: Any = None
        if self.format.push is None:
            self.options = read_options(self.format.options, {}, self.sets, name=self.format.name)
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="gateway-trial-")))
        self.folder = folder / "memory"
        self.folder.mkdir()
        root = folder / "workspace"
        root.mkdir()
        self.vendor: Vendor = self._stack.enter_context(
            open_workspace(root, {"formats": formats or {}, "items": self.fields()}, manager=self.manager)
        )
        self._batches = 0

    def close(self) -> None:
        """Remove the workspace."""
        self._stack.close()

    def fields(self) -> frozenset[str]:
        """Return the items that the format declares for its options."""
        declared = self.format.fields
        if self.format.push is not None and callable(declared):
            return frozenset()
        return frozenset(declared(self.options) if callable(declared) else declared)

    def import_people(self, people: Iterable[Person], list_name: str) -> None:
        """Take people into a list."""
        self.vendor.import_people(people, list_name)

    def deliver(self, list_name: str, *, while_rendering: Callable[[], object] | None = None) -> Delivered:
        """Deliver a list under watch; raises what the gateway raises."""
        watch = Watch(while_rendering=while_rendering)
        self.manager.watch = watch
        try:
            result = self.vendor.deliver(
                format=self.format.name, lists=(list_name,), purpose=self.purpose, sets=self.sets
            )
        finally:
            self.manager.watch = None
        return Delivered(result=result, package=Path(result.package), watch=watch)

    def require_delivery(
        self, list_name: str, *, while_rendering: Callable[[], object] | None = None
    ) -> Delivered:
        """Deliver a list; what the gateway refuses is a ``Violation``."""
        try:
            return self.deliver(list_name, while_rendering=while_rendering)
        except GatewayError as error:
            raise Violation(f"the delivery is refused: {error.code}: {error.message}") from error

    def render(self, lines: Iterable[Line]) -> MemoryBatch[Any]:
        """Render lines into a folder of their own, without a delivery."""
        folder = self._new_folder()
        batch = MemoryBatch(
            folder=folder,
            lines=tuple(lines),
            options=self.options,
            order=self._order(),
        )
        if self.format.render is None:
            raise Violation(f"the format {self.format.name} pushes: use PushConformance")
        with (
            watched_surroundings()
        ):  # what a faulty format leaves behind must not land beside the author's sources
            self.format.render(batch)
        return batch

    def render_elsewhere(self, lines: Iterable[Line]) -> Path:
        """Render lines in another process; returns the folder with the files."""
        folder = self._new_folder()
        task = Task(format=self.format.name, lines=tuple(lines), options=self.options, order=self._order())
        render_elsewhere(task, folder)
        return folder

    def _order(self) -> Order:
        return replace(ORDER, format=self.format.name, purpose=self.purpose)

    def _new_folder(self) -> Path:
        self._batches += 1
        folder = self.folder / f"{self._batches:03d}"
        folder.mkdir()
        return folder
