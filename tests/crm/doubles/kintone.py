"""A kintone domain with an app for people and one for documents, by the documented rules; it refuses what kintone refuses.

Sources: cybozu.dev/ja/kintone/docs/rest-api/records/update-records/ [U], …/records/add-records/ [A], …/delete-records/ [D],
…/records/get-records/ [G], …/files/upload-file/ [F], …/apps/form/get-form-fields/ [P], …/overview/kintone-rest-api/ [E]
(error body: code, id, message, errors), …/overview/request-limitation/ [L] (100 calls at a time in a domain),
…/sdk/connector/support/troubleshooting [T] (a token without the right cannot run the API). Bodies are judged by the
published schema (tests/crm/schemas).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

from tests.crm.doubles.published import PublishedSchema
from tests.crm.doubles.server import Request, Response

APP = 7
DOCUMENTS_APP = 8
GUEST_SPACE = 3
_IN = re.compile(r"(\S+) in \(([^)]*)\)")
_EQUAL = re.compile(r'(\S+) = "([^"]*)"')
_LIMIT = re.compile(r"limit (\d+)$")
_QUOTED = re.compile(r'"([^"]*)"')
_RIGHTS = {"POST": "add", "PUT": "edit", "DELETE": "delete", "GET": "view"}


class KintoneDouble:
    """Keeps the records of each app by id; ``forms`` are what the apps' forms say."""

    def __init__(self, token: str, *, guest: bool = False) -> None:
        self.token = token
        self.root = f"/k/guest/{GUEST_SPACE}/v1/" if guest else "/k/v1/"
        self.form: dict[str, dict[str, Any]] = {
            "vendor_key": {"type": "SINGLE_LINE_TEXT", "unique": True, "required": True},
            "code": {"type": "SINGLE_LINE_TEXT", "required": True},
            "氏名": {"type": "SINGLE_LINE_TEXT", "required": True, "maxLength": "64"},
            "郵便番号": {"type": "SINGLE_LINE_TEXT"},
            "住所": {"type": "SINGLE_LINE_TEXT"},
            "作成日時": {"type": "CREATED_TIME"},
        }
        self.forms: dict[int, dict[str, dict[str, Any]]] = {
            APP: self.form,
            DOCUMENTS_APP: {
                "文書": {"type": "FILE"},
                "文書名": {"type": "SINGLE_LINE_TEXT", "required": True, "unique": True},
            },
        }
        self.rights = {"view", "add", "edit", "delete"}
        self.running = 1
        self.records: dict[int, dict[str, Any]] = {}
        self.documents: dict[int, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.bodies: list[Any] = []
        self.calls: list[tuple[str, str]] = []
        self.published = PublishedSchema("kintone")
        self.lock = threading.Lock()
        self._next = 1

    def __call__(self, request: Request) -> Response:
        with self.lock:
            self.calls.append((request.method, request.path))
            answer = self._answer(request)
        headers = {"X-ConcurrencyLimit-Limit": "100", "X-ConcurrencyLimit-Running": str(self.running)}
        return Response(answer.status, answer.body, headers)

    def people(self) -> list[dict[str, Any]]:
        return list(self.records.values())

    def _answer(self, request: Request) -> Response:  # noqa: C901, PLR0911 - one branch a rule
        if self.token not in request.headers.get("X-Cybozu-API-Token", "").split(","):
            return _error(520, "GAIA_IA02", "指定したAPIトークンでは、指定したAPIを実行できません。")
        if not request.path.startswith(self.root):
            return _error(520, "GAIA_IL23", "スペースが違います。")
        path = request.path.removeprefix(self.root)
        if path == "file.json":
            key = f"file-{len(self.files) + 1}"  # [F]
            self.files[key] = request.body
            return Response(200, {"fileKey": key})
        body = {} if request.method == "GET" else request.json()
        app = int(request.param("app") or body.get("app", 0))
        if app not in self.forms:
            return _error(404, "GAIA_AP01", "指定したアプリが見つかりません。")
        if _RIGHTS[request.method] not in self.rights:
            return _error(403, "GAIA_NO01", "このAPIトークンでは、指定したAPIを実行できません。")  # [T]
        if not self.published.fits(f"{request.method} {path}", body):
            return _error(400, "CB_IJ01", "不正なJSON文字列です。")
        match (request.method, path):
            case ("GET", "records.json"):
                return self._find(request, self._kept(app))
            case ("GET", "app/form/fields.json"):
                return Response(200, {"properties": self.forms[app], "revision": "2"})  # [P]
            case ("PUT", "records.json"):
                return self._update(body)
            case ("POST", "records.json") if not body["records"]:
                return _error(400, "CB_VA01", "必須です。", {"records": {"messages": ["必須です。"]}})
            case ("DELETE", "records.json"):
                return self._delete(body)
            case ("POST", "record.json"):
                return self._add_one(app, body)
        return _error(404, "GAIA_NO01", "no such API")

    def _kept(self, app: int) -> dict[int, dict[str, Any]]:
        return self.records if app == APP else self.documents

    def _update(self, body: Any) -> Response:
        if body.get("upsert"):
            self.bodies.append(body)
            return self._upsert(body["records"])
        if any(each.get("id") not in self.records for each in body["records"]):
            return _error(404, "GAIA_RE01", "指定したレコードが見つかりません。")
        return _error(400, "CB_VA01", "upsert is what this double knows")

    def _upsert(self, records: list[Any]) -> Response:  # noqa: PLR0911 - one branch a rule
        """[U] up to 100; upsert adds where the key is new and needs the right to add; one bad record cancels all."""
        if len(records) > 100:
            return _error(400, "CB_VA01", "100件までです。", {"records": {"messages": ["100件までです。"]}})
        if "add" not in self.rights:
            return _error(403, "CB_NO02", "権限がありません。")
        keys = [each["updateKey"]["value"] for each in records]
        field = records[0]["updateKey"]["field"]
        if not self.form.get(field, {}).get("unique"):
            return _error(400, "GAIA_UK01", "更新キーに指定したフィールドは重複禁止ではありません。")
        if any(field in each["record"] for each in records):
            return _error(400, "CB_IJ01", "更新キーのフィールドは record に指定できません。")
        if len(set(keys)) != len(keys):
            return _error(400, "GAIA_DR01", "同じレコードが複数指定されています。")
        errors: dict[str, Any] = {}
        for place, each in enumerate(records):
            errors |= self._faults(self.form, each["record"], f"records[{place}]", {field})
        if errors:
            return _error(400, "CB_VA01", "入力内容が正しくありません。", errors)
        known = {each[field]: number for number, each in self.records.items()}
        results = []
        for each, key in zip(records, keys, strict=True):
            number = known.get(key)
            operation = "UPDATE" if number else "INSERT"
            number = number or self._take_number()
            values = _values(self.form, each["record"])
            self.records[number] = {**self.records.get(number, {}), **values, field: key}
            results.append({"id": str(number), "revision": "1", "operation": operation})
        return Response(200, {"records": results})

    def _faults(
        self, form: Mapping[str, Any], record: Any, place: str, filled: set[str]
    ) -> dict[str, dict[str, list[str]]]:
        """[E] Required fields and longest texts, by the place of the field."""
        errors = {}
        for code, shape in form.items():
            value = record.get(code, {}).get("value", "")
            if shape.get("required") and not value and code not in filled:
                errors[f"{place}.{code}.value"] = {"messages": ["必須です。"]}
            if len(value) > int(shape.get("maxLength") or 10**6):
                errors[f"{place}.{code}.value"] = {"messages": [f"{shape['maxLength']}文字以内です。"]}
        return errors

    def _delete(self, body: Any) -> Response:
        """[D] up to 100 ids; an id that does not exist cancels all."""
        ids = body["ids"]
        if len(ids) > 100 or any(each not in self.records for each in ids):
            return _error(404, "GAIA_RE01", "指定したレコードが見つかりません。")
        for each in ids:
            del self.records[each]
        return Response(200, {})

    def _add_one(self, app: int, body: Any) -> Response:
        """[A] Unknown fields are ignored, required ones are not."""
        errors = self._faults(self.forms[app], body["record"], "record", set())
        if errors:
            return _error(400, "CB_VA01", "入力内容が正しくありません。", errors)
        values = _values(self.forms[app], body["record"])
        for item in values.get("文書", ()):
            if item["fileKey"] not in self.files:
                return _error(400, "GAIA_BL01", "ファイルが見つかりません。")
        number = self._take_number()
        self._kept(app)[number] = values
        return Response(200, {"id": str(number), "revision": "1"})

    def _find(self, request: Request, kept: dict[int, dict[str, Any]]) -> Response:
        """[G] the forms of query that pushes use: at most 500 records, and a URL of no more than 8 KB."""
        query = request.param("query")
        limit = _LIMIT.search(query)
        wanted = {code: set(_QUOTED.findall(values)) for code, values in _IN.findall(query)}
        wanted |= {code: {value} for code, value in _EQUAL.findall(query)}
        if not wanted or (limit and int(limit[1]) > 500):
            return _error(400, "GAIA_IQ11", "クエリが正しくありません。")
        if len(request.target) > 8_000:
            return _error(414, "CB_TL01", "URLが長すぎます。")
        rows = [{"$id": str(number), **each} for number, each in kept.items()]
        asked = [request.param(f"fields[{place}]") for place in range(2)]
        found = [
            {code: {"value": row.get(code, "")} for code in (*filter(None, asked), "$id")}
            for row in rows
            if any(row.get(code) in values for code, values in wanted.items())
        ]
        return Response(200, {"records": found[: int(limit[1]) if limit else 100], "totalCount": None})

    def _take_number(self) -> int:
        self._next += 1
        return self._next


def _values(form: Mapping[str, Any], record: Any) -> dict[str, Any]:
    """Keep what the form knows: other field codes are ignored [U]."""
    return {code: given["value"] for code, given in record.items() if code in form}


def _error(status: int, code: str, message: str, errors: object = None) -> Response:
    body: dict[str, Any] = {"code": code, "id": "1505999166-897850006", "message": message}
    return Response(status, body if errors is None else {**body, "errors": errors})
