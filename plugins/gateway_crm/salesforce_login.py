"""Log in to Salesforce: OAuth 2.0 client credentials, or a JWT bearer token signed with a private key.

Rules: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm and
…?id=sf.remoteaccess_oauth_jwt_flow.htm (RS256; iss, sub, aud, exp of at most a few minutes).
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from threading import Lock

from gateway.api import Failed
from gateway.i18n import _
from gateway_crm.http import Connection, judge
from gateway_crm.options import SalesforceOptions

_TOKEN = "/services/oauth2/token"  # noqa: S105 - a path, no password
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_VALID_SECONDS = 180


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """An access token and the URL of the instance that honours it."""

    token: str
    instance: str


class Login:
    """Gets access and gets it anew when it has ended; shared by all workers."""

    def __init__(self, options: SalesforceOptions) -> None:
        self._options = options
        self._lock = Lock()
        self._access: Access | None = None

    def access(self, *, instead_of: Access | None = None) -> Access:
        """Return access; ``instead_of`` is the one that has just been turned down."""
        with self._lock:
            if self._access is None or self._access is instead_of:
                self._access = self._ask()
            return self._access

    def _ask(self) -> Access:
        options = self._options
        if options.client_secret is not None:
            form = {
                "grant_type": "client_credentials",
                "client_id": options.client_id,
                "client_secret": str(options.client_secret),
            }
        else:
            form = {"grant_type": _JWT_GRANT, "assertion": self._assertion()}
        connection = Connection(options.url, timeout=options.timeout, workers=1)
        try:
            answer = connection.call("POST", _TOKEN, form=form)
        finally:
            connection.close()
        if answer.status in (400, 401):
            raise Failed(
                "crm_unauthorised",
                _("Salesforce does not accept the credential ({error})").format(
                    error=str(answer.table().get("error", ""))[:60]
                ),
                hint=_("check client_id and the secret; the connected app must allow this flow"),
            )
        judge(answer)
        table = answer.json()
        return Access(str(table["access_token"]), str(table["instance_url"]))

    def _assertion(self) -> str:
        """Return a JWT (RFC 7523) signed with RS256."""
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        claims = {
            "iss": self._options.client_id,
            "sub": self._options.username,
            "aud": self._options.url.rstrip("/"),
            "exp": int(time.time()) + _VALID_SECONDS,
        }
        text = b".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256"}, claims))
        try:
            key = serialization.load_pem_private_key(str(self._options.private_key).encode(), password=None)
        except ValueError as error:
            raise Failed("bad_private_key", _("the private key of Salesforce is no PEM")) from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Failed("bad_private_key", _("the private key of Salesforce is no RSA key"))
        return (text + b"." + _encoded(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))).decode("ascii")


def _encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
