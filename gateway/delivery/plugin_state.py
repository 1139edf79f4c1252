"""What a format keeps from delivery to delivery of one client; written only when the delivery is released."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, delete, insert, select

from gateway.db.engine import reading
from gateway.db.tables import plugin_state
from gateway.errors import Refused
from gateway.i18n import _

LONGEST = 1000


class DeliveryState:
    """The state of one format for one client, with what is to be kept (``gateway.api.StateStore``)."""

    def __init__(self, engine: Engine, format_name: str, client_id: str) -> None:
        self._engine = engine
        self._of = (plugin_state.c.format == format_name, plugin_state.c.client_id == client_id)
        self.pending: dict[str, str] = {}

    def get(self, name: str) -> str:
        """Return a kept text, or an empty string."""
        if name in self.pending:
            return self.pending[name]
        with reading(self._engine) as connection:
            found = connection.execute(
                select(plugin_state.c.value).where(*self._of, plugin_state.c.name == name)
            ).scalar()
        return found or ""

    def set(self, name: str, value: str) -> None:
        """Keep a text once the delivery is released."""
        if max(len(name), len(value)) > LONGEST:
            raise Refused(
                "state_too_long",
                _("a format may keep texts of {most} characters").format(most=LONGEST),
                hint=_("report it to its author"),
            )
        self.pending[name] = value


def keep(
    connection: Connection, serial: int, format_name: str, client_id: str, state: Mapping[str, str]
) -> None:
    """Write what a released delivery has left behind."""
    for name, value in state.items():
        connection.execute(
            delete(plugin_state).where(
                plugin_state.c.format == format_name,
                plugin_state.c.client_id == client_id,
                plugin_state.c.name == name,
            )
        )
        connection.execute(
            insert(plugin_state).values(
                format=format_name, client_id=client_id, name=name, value=value, delivery=serial
            )
        )
