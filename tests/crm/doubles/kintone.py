"""A kintone domain with one app, by the documented rules; it refuses what kintone refuses.

Sources: cybozu.dev/ja/kintone/docs/rest-api/records/update-records/ [U], …/records/delete-records/ [D],
…/records/get-records/ [G], …/files/upload-file/ [F], …/apps/form/get-form-fields/ [P], …/overview/kintone-rest-api/ [E]
(error body: code, id, message, errors), …/overview/request-limitation/ [L] (100 calls at a time in a domain).
"""

from __future__ import annotations

import re
import threading
from typing import Any

from tests.crm.doubles.server import Request, Response

APP = 7
GUEST_SPACE = 3
_IN = re.compile(r"(\w+) in \((.*)\)")
_EQUAL = re.compile(r'(\S+) = "([^"]*)"')
_QUOTED = re.compile(r'"([^"]*)"')


class KintoneDouble:
    """Keeps records by id; ``form`` is what the app's form says."""

    def __init__(self, token: str, *, guest: bool = False) -> None:
        self.token = token
        self.root = f"/k/guest/{GUEST_SPACE}/v1/" if guest else "/k/v1/"
        self.form: dict[str, dict[str, Any]] = {
            "vendor_key": {"type": "SINGLE_LINE_TEXT", "unique": True, "required": True},
            "code": {"type": "SINGLE_LINE_TEXT", "required": True},
            "氏名": {"type": "SINGLE_LINE_TEXT", "required": True, "maxLength": "64"},
            "郵便番号": {"type": "SINGLE_LINE_TEXT"},
            "住所": {"type": "SINGLE_LINE_TEXT"},
            "文書": {"type": "FILE"},
            "文書名": {"type": "SINGLE_LINE_TEXT"},
            "作成日時": {"type": "CREATED_TIME"},
        }
        self.rights = {"view", "add", "edit", "delete"}
        self.running = 1
        self.records: dict[int, dict[str, Any]] = {}
        self.files: dict[str, int] = {}
        self.bodies: list[Any] = []
        self.calls: list[tuple[str, str]] = []
        self.lock = threading.Lock()
        self._next = 1

    def __call__(self, request: Request) -> Response:
        with self.lock:
            self.calls.append((request.method, request.path))
            answer = self._answer(request)
        headers = {"X-ConcurrencyLimit-Limit": "100", "X-ConcurrencyLimit-Running": str(self.running)}
        return Response(answer.status, answer.body, headers)

    def people(self) -> list[dict[str, Any]]:
        return [each for each in self.records.values() if each.get("氏名")]

    def _answer(self, request: Request) -> Response:  # noqa: PLR0911 - one branch a rule
        if self.token not in request.headers.get("X-Cybozu-API-Token", "").split(","):
            return _error(520, "GAIA_IA02", "指定したAPIトークンでは、指定したAPIを実行できません。")
        if not request.path.startswith(self.root):
            return _error(520, "GAIA_IL23", "スペースが違います。")
        path = request.path.removeprefix(self.root)
        if path == "file.json":
            key = f"file-{len(self.files) + 1}"  # [F]
            self.files[key] = len(request.body)
            return Response(200, {"fileKey": key})
        if int(request.param("app") or request.json().get("app", 0)) != APP:
            return _error(404, "GAIA_AP01", "指定したアプリが見つかりません。")
        actions = {
            ("PUT", "records.json"): self._upsert,
            ("DELETE", "records.json"): self._delete,
            ("POST", "record.json"): self._add_one,
        }
        if request.method == "GET" and path == "records.json":
            return self._find(request)
        if request.method == "GET" and path == "app/form/fields.json":
            return Response(200, {"properties": self.form, "revision": "2"})  # [P]
        if (request.method, path) in actions:
            self.bodies.append(request.json())
            return actions[(request.method, path)](request.json())
        return _error(404, "GAIA_NO01", "no such API")

    def _upsert(self, body: Any) -> Response:  # noqa: C901, PLR0911 - one branch a rule
        """[U] up to 100; upsert adds where the key is new and needs the right to add; one bad record cancels all."""
        records = body["records"]
        if not _is_well_formed(body):
            return _error(400, "CB_IJ01", "不正なJSON文字列です。")
        if not body.get("upsert"):
            return _error(400, "CB_VA01", "upsert is what this double knows")
        if len(records) > 100:
            return _error(400, "CB_VA01", "100件までです。", {"records": {"messages": ["100件までです。"]}})
        if not {"add", "edit"} <= self.rights:
            return _error(403, "CB_NO02", "権限がありません。")
        keys = [each["updateKey"]["value"] for each in records]
        field = records[0]["updateKey"]["field"]
        if not self.form.get(field, {}).get("unique"):
            return _error(400, "GAIA_UK01", "更新キーに指定したフィールドは重複禁止ではありません。")
        if len(set(keys)) != len(keys):
            return _error(400, "GAIA_DR01", "同じレコードが複数指定されています。")
        errors = {}
        for place, each in enumerate(records):
            for code in ("code", "氏名"):
                if code in each["record"] and not each["record"][code]["value"]:
                    errors[f"records[{place}].{code}.value"] = {"messages": ["必須です。"]}
            if len(each["record"].get("氏名", {}).get("value", "")) > 64:
                errors[f"records[{place}].氏名.value"] = {"messages": ["64文字以内です。"]}
        if errors:
            return _error(400, "CB_VA01", "入力内容が正しくありません。", errors)
        known = {each[field]: number for number, each in self.records.items()}
        results = []
        for each, key in zip(records, keys, strict=True):
            number = known.get(key)
            operation = "UPDATE" if number else "INSERT"
            number = number or self._take_number()
            values = {code: given["value"] for code, given in each["record"].items()}
            self.records[number] = {**self.records.get(number, {}), **values, field: key}
            results.append({"id": str(number), "revision": "1", "operation": operation})
        return Response(200, {"records": results})

    def _delete(self, body: Any) -> Response:
        """[D] up to 100 ids; an id that does not exist cancels all."""
        if "delete" not in self.rights:
            return _error(403, "CB_NO02", "権限がありません。")
        ids = [int(each) for each in body["ids"]]
        if len(ids) > 100 or any(each not in self.records for each in ids):
            return _error(404, "GAIA_RE01", "指定したレコードが見つかりません。")
        for each in ids:
            del self.records[each]
        return Response(200, {})

    def _add_one(self, body: Any) -> Response:
        values = {code: given["value"] for code, given in body["record"].items()}
        for item in values.get("文書", ()):
            if item["fileKey"] not in self.files:
                return _error(400, "GAIA_BL01", "ファイルが見つかりません。")
        number = self._take_number()
        self.records[number] = values
        return Response(200, {"id": str(number), "revision": "1"})

    def _find(self, request: Request) -> Response:
        """[G] the two forms of query that pushes use."""
        query = request.param("query")
        if match := _IN.search(query):
            wanted = set(_QUOTED.findall(match[2]))
        elif match := _EQUAL.search(query):
            wanted = {match[2]}
        else:
            return _error(400, "GAIA_IQ11", "クエリが正しくありません。")
        found = [
            {"$id": {"value": str(number)}, match[1]: {"value": each.get(match[1], "")}}
            for number, each in self.records.items()
            if each.get(match[1]) in wanted
        ]
        return Response(200, {"records": found, "totalCount": None})

    def _take_number(self) -> int:
        self._next += 1
        return self._next


def _is_well_formed(body: Any) -> bool:
    """Accept the properties that the page of PUT records.json names for an upsert [U], and no others."""
    return (
        set(body) == {"app", "upsert", "records"}
        and isinstance(body["app"], int)
        and all(
            set(each) == {"updateKey", "record"}
            and set(each["updateKey"]) == {"field", "value"}
            and all(set(value) == {"value"} for value in each["record"].values())
            and each["updateKey"]["field"] not in each["record"]
            for each in body["records"]
        )
    )


def _error(status: int, code: str, message: str, errors: object = None) -> Response:
    body: dict[str, Any] = {"code": code, "id": "1505999166-897850006", "message": message}
    if errors:
        body["errors"] = errors
    return Response(status, body)
