"""A Salesforce org, by the documented rules: collections, Bulk API 2.0, queries, limits; it refuses what the org refuses.

Sources: developer.salesforce.com api_rest: resources_composite_sobjects_collections_upsert [C] (200 of one type, results
in order, allOrNone=false), …_collections_delete [D], resources_limits [L], resources_sobject_describe [S],
errorcodes [E]; api_asynch: Bulk API 2.0 create_job … get_job_unprocessed_results [B]; help.salesforce.com: OAuth client
credentials and JWT bearer [O].
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.crm.doubles.server import Request, Response

VERSION = "62.0"
_ROOT = f"/services/data/v{VERSION}"
_QUERY_WHO = re.compile(r"SELECT Id, (\w+) FROM (\w+) WHERE (.*)$")
_CONDITION = re.compile(r"(\w+) IN \(([^)]*)\)")
_QUERY_TITLE = re.compile(r"FROM ContentVersion WHERE Title = '([^']*)'")


_JOB = ("id", "object", "operation", "state", "externalIdFieldName")


class SalesforceDouble:
    """Keeps leads by id; ``lock_once`` names keys whose row is locked at the first try."""

    def __init__(self, *, client_id: str = "app", client_secret: str = "secret") -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.public_key: rsa.RSAPublicKey | None = None
        self.url = ""
        self.tokens: set[str] = set()
        self.logins = 0
        self.leads: dict[str, dict[str, Any]] = {}
        self.documents: list[dict[str, Any]] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.lock_once: set[str] = set()
        self.bodies: list[Any] = []
        self.calls_left = 100_000
        self.gone: set[str] = set()
        self.busy_polls = 0
        self.on_busy: Callable[[], object] = lambda: None
        self.lock = threading.Lock()
        self._next = 0
        self.fields = [
            _field("Id", createable=False, updateable=False, nillable=False),
            _field("VendorKey__c", externalId=True, unique=True),
            _field("LineCode__c"),
            _field("LastName", nillable=False),
            _field("Company", nillable=False),
            _field("PostalCode"),
            _field("Street"),
            _field("CreatedDate", createable=False, updateable=False),
        ]

    def __call__(self, request: Request) -> Response:
        with self.lock:
            if request.path == "/services/oauth2/token":
                return self._token(request)
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.tokens:
                return _errors(401, "INVALID_SESSION_ID")
            if self.calls_left <= 0:
                return _errors(403, "REQUEST_LIMIT_EXCEEDED")  # [E]
            self.calls_left -= 1
            return self._answer(request, request.path.removeprefix(_ROOT))

    def _token(self, request: Request) -> Response:
        """[O] Check the secret, or the assertion's signature, audience and expiry."""
        from urllib.parse import parse_qs

        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form["grant_type"] == "client_credentials":
            known = (form["client_id"], form["client_secret"]) == (self.client_id, self.client_secret)
            if not known:
                return Response(400, {"error": "invalid_client", "error_description": "invalid client"})
        elif not self._is_signed(form["assertion"]):
            return Response(400, {"error": "invalid_grant", "error_description": "invalid assertion"})
        self.logins += 1
        token = f"00D!{self.logins}"
        self.tokens.add(token)
        return Response(200, {"access_token": token, "instance_url": self.url, "token_type": "Bearer"})

    def _is_signed(self, assertion: str) -> bool:
        head, claims, signature = (_decoded(part) for part in assertion.split("."))
        given = json.loads(claims)
        assert self.public_key is not None
        self.public_key.verify(
            signature, assertion.rpartition(".")[0].encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        fresh = time.time() < given["exp"] < time.time() + 300
        return bool(json.loads(head)["alg"] == "RS256" and given["aud"] == self.url and fresh)

    def _answer(self, request: Request, path: str) -> Response:  # noqa: PLR0911 - one branch a rule
        match (request.method, path.strip("/").split("/")):
            case ("PATCH", ["composite", "sobjects", "Lead", key]):
                return self._upsert(request.json(), key)
            case ("DELETE", ["composite", "sobjects"]):
                return self._delete(request.param("ids").split(","))
            case ("GET", ["sobjects", "Lead", "describe"]):
                rights = {"createable": True, "updateable": True, "deletable": True}
                fields = [each for each in self.fields if each["name"] not in self.gone]
                return Response(200, {"name": "Lead", **rights, "fields": fields})  # [S]
            case ("GET", ["limits"]):
                return Response(
                    200, {"DailyApiRequests": {"Max": 100_000, "Remaining": self.calls_left}}
                )  # [L]
            case ("GET", ["query"]):
                return self._query(request.param("q"))
            case ("POST", ["sobjects", "ContentVersion"]):
                self.documents.append(request.json())
                return Response(201, {"id": f"068{len(self.documents)}", "success": True, "errors": []})
            case (method, ["jobs", "ingest", *rest]):
                return self._bulk(method, rest, request)
        return _errors(404, "NOT_FOUND")

    def _upsert(self, body: Any, key: str) -> Response:
        """[C] At most 200 records of the type of the path; results in order, each for itself."""
        records = body["records"]
        if len(records) > 200 or any(each["attributes"]["type"] != "Lead" for each in records):
            return _errors(400, "INVALID_INPUT")
        if any("Id" in each or "id" in each or self.gone & each.keys() for each in records):
            return _errors(400, "INVALID_FIELD")
        self.bodies.append(body)
        return Response(200, [self._take(each, key) for each in records])

    def _take(self, record: Any, key: str) -> dict[str, Any]:
        fault = self._fault(record, key)
        if fault is not None:
            return {"success": False, "errors": [fault]}
        values = {name: value for name, value in record.items() if name != "attributes"}
        found = next((one for one, each in self.leads.items() if each[key] == values[key]), None)
        if found is None:
            self._next += 1
        identifier = found or f"00Q{self._next:012d}AAA"
        self.leads[identifier] = {**self.leads.get(identifier, {}), **values}
        return {"id": identifier, "success": True, "created": found is None, "errors": []}

    def _fault(self, record: Any, key: str) -> dict[str, Any] | None:
        if record[key] in self.lock_once:
            self.lock_once.discard(record[key])
            return {
                "statusCode": "UNABLE_TO_LOCK_ROW",
                "message": "unable to obtain exclusive access",
                "fields": [],
            }
        name = record.get("LastName") or ""
        if not name:
            return {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "missing: LastName",
                "fields": ["LastName"],
            }
        if len(name) > 80:
            return {"statusCode": "STRING_TOO_LONG", "message": f"too long: {name}", "fields": ["LastName"]}
        return None

    def _delete(self, ids: list[str]) -> Response:
        """[D] At most 200 ids; each for itself."""
        if len(ids) > 200:
            return _errors(400, "INVALID_INPUT")
        results = []
        for each in ids:
            if self.leads.pop(each, None) is None:
                error = {"statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted", "fields": []}
                results.append({"id": each, "success": False, "errors": [error]})
            else:
                results.append({"id": each, "success": True, "errors": []})
        return Response(200, results)

    def _query(self, text: str) -> Response:
        if match := _QUERY_TITLE.search(text):
            found = [
                {"Id": f"068{n}"} for n, each in enumerate(self.documents, 1) if each["Title"] == match[1]
            ]
            return Response(200, {"totalSize": len(found), "done": True, "records": found})
        match = _QUERY_WHO.search(text)
        if match is None or len(text) > 12_000:  # a URL may have 16,384 characters, and quotes take three
            return _errors(400, "MALFORMED_QUERY")
        wanted = {
            name: set(re.findall(r"'([^']*)'", values)) for name, values in _CONDITION.findall(match[3])
        }
        rows = [{"Id": one, **each} for one, each in self.leads.items()]
        found = [
            {"Id": row["Id"], match[1]: row[match[1]]}
            for row in rows
            if any(row.get(name) in values for name, values in wanted.items())
        ]
        return Response(200, {"totalSize": len(found), "done": True, "records": found})

    def _bulk(self, method: str, rest: list[str], request: Request) -> Response:  # noqa: PLR0911 - see above
        """[B] The job goes Open → UploadComplete → InProgress → JobComplete; the first poll still sees InProgress."""
        if method == "GET" and not rest:
            jobs = [{name: each[name] for name in _JOB} for each in self.jobs.values()]
            return Response(200, {"done": True, "records": jobs, "nextRecordsUrl": None})
        if method == "POST" and not rest:
            job = {"id": f"750{len(self.jobs):03d}", "state": "Open", **request.json()}
            if job["contentType"] != "CSV" or job["operation"] != "upsert" or not job["externalIdFieldName"]:
                return _errors(400, "INVALIDJOB")
            self.jobs[job["id"]] = job
            return Response(200, {"id": job["id"], "state": "Open"})
        job = self.jobs[rest[0]]
        match (method, rest[1:]):
            case ("PUT", ["batches"]):
                if job["state"] != "Open" or len(request.body) > 100_000_000:
                    return _errors(400, "INVALIDJOBSTATE")
                job["rows"] = list(csv.DictReader(io.StringIO(request.body.decode("utf-8"), newline="")))
                return Response(201)
            case ("PATCH", []):
                wanted = request.json()["state"]
                if job["state"] in ("JobComplete", "Failed", "Aborted"):
                    return _errors(400, "INVALIDJOBSTATE")
                job["state"] = wanted
                return Response(200, {"id": job["id"], "state": job["state"]})
            case ("GET", []):
                return self._poll(job)
            case ("GET", [kind]) if job["state"] == "JobComplete":
                return _table(job[kind])
        return _errors(400, "INVALIDJOBSTATE")

    def work_off(self, job: dict[str, Any]) -> None:
        """Do what the org does in its own time."""
        if job["state"] in ("UploadComplete", "InProgress"):
            self._process(job)
            job["state"] = "JobComplete"

    def _poll(self, job: dict[str, Any]) -> Response:
        if self.busy_polls:
            self.busy_polls -= 1
            self.on_busy()
            return _errors(503, "SERVER_UNAVAILABLE")
        if job["state"] == "UploadComplete":
            job["state"] = "InProgress"
        else:
            self.work_off(job)
        return Response(200, {"id": job["id"], "state": job["state"]})

    def _process(self, job: dict[str, Any]) -> None:
        key = job["externalIdFieldName"]
        job.update(successfulResults=[], failedResults=[], unprocessedrecords=[])
        for row in job["rows"]:
            result = self._take(
                {name: None if value == "#N/A" else value for name, value in row.items()}, key
            )
            if result["success"]:
                created = str(result["created"]).lower()
                job["successfulResults"].append({"sf__Id": result["id"], "sf__Created": created, **row})
            else:
                (error,) = result["errors"]
                text = f"{error['statusCode']}:{error['message']}:{','.join(error['fields'])} --"
                job["failedResults"].append({"sf__Id": "", "sf__Error": text, **row})


def _field(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "createable": True,
        "updateable": True,
        "nillable": True,
        "defaultedOnCreate": False,
        **more,
    }


def _errors(status: int, code: str) -> Response:
    return Response(status, [{"message": "…", "errorCode": code, "fields": []}])


def _table(rows: list[dict[str, str]]) -> Response:
    out = io.StringIO(newline="")
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return Response(200, out.getvalue().encode("utf-8"), content_type="text/csv")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
