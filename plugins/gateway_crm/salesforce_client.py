"""Calls to a Salesforce instance: the token, the version, and the errors that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from gateway.api import Failed, TryLater
from gateway.i18n import _
from gateway_crm.http import Answer, Connection, judge, quota_reached
from gateway_crm.options import SalesforceOptions
from gateway_crm.salesforce_login import Access, Login


class SalesforceClient:
    """One org, called with a token that is renewed when it has ended."""

    def __init__(self, options: SalesforceOptions) -> None:
        self._options = options
        self._login = Login(options)
        self._lock = Lock()
        self._connections: dict[str, Connection] = {}
        self.root = f"/services/data/v{options.version}"

    def call(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call ``path`` below the API's root; raises what ``judge`` raises, with Salesforce's own codes told apart."""
        access = self._login.access()
        for attempt in (1, 2):
            answer = self._connection(access).call(
                method,
                self.root + path,
                data=data,
                content=content,
                params=params,
                headers={**(headers or {}), "Authorization": f"Bearer {access.token}"},
            )
            if answer.status != 401 or attempt == 2:
                break
            access = self._login.access(instead_of=access)
        self._judge(answer)
        return answer

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()

    def _connection(self, access: Access) -> Connection:
        with self._lock:
            if access.instance not in self._connections:
                self._connections[access.instance] = Connection(
                    access.instance, timeout=self._options.timeout, workers=self._options.workers
                )
            return self._connections[access.instance]

    @staticmethod
    def _judge(answer: Answer) -> None:
        if answer.ok:
            return
        code = error_code(answer)
        if code == "REQUEST_LIMIT_EXCEEDED":
            raise quota_reached("Salesforce")
        if code in ("UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"):
            raise TryLater(code)
        if answer.status in (400, 403, 404) and code:
            raise Failed(
                "crm_refused",
                _("Salesforce refuses the call: HTTP {status} {code}").format(
                    status=answer.status, code=code
                ),
                hint=_("check object, fields and rights with: gateway crm check"),
            )
        judge(answer)
        raise Failed("crm_refused", _("Salesforce answers HTTP {status}").format(status=answer.status))


def error_code(answer: Answer) -> str:
    """Return the error code of a failed call: ``[{"errorCode": …, "message": …, "fields": […]}]``."""
    try:
        found: Any = answer.json()
    except TryLater:
        return ""
    first = found[0] if isinstance(found, list) and found else found
    return str(first.get("errorCode", "")) if isinstance(first, dict) else ""
